// <council-estimate>: what the meeting of this form would cost, before it is started.

import { post } from "../lib/api.js";
import { costText, timeText } from "../lib/cost_words.js";
import { formatCount } from "../lib/format.js";
import { fillList, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../lib/cost_words.js").Sum} Sum */
/** @typedef {import("./seats.js").NodeEstimate} NodeEstimate */
/** @typedef {{expected: Sum, worst: Sum, nodes: NodeEstimate[], warnings: {code: string, message: string}[]}} Estimate */

const WAIT_MS = 600;

export class EstimateElement extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #asked = "";

  connectedCallback() {
    addEventListener("online", () => this.dataset.state === "failed" && this.#again());
  }

  /** Asks once the form has stood still. @param {() => Record<string, any>} read */
  look(read) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(JSON.stringify(asked(read()))), WAIT_MS);
  }

  #again() {
    const body = this.#asked;
    this.#asked = "";
    this.#ask(body);
  }

  /** Without an answer no number is shown: a meeting can be started all the same. @param {string} body */
  async #ask(body) {
    if (body === this.#asked) return;
    this.#asked = body;
    this.#tell("asking", t("Estimating"));
    const estimate = await post("/templates/estimate", JSON.parse(body)).catch(() => null);
    if (this.#asked !== body) return;
    if (estimate) this.#show(estimate);
    else this.#fail();
  }

  #fail() {
    part(this, "numbers").hidden = true;
    fillList(part(this, "warnings"), [], () => {});
    this.#tell("failed", t("No estimate at the moment. A meeting can be started all the same."));
  }

  /** @param {Estimate} estimate */
  #show({ expected, worst, nodes, warnings }) {
    const [likely, most] = [costText(expected, nodes), costText(worst, nodes)];
    part(this, "numbers").hidden = false;
    part(this, "cost").textContent = likely === most ? likely : t("{expected}, at most {worst}", { expected: likely, worst: most });
    part(this, "tokens").textContent = formatCount(expected.input_tokens + expected.output_tokens);
    part(this, "calls").textContent = formatCount(expected.calls);
    part(this, "time").textContent = timeText(expected.seconds);
    fillList(part(this, "warnings"), warnings, (row, { message }) => row.append(message));
    this.#tell("known", t("An estimate: nobody knows what models will say."));
    this.dispatchEvent(new CustomEvent("estimated", { bubbles: true, detail: nodes }));
  }

  /** @param {"asking" | "known" | "failed"} state @param {string} note */
  #tell(state, note) {
    this.dataset.state = state;
    part(this, "state").textContent = note;
  }
}

/** What decides about the price. @param {Record<string, any>} form */
function asked({ template_id, subject, inputs, group_id, agents }) {
  return { template_id, subject, inputs, ...(group_id && { group_id }), ...(agents && { agents }) };
}

customElements.define("council-estimate", EstimateElement);

// While somebody edits: what is wrong with the graph, and what a meeting of it would cost.

import { post } from "../lib/api.js";
import { t } from "../lib/texts.js";
import { toldFaults } from "./fault_places.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */
/** @typedef {import("./types.js").Fault} Fault */

const WAIT_MS = 350;

export class Checks {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {import("./types.js").Graph | null} */ #checked = null;
  #bench;
  #onEstimate;

  /** @param {Workbench} bench @param {(estimate: import("./estimate_line.js").Estimate | null) => void} onEstimate */
  constructor(bench, onEstimate) {
    this.#bench = bench;
    this.#onEstimate = onEstimate;
    bench.addEventListener("state", () => this.#soon());
    this.run();
  }

  /** Every fault there is now; null when nobody can say. @returns {Promise<Fault[] | null>} */
  async run() {
    clearTimeout(this.#timer);
    const { graph, template } = this.#bench;
    this.#checked = graph;
    /** @type {{faults: Fault[]} | null} */
    const answer = await post("/templates/validate", { graph }).catch(() => null);
    if (!answer) return null;
    const faults = [...nameFaults(template), ...(await toldFaults(answer.faults))];
    if (this.#checked !== graph) return faults;
    this.#bench.faults = faults;
    const estimate = answer.faults.length > 0 ? null : await post("/templates/estimate", { graph }).catch(() => null);
    if (this.#checked === graph) this.#onEstimate(estimate);
    return faults;
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.run(), WAIT_MS);
  }
}

/** @param {import("./types.js").Template} template @returns {Fault[]} */
function nameFaults({ name }) {
  return name.trim() === "" ? [{ path: "name", reason: t("The template needs a name.") }] : [];
}

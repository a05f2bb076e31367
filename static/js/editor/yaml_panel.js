// The template as YAML beside the canvas. A change here is a change there as soon as it can be read; what cannot stays as it was typed.

import { post } from "../lib/api.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { toldFaults } from "./fault_places.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */
/** @typedef {import("./types.js").Fault} Fault */

const READ_MS = 400;
const WRITE_MS = 250;

export class YamlPanel {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #element;
  #bench;
  /** @type {import("./types.js").Template | null} What the text says. */ #told = null;
  #lines = 0;
  #taking = false;

  /** @param {HTMLElement} element @param {Workbench} bench */
  constructor(element, bench) {
    this.#element = element;
    this.#bench = bench;
    this.#text.readOnly = bench.locked;
    this.#text.addEventListener("input", () => {
      this.#number();
      this.#soon(() => this.#read(), READ_MS);
    });
    this.#text.addEventListener("scroll", () => (part(element, "numbers").scrollTop = this.#text.scrollTop));
    part(element, "fault-go").addEventListener("click", () => this.#goToFault());
    part(element, "anew").addEventListener("click", () => this.#write());
    bench.addEventListener("state", () => this.look());
  }

  get #text() {
    return /** @type {HTMLTextAreaElement} */ (part(this.#element, "text"));
  }

  /** Writes anew what has changed elsewhere, unless a text that cannot be read yet would be lost. */
  look() {
    const isRefused = this.#text.getAttribute("aria-invalid") === "true";
    if (this.#element.hidden || this.#taking || isRefused || this.#bench.template === this.#told) return;
    this.#soon(() => this.#write(), WRITE_MS);
  }

  /** @param {() => void} act @param {number} after */
  #soon(act, after) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, after);
  }

  async #write() {
    const { template } = this.#bench;
    /** @type {{yaml: string} | null} */
    const answer = await post("/templates/yaml", { template }).catch((problem) => this.#refuse(problem));
    if (!answer || this.#bench.template !== template) return;
    this.#told = template;
    this.#text.value = answer.yaml;
    this.#number();
    this.#refuse(null);
  }

  async #read() {
    const yaml = this.#text.value;
    /** @type {{template: import("./types.js").Template} | null} */
    const answer = await post("/templates/yaml", { yaml }).catch(async (problem) => this.#refuse(problem, await toldFaults(problem.faults)));
    if (!answer || this.#text.value !== yaml) return;
    this.#refuse(null);
    if (JSON.stringify(answer.template) === JSON.stringify(this.#bench.template)) this.#told = this.#bench.template;
    else this.#take(answer.template);
  }

  /** The text is not written anew because of what it says itself. @param {import("./types.js").Template} template */
  #take(template) {
    this.#taking = true;
    this.#bench.change(template, "yaml");
    this.#taking = false;
    this.#told = this.#bench.template;
  }

  /** @param {import("../lib/api.js").Problem | null} problem @param {Fault[]} [faults] */
  #refuse(problem, [fault] = []) {
    const go = part(this.#element, "fault-go");
    go.hidden = fault?.line === undefined;
    go.textContent = t("Line {line}, column {column}", { line: fault?.line ?? 0, column: fault?.column ?? 0 });
    go.dataset.line = String(fault?.line ?? 0);
    go.dataset.column = String(fault?.column ?? 0);
    const reason = fault ? [fault.path, fault.reason, fault.suggestion].filter(Boolean).join(" ") : (problem && sentenceOf(problem));
    showText(part(this.#element, "fault"), reason);
    for (const name of ["kept", "anew"]) part(this.#element, name).hidden = problem === null;
    this.#text.setAttribute("aria-invalid", String(problem !== null));
    return null;
  }

  #goToFault() {
    const { line, column } = part(this.#element, "fault-go").dataset;
    const before = this.#text.value.split("\n").slice(0, Number(line) - 1);
    const at = before.reduce((sum, each) => sum + each.length + 1, 0) + Number(column) - 1;
    this.#text.focus();
    this.#text.setSelectionRange(at, at + 1);
    this.#text.scrollTop = (Number(line) - 4) * parseFloat(getComputedStyle(this.#text).lineHeight);
  }

  /** As many numbers as there are lines. */
  #number() {
    const lines = this.#text.value.split("\n").length;
    if (lines === this.#lines) return;
    this.#lines = lines;
    part(this.#element, "numbers").textContent = Array.from({ length: lines }, (_, place) => place + 1).join("\n");
  }
}

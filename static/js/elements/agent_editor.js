// The dialog in which an agent is made or changed.

import { get, post, put } from "../lib/api.js";
import { formatCount, formatDecimal } from "../lib/format.js";
import { copyTemplate, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { idFor } from "../panel/naming.js";
import { Sheet } from "../panel/sheet.js";
import { AgentModels } from "./agent_models.js";

/** @typedef {import("../panel/types.js").Agent} Agent */
/** @typedef {import("../lib/api.js").Problem} Problem */

const RANGES = { temperature: [0, 2], top_p: [0.01, 1], max_tokens: [1, 1_000_000] };
const NUMBERS = /** @type {(keyof typeof RANGES)[]} */ (Object.keys(RANGES));

/** @param {Agent | null} agent nobody yet, or a copy while it has no id @param {Set<string>} ids @param {(kept: Agent) => void} saved */
export function openAgent(agent, ids, saved) {
  new AgentEditor(agent, ids, saved).open();
}

class AgentEditor {
  #dialog = /** @type {HTMLDialogElement} */ (copyTemplate("agent-editor"));
  #agent;
  #ids;
  /** @type {Sheet} */ #sheet;
  #seen;

  /** @param {Agent | null} agent @param {Set<string>} ids @param {(kept: Agent) => void} saved */
  constructor(agent, ids, saved) {
    this.#agent = agent;
    this.#ids = ids;
    this.#seen = agent?.updated_at ?? null;
    this.#sheet = new Sheet(this.#dialog, {
      read: () => this.#read(),
      check: () => this.#check(),
      save: (body) => this.#save(body),
      saved,
      solve: (problem) => this.#solve(problem),
    });
    this.#dialog.addEventListener("input", () => this.#tell());
    for (const name of NUMBERS) part(this.#dialog, `${name}-reset`).addEventListener("click", () => this.#reset(name));
    if (agent) this.#fill(agent);
    else this.#models.begin({ provider: null, model: null });
  }

  open() {
    this.#sheet.open(this.#isNew ? t("New agent") : t("Edit {name}", { name: this.#agent?.name ?? "" }));
    this.#tell();
    this.#input("name").select();
  }

  /** @param {Agent} agent */
  #fill(agent) {
    for (const name of /** @type {const} */ (["name", "description", "persona"])) this.#input(name).value = agent[name].trim();
    for (const name of NUMBERS) this.#input(name).value = String(agent[name] ?? "");
    this.#models.begin(agent);
    this.#seen = agent.updated_at;
    this.#tell();
  }

  #read() {
    const text = (/** @type {string} */ name) => this.#input(name).value;
    const number = (/** @type {string} */ name) => (text(name) === "" ? null : Number(text(name)));
    return {
      ...(this.#isNew && text("agent_id").trim() && { agent_id: text("agent_id").trim() }),
      name: text("name"),
      description: text("description"),
      persona: text("persona"),
      ...this.#models.choice,
      temperature: number("temperature"),
      top_p: number("top_p"),
      max_tokens: number("max_tokens"),
    };
  }

  /** What a person would be told by the server a moment later, in the person's own language. */
  #check() {
    const refused = ["name", "persona"].filter((name) => !this.#input(name).value.trim() && this.#sheet.refuse(name, t("This is needed.")));
    const wrong = NUMBERS.filter((name) => !this.#fits(name) && this.#sheet.refuse(name, rangeText(name)));
    return refused.length + wrong.length === 0;
  }

  /** @param {keyof typeof RANGES} name */
  #fits(name) {
    const { value, validity } = this.#input(name);
    const [least = 0, most = 0] = RANGES[name];
    const whole = name !== "max_tokens" || Number.isInteger(Number(value));
    return !validity.badInput && (value === "" || (whole && Number(value) >= least && Number(value) <= most));
  }

  /** @param {object} body @returns {Promise<Agent>} */
  #save(body) {
    if (this.#isNew) return post("/agents", body);
    return put(this.#path, { ...body, ...(this.#seen && { updated_at: this.#seen }) });
  }

  /** Somebody else was quicker: the person says whose words stay. @param {Problem} problem */
  #solve({ code, faults }) {
    if (code === "conflict" && this.#isNew) return this.#sheet.refuse("agent_id", t("This id is taken. Use another, or leave it empty."));
    if (code === "conflict" && faults.some(({ path }) => path === "updated_at")) {
      this.#sheet.ask(t("Somebody else has saved this agent meanwhile."), [
        { label: t("Show theirs"), run: () => this.#takeTheirs() },
        { label: t("Save mine over it"), run: () => this.#insist() },
      ]);
      return true;
    }
    return false;
  }

  async #takeTheirs() {
    this.#fill(await get(this.#path));
    this.#sheet.ask(null, []);
    this.#sheet.settle();
    this.#input("name").focus();
  }

  #insist() {
    this.#seen = null;
    this.#sheet.submit();
  }

  #tell() {
    const persona = this.#input("persona").value.length;
    part(this.#dialog, "persona-count").textContent = t("{count} of {most} characters", { count: formatCount(persona), most: formatCount(20_000) });
    this.#input("agent_id").placeholder = idFor(this.#input("name").value, "agent", this.#ids);
    part(this.#dialog, "new-id").hidden = !this.#isNew;
    part(this.#dialog, "old-id").hidden = this.#isNew;
    part(this.#dialog, "own-id").textContent = this.#agent?.agent_id ?? "";
    for (const name of NUMBERS) part(this.#dialog, `${name}-reset`).hidden = this.#input(name).value === "" && !this.#input(name).validity.badInput;
  }

  /** @param {string} name */
  #reset(name) {
    this.#input(name).value = "";
    this.#input(name).focus();
    this.#tell();
  }

  get #isNew() {
    return !this.#agent?.agent_id;
  }

  get #path() {
    return `/agents/${encodeURIComponent(this.#agent?.agent_id ?? "")}`;
  }

  get #models() {
    return /** @type {AgentModels} */ (this.#dialog.querySelector("council-agent-models"));
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (part(this.#dialog, name));
  }
}

/** @param {keyof typeof RANGES} name */
function rangeText(name) {
  const [least = 0, most = 0] = RANGES[name];
  if (name === "max_tokens") return t("Use a whole number from {least} to {most}.", { least: formatCount(least), most: formatCount(most) });
  return t("Use a number from {least} to {most}.", { least: formatDecimal(least), most: formatDecimal(most) });
}

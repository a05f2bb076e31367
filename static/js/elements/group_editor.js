// The dialog in which a group is made or changed.

import { get, post, put } from "../lib/api.js";
import { formatCount } from "../lib/format.js";
import { copyTemplate, part } from "../lib/templates.js";
import { t, told } from "../lib/texts.js";
import { idFor } from "../panel/naming.js";
import { Sheet } from "../panel/sheet.js";
import { GroupSeats } from "./group_seats.js";

/** @typedef {import("../panel/types.js").Group} Group */
/** @typedef {import("../lib/api.js").Problem} Problem */

/** @param {Group | null} group none yet, or a copy while it has no id @param {Set<string>} ids @param {(kept: Group) => void} saved */
export function openGroup(group, ids, saved) {
  new GroupEditor(group, ids, saved).open();
}

class GroupEditor {
  #dialog = /** @type {HTMLDialogElement} */ (copyTemplate("group-editor"));
  #group;
  #ids;
  /** @type {Sheet} */ #sheet;
  #seen;

  /** @param {Group | null} group @param {Set<string>} ids @param {(kept: Group) => void} saved */
  constructor(group, ids, saved) {
    this.#group = group;
    this.#ids = ids;
    this.#seen = group?.updated_at ?? null;
    this.#sheet = new Sheet(this.#dialog, {
      read: () => this.#read(),
      check: () => this.#check(),
      save: (body) => this.#save(body),
      saved,
      solve: (problem) => this.#solve(problem),
    });
    this.#dialog.addEventListener("input", () => this.#tell());
    if (group) this.#fill(group);
    else this.#seats.begin({});
  }

  open() {
    this.#sheet.open(this.#isNew ? t("New group") : t("Edit {name}", { name: this.#group?.name ?? "" }));
    this.#tell();
    this.#input("name").select();
  }

  /** @param {Group} group */
  #fill(group) {
    this.#input("name").value = told(group.name);
    this.#input("description").value = told(group.description);
    this.#input("system_prompt").value = group.system_prompt.trim();
    this.#seats.begin(group.default_agents);
    this.#seen = group.updated_at;
    this.#tell();
  }

  #read() {
    const text = (/** @type {string} */ name) => this.#input(name).value;
    return {
      ...(this.#isNew && text("group_id").trim() && { group_id: text("group_id").trim() }),
      name: text("name"),
      description: text("description"),
      system_prompt: text("system_prompt"),
      default_agents: this.#seats.seats,
    };
  }

  /** @returns {boolean} */
  #check() {
    const named = this.#input("name").value.trim() !== "" || !this.#sheet.refuse("name", t("This is needed."));
    const problem = this.#seats.problem;
    return (!problem || !this.#sheet.refuse("default_agents", problem)) && named;
  }

  /** @param {object} body @returns {Promise<Group>} */
  #save(body) {
    if (this.#isNew) return post("/groups", body);
    return put(this.#path, { ...body, ...(this.#seen && { updated_at: this.#seen }) });
  }

  /** Somebody else was quicker: the person says whose words stay. @param {Problem} problem */
  #solve({ code, faults }) {
    if (code !== "conflict") return false;
    if (faults.some(({ path }) => path === "updated_at")) {
      this.#sheet.ask(t("Somebody else has saved this group meanwhile."), [
        { label: t("Show theirs"), run: () => this.#takeTheirs() },
        { label: t("Save mine over it"), run: () => this.#insist() },
      ]);
      return true;
    }
    const given = this.#isNew && this.#input("group_id").value.trim() !== "";
    return given && this.#sheet.refuse("group_id", t("This id is taken. Use another, or leave it empty."));
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
    const count = formatCount(this.#input("system_prompt").value.length);
    part(this.#dialog, "prompt-count").textContent = t("{count} of {most} characters", { count, most: formatCount(20_000) });
    this.#input("group_id").placeholder = idFor(this.#input("name").value, "group", this.#ids);
    part(this.#dialog, "new-id").hidden = !this.#isNew;
    part(this.#dialog, "old-id").hidden = this.#isNew;
    part(this.#dialog, "own-id").textContent = this.#group?.group_id ?? "";
  }

  get #isNew() {
    return !this.#group?.group_id;
  }

  get #path() {
    return `/groups/${encodeURIComponent(this.#group?.group_id ?? "")}`;
  }

  get #seats() {
    return /** @type {GroupSeats} */ (this.#dialog.querySelector("council-group-seats"));
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (part(this.#dialog, name));
  }
}

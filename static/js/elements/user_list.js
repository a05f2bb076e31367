// <council-users>: everybody who may sign in, and what an admin can do about them.

import { get, post, put, remove } from "../lib/api.js";
import { formatDay } from "../lib/days.js";
import { sentenceOf } from "../lib/refusal.js";
import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { confirmed } from "../panel/confirm.js";
import { Sheet } from "../panel/sheet.js";

/** @typedef {{user_id: string, name: string, role: string, disabled: boolean, created_at: string, has_password: boolean}} User */
/** @typedef {import("../lib/api.js").Problem} Problem */

export class UserList extends HTMLElement {
  /** @type {User[]} */ #users = [];
  #me = "";

  /** @param {User[]} users @param {string} me one's own name */
  begin(users, me) {
    this.#me = me;
    this.#show(users);
    part(this, "add").addEventListener("click", () => this.#add());
    part(this, "rows").addEventListener("click", ({ target }) => this.#act(/** @type {Element} */ (target)));
    part(this, "rows").addEventListener("change", ({ target }) => this.#setRole(/** @type {HTMLSelectElement} */ (target)));
  }

  // Acting

  /** @param {Element} target */
  #act(target) {
    const user = this.#userAt(target);
    const name = /** @type {HTMLElement | null} */ (target.closest("button"))?.dataset.part;
    if (!user || !name) return;
    if (name === "password") this.#givePassword(user);
    else if (name === "remove") this.#remove(user);
    else if (name === "disable") this.#disable(user);
  }

  #add() {
    const dialog = /** @type {HTMLDialogElement} */ (copyTemplate("add-user"));
    const value = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (part(dialog, name)).value;
    /** @type {Sheet} */
    const sheet = new Sheet(dialog, {
      read: () => ({ name: value("name"), role: value("role"), password: value("first") || null }),
      save: (body) => post("/users", body),
      saved: (user) => this.#refresh(t("{name} may sign in.", { name: user.name })),
      solve: (problem) => sheet.refuse(fieldOf(problem, "first", "name"), sentenceOf(problem)),
    });
    sheet.open(t("Add somebody"));
    part(dialog, "name").focus();
  }

  /** @param {User} user */
  #givePassword(user) {
    const dialog = /** @type {HTMLDialogElement} */ (copyTemplate("give-password"));
    /** @type {Sheet} */
    const sheet = new Sheet(dialog, {
      read: () => ({ password: /** @type {HTMLInputElement} */ (part(dialog, "given")).value }),
      save: (body) => put(pathOf(user), body),
      saved: () => this.#refresh(t("{name} has a new password.", { name: user.name })),
      solve: (problem) => sheet.refuse(fieldOf(problem, "given", ""), sentenceOf(problem)),
    });
    sheet.open(t("A new password for {name}", { name: user.name }));
  }

  /** @param {HTMLSelectElement} select */
  async #setRole(select) {
    const user = this.#userAt(select);
    if (user) await this.#tried(user, () => put(pathOf(user), { role: select.value }), t("{name} has a new role.", { name: user.name }));
  }

  /** @param {User} user */
  async #disable(user) {
    const { name, disabled } = user;
    const question = {
      title: t("Keep {name} out?", { name }),
      text: t("Their sign-ins and tokens end at once. What they made stays, and you can let them in again."),
      action: t("Keep out"),
    };
    if (!disabled && !(await confirmed(question))) return;
    const said = disabled ? t("{name} may sign in again.", { name }) : t("{name} is kept out.", { name });
    await this.#tried(user, () => put(pathOf(user), { disabled: !disabled }), said);
  }

  /** @param {User} user */
  async #remove(user) {
    const { name } = user;
    const question = {
      title: t("Remove {name}?", { name }),
      text: t("They are forgotten for good, with their tokens. Their meetings, templates, agents and groups stay: they belong to nobody then, and admins see them."),
      action: t("Remove"),
    };
    if (!(await confirmed(question))) return;
    await this.#tried(user, () => remove(pathOf(user)), t("{name} is removed.", { name }));
    this.querySelector("h2")?.focus();
  }

  /** Whoever changed themselves sees what is left of them. @param {User} user @param {() => Promise<any>} act @param {string} said */
  async #tried(user, act, said) {
    showText(part(this, "error"), null);
    showText(part(this, "note"), null);
    try {
      await act();
    } catch (problem) {
      showText(part(this, "error"), sentenceOf(problem));
      this.#show(this.#users);
      return;
    }
    if (user.name === this.#me) return location.reload();
    await this.#refresh(said);
  }

  /** @param {string} said */
  async #refresh(said) {
    showText(part(this, "note"), said);
    showText(part(this, "error"), null);
    const page = await get("/users").catch((problem) => showText(part(this, "error"), sentenceOf(problem)));
    if (page) this.#show(page.items);
  }

  // Showing

  /** @param {User[]} users */
  #show(users) {
    this.#users = users;
    const focused = this.#focused;
    fillList(part(this, "users"), users, (row, user) => this.#showUser(row, user));
    if (focused) /** @type {HTMLElement | null} */ (this.querySelector(focused))?.focus();
  }

  /** @param {HTMLElement} row @param {User} user */
  #showUser(row, user) {
    const { name } = user;
    row.dataset.user = name;
    part(row, "name").textContent = name;
    part(row, "you").hidden = name !== this.#me;
    part(row, "out").hidden = !user.disabled;
    part(row, "without").hidden = user.has_password;
    part(row, "created").textContent = t("since {day}", { day: formatDay(user.created_at) });
    part(row, "disable").textContent = user.disabled ? t("Let in again") : t("Keep out");
    /** @type {HTMLSelectElement} */ (part(row, "role")).value = user.role;
    part(row, "role").setAttribute("aria-label", t("Role of {name}", { name }));
    part(row, "password").setAttribute("aria-label", t("New password for {name}", { name }));
    part(row, "disable").setAttribute("aria-label", user.disabled ? t("Let in again: {name}", { name }) : t("Keep out: {name}", { name }));
    part(row, "remove").setAttribute("aria-label", t("Remove {name}", { name }));
  }

  /** Where the keyboard stands, so that it stands there again when the rows are new. */
  get #focused() {
    const control = document.activeElement?.closest("council-users [data-part]");
    const user = control?.closest("li")?.dataset.user;
    return user && control instanceof HTMLElement ? `[data-user="${CSS.escape(user)}"] [data-part="${control.dataset.part}"]` : null;
  }

  /** @param {Element} element of a row */
  #userAt(element) {
    return this.#users.find(({ name }) => name === element.closest("li")?.dataset.user);
  }
}

/** @param {User} user */
function pathOf({ name }) {
  return `/users/${encodeURIComponent(name)}`;
}

/** The server names the field at the beginning of its sentence. @param {Problem} problem @param {string} password @param {string} other */
function fieldOf({ message, code }, password, other) {
  if (code === "conflict") return other;
  return message.startsWith("password") ? password : message.startsWith("name") ? other : "";
}

customElements.define("council-users", UserList);

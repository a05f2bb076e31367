// The dialog that says whose a thing is and who else may see it; its owner shares it there and takes that back.

import { get, put, remove } from "../lib/api.js";
import { sentenceOf } from "../lib/refusal.js";
import { loadSheet } from "../lib/sheet.js";
import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {{user: string, level: "read" | "run"}} Share */
/** @typedef {{owner: string | null, items: Share[]}} Shares */

const EVERYBODY = "*";

await loadSheet("share"); // It is never seen without it.

/** @param {string} thing its kind and id as they stand in its address: `sessions/…` @param {boolean} isOwn whether it may be changed here */
export async function openShare(thing, isOwn) {
  const dialog = new ShareDialog(thing, isOwn);
  await dialog.open();
}

class ShareDialog {
  #dialog = /** @type {HTMLDialogElement} */ (copyTemplate("share-template"));
  #path;
  #isOwn;

  /** @param {string} thing @param {boolean} isOwn */
  constructor(thing, isOwn) {
    const [kind = "", id = ""] = thing.split("/");
    this.#path = `/${kind}/${encodeURIComponent(id)}`;
    this.#isOwn = isOwn;
    for (const name of ["add", "give"]) part(this.#dialog, name).hidden = !isOwn;
    this.#listen();
  }

  #listen() {
    part(this.#dialog, "close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#dialog.remove());
    this.#onSubmit("add-form", () => this.#share(this.#field("user").value.trim()));
    this.#onSubmit("give-form", () => this.#give());
    part(this.#dialog, "rows").addEventListener("change", ({ target }) => this.#change(/** @type {HTMLSelectElement} */ (target)));
    part(this.#dialog, "rows").addEventListener("click", ({ target }) => this.#takeBack(/** @type {Element} */ (target)));
    part(this.#dialog, "everybody").addEventListener("click", () => this.#share(EVERYBODY));
  }

  /** @param {string} name @param {() => void} act */
  #onSubmit(name, act) {
    part(this.#dialog, name).addEventListener("submit", (event) => {
      event.preventDefault();
      act();
    });
  }

  async open() {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#suggest();
    await this.#tried(async () => {});
  }

  /** Admins are offered the names there are. */
  async #suggest() {
    if (!this.#isOwn || document.body.dataset.level !== "admin") return;
    const { items } = await get("/users").catch(() => ({ items: [] }));
    const options = items.map((/** @type {{name: string}} */ { name }) => new Option(name, name));
    part(this.#dialog, "names").replaceChildren(...options);
  }

  // Acting

  /** @param {string} user */
  #share(user) {
    if (!user) return this.#field("user").focus();
    this.#tried(async () => {
      await put(this.#shareOf(user), { level: this.#field("new-level").value });
      this.#field("user").value = "";
      this.#tell(t("Shared with {name}.", { name: nameOf(user) }));
      this.#field("user").focus();
    });
  }

  /** @param {HTMLSelectElement} select */
  #change(select) {
    const user = userAt(select);
    this.#tried(async () => {
      await put(this.#shareOf(user), { level: select.value });
      this.#tell(t("Changed for {name}.", { name: nameOf(user) }));
    });
  }

  /** @param {Element} target */
  #takeBack(target) {
    if (!target.closest("[data-part=remove]")) return;
    const user = userAt(target);
    this.#tried(async () => {
      await remove(this.#shareOf(user));
      this.#tell(t("Not shared with {name} any more.", { name: nameOf(user) }));
      part(this.#dialog, "close").focus();
    });
  }

  /** The page it was opened from may be seen no more by whoever gave the thing away. */
  #give() {
    const user = this.#field("new-owner").value.trim();
    if (!user) return this.#field("new-owner").focus();
    this.#tried(async () => {
      await put(`${this.#path}/owner`, { user });
      if (document.body.dataset.level !== "admin") return location.assign("/");
      this.#field("new-owner").value = "";
      this.#tell(t("It belongs to {name} now.", { name: user }));
    });
  }

  /** Does it, and shows how things stand then, whatever came of it. @param {() => Promise<void>} act */
  async #tried(act) {
    showText(part(this.#dialog, "error"), null);
    showText(part(this.#dialog, "said"), null);
    this.#dialog.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (problem) {
      showText(part(this.#dialog, "error"), sentenceOf(problem));
    }
    await this.#refresh();
    this.#dialog.removeAttribute("aria-busy");
  }

  async #refresh() {
    try {
      this.#show(await get(`${this.#path}/shares`));
    } catch (problem) {
      showText(part(this.#dialog, "error"), sentenceOf(problem));
    }
  }

  // Showing

  /** @param {Shares} shares */
  #show({ owner, items }) {
    const whose = owner === null ? t("It belongs to nobody, and the admins see it.") : t("It belongs to {name}.", { name: owner });
    part(this.#dialog, "owner").textContent = whose;
    part(this.#dialog, "nobody").hidden = items.length > 0;
    fillList(part(this.#dialog, "shares"), items, (row, share) => this.#showShare(row, share));
  }

  /** @param {HTMLElement} row @param {Share} share */
  #showShare(row, { user, level }) {
    const name = nameOf(user);
    const select = /** @type {HTMLSelectElement} */ (part(row, "level"));
    row.dataset.user = user;
    part(row, "name").textContent = name;
    select.value = level;
    select.hidden = !this.#isOwn;
    select.setAttribute("aria-label", t("What {name} may do", { name }));
    showText(part(row, "fixed"), this.#isOwn ? null : (select.selectedOptions[0]?.textContent ?? ""));
    part(row, "remove").hidden = !this.#isOwn;
    part(row, "remove").setAttribute("aria-label", t("Take back from {name}", { name }));
  }

  /** @param {string} text */
  #tell(text) {
    showText(part(this.#dialog, "said"), text);
  }

  /** @param {string} user */
  #shareOf(user) {
    return `${this.#path}/shares/${encodeURIComponent(user)}`;
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement | HTMLSelectElement} */ (part(this.#dialog, name));
  }
}

/** @param {string} user */
function nameOf(user) {
  return user === EVERYBODY ? t("everybody") : user;
}

/** @param {Element} element of a row */
function userAt(element) {
  return /** @type {HTMLElement} */ (element.closest("[data-user]")).dataset.user ?? "";
}

// <council-tokens>: the tokens with which programs ask in one's name. A new one is shown once.

import { get, post, remove } from "../lib/api.js";
import { copyText } from "../lib/clipboard.js";
import { formatDay } from "../lib/days.js";
import { formatMoment } from "../lib/format.js";
import { sentenceOf } from "../lib/refusal.js";
import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { confirmed } from "../panel/confirm.js";

/** @typedef {{token_id: string, name: string, scope: "read" | "run" | "admin", created_at: string, expires_at: string | null, used_at: string | null}} Token */

export class TokenList extends HTMLElement {
  /** @type {Token[]} */ #tokens = [];

  /** @param {Token[]} tokens */
  begin(tokens) {
    this.#show(tokens);
    part(this, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#make();
    });
    part(this, "rows").addEventListener("click", ({ target }) => this.#act(/** @type {Element} */ (target)));
    part(this, "copy").addEventListener("click", () => this.#copy());
    part(this, "done").addEventListener("click", () => this.#forget());
    this.#field("secret").addEventListener("focus", () => this.#field("secret").select());
  }

  async #make() {
    const [name, days] = [this.#field("new-name").value.trim(), this.#field("new-days").value];
    if (!name) return this.#refuse(t("Say what uses the token."));
    await this.#tried(async () => {
      const made = await post("/me/tokens", { name, scope: this.#field("new-scope").value, days: days ? Number(days) : null });
      this.#field("new-name").value = "";
      this.#showSecret(name, made.token);
    });
  }

  /** @param {string} reason */
  #refuse(reason) {
    showText(part(this, "error"), reason);
    this.#field("new-name").focus();
  }

  /** @param {string} name @param {string} secret */
  #showSecret(name, secret) {
    part(this, "made").hidden = false;
    part(this, "made-title").textContent = t("This is the token “{name}”.", { name });
    showText(part(this, "copied"), null);
    this.#field("secret").value = secret;
    this.#field("secret").focus();
  }

  async #copy() {
    const isDone = await copyText(this.#field("secret").value);
    showText(part(this, "copied"), isDone ? t("Copied.") : t("The browser does not let this page copy: select it and copy it yourself."));
  }

  #forget() {
    this.#field("secret").value = "";
    part(this, "made").hidden = true;
    this.querySelector("h2")?.focus();
  }

  /** @param {Element} target */
  async #act(target) {
    if (!target.closest("[data-part=revoke]")) return;
    const token = this.#tokens.find(({ token_id }) => token_id === target.closest("li")?.dataset.tokenId);
    if (!token) return;
    const question = {
      title: t("Revoke “{name}”?", { name: token.name }),
      text: t("Whatever uses it is refused from now on. It cannot be taken back."),
      action: t("Revoke"),
    };
    if (!(await confirmed(question))) return;
    await this.#tried(() => remove(`/me/tokens/${token.token_id}`));
    this.querySelector("h2")?.focus();
  }

  /** Does it, and shows what there is then. @param {() => Promise<void>} act */
  async #tried(act) {
    const button = /** @type {HTMLButtonElement} */ (part(this, "submit"));
    showText(part(this, "error"), null);
    button.disabled = true;
    try {
      await act();
      this.#show((await get("/me/tokens")).items);
    } catch (problem) {
      showText(part(this, "error"), sentenceOf(problem));
    }
    button.disabled = false;
  }

  /** @param {Token[]} tokens */
  #show(tokens) {
    this.#tokens = tokens;
    part(this, "none").hidden = tokens.length > 0;
    fillList(part(this, "tokens"), tokens, (row, token) => {
      row.dataset.tokenId = token.token_id;
      part(row, "name").textContent = token.name;
      part(row, "scope").textContent = copyTemplate(`scope-${token.scope}`).textContent;
      part(row, "created").textContent = formatDay(token.created_at);
      part(row, "expires").textContent = token.expires_at === null ? t("never") : formatDay(token.expires_at);
      part(row, "used").textContent = token.used_at === null ? t("never") : formatMoment(token.used_at);
      part(row, "revoke").setAttribute("aria-label", t("Revoke {name}", { name: token.name }));
    });
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (part(this, name));
  }
}

customElements.define("council-tokens", TokenList);

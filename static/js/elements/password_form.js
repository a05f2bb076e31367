// <council-password>: one's own password, changed by whoever knows it.

import { post } from "../lib/api.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../lib/api.js").Problem} Problem */

class PasswordForm extends HTMLElement {
  connectedCallback() {
    part(this, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#change();
    });
  }

  async #change() {
    this.#clear();
    const [password, new_password] = [this.#field("password").value, this.#field("new_password").value];
    if (!password) return this.#refuse("password", t("Write the password you have."));
    if (!new_password) return this.#refuse("new_password", t("Write the password you want."));
    this.#button.disabled = true;
    try {
      await post("/me/password", { password, new_password });
      for (const name of ["password", "new_password"]) this.#field(name).value = "";
      showText(part(this, "said"), t("Your password is changed."));
    } catch (problem) {
      this.#explain(/** @type {Problem} */ (problem));
    }
    this.#button.disabled = false;
  }

  /** @param {Problem} problem */
  #explain(problem) {
    if (problem.code === "wrong_password") this.#refuse("password", sentenceOf(problem));
    else if (problem.code === "invalid") this.#refuse("new_password", sentenceOf(problem));
    else showText(part(this, "form-error"), sentenceOf(problem));
  }

  /** @param {string} name @param {string} reason */
  #refuse(name, reason) {
    const field = /** @type {HTMLElement} */ (this.querySelector(`[data-field="${name}"]`));
    showText(part(field, "error"), reason);
    this.#field(name).setAttribute("aria-invalid", "true");
    this.#field(name).focus();
  }

  #clear() {
    for (const name of ["form-error", "said"]) showText(part(this, name), null);
    for (const error of this.querySelectorAll("[data-part=error]")) showText(/** @type {HTMLElement} */ (error), null);
    for (const field of this.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (part(this, name));
  }

  get #button() {
    return /** @type {HTMLButtonElement} */ (part(this, "submit"));
  }
}

customElements.define("council-password", PasswordForm);

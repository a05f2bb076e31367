// <council-template-choice>: the picture and description of the template that is chosen.

class TemplateChoice extends HTMLElement {
  connectedCallback() {
    this.#select?.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    for (const card of this.querySelectorAll("[data-template]")) {
      if (card instanceof HTMLElement) card.hidden = card.dataset.template !== this.#select?.value;
    }
  }

  get #select() {
    return this.querySelector("select");
  }
}

customElements.define("council-template-choice", TemplateChoice);

// <council-side>: what is good to know beside the transcript; folded away where it would stand before it.

const NARROW = "(max-width: 55.99rem)";

class Side extends HTMLElement {
  connectedCallback() {
    const narrow = matchMedia(NARROW);
    narrow.addEventListener("change", () => this.#fold(narrow.matches));
    this.#fold(narrow.matches);
  }

  /** @param {boolean} folded */
  #fold(folded) {
    const details = this.querySelector("details");
    if (details) details.open = !folded;
  }
}

customElements.define("council-side", Side);

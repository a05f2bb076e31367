// <council-steps>: the steps of a form. Each is opened and closed by its heading; Back and Next go from one to another.

export class Steps extends HTMLElement {
  connectedCallback() {
    for (const step of this.#steps) {
      toggleOf(step)?.addEventListener("click", () => this.#turn(step, step.dataset.open !== "true"));
    }
    this.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("[data-go]");
      if (button instanceof HTMLElement) this.#go(button, button.dataset.go === "next" ? 1 : -1);
    });
  }

  /** Opens the step in which an element stands. @param {Element} element */
  reveal(element) {
    const step = element.closest("[data-step]");
    if (step instanceof HTMLElement) this.#turn(step, true);
  }

  /** The names of the steps that are open. */
  get opened() {
    return this.#steps.filter(({ dataset }) => dataset.open === "true").map(({ dataset }) => dataset.step ?? "");
  }

  /** @param {string[]} names */
  set opened(names) {
    for (const step of this.#steps) this.#turn(step, names.includes(step.dataset.step ?? ""));
  }

  /** From the step of this button to the next or the one before: that one is closed, this one is opened. @param {Element} from @param {number} by */
  #go(from, by) {
    const index = this.#steps.findIndex((step) => step.contains(from));
    const [here, there] = [this.#steps[index], this.#steps[index + by]];
    if (!here || !there) return;
    this.#turn(here, false);
    this.#turn(there, true);
    toggleOf(there)?.focus({ preventScroll: true });
    there.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLElement} step @param {boolean} open */
  #turn(step, open) {
    const body = step.querySelector(".step-body");
    if (body instanceof HTMLElement) body.hidden = !open;
    step.dataset.open = String(open);
    toggleOf(step)?.setAttribute("aria-expanded", String(open));
    this.dispatchEvent(new Event("steps", { bubbles: true }));
  }

  /** @returns {HTMLElement[]} */
  get #steps() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-step]"))];
  }
}

/** @param {HTMLElement} step @returns {HTMLElement | null} */
function toggleOf(step) {
  return step.querySelector(".step-toggle");
}

customElements.define("council-steps", Steps);

// Keeps the newest text in view for readers who are at the end, and leaves all others where they are.

const NEAR_END_PX = 96;

export class Follow {
  #button;
  #following;
  #live;
  #lastTop = scrollY;

  /**
   * @param {HTMLElement} button takes the reader back to the end; shown only while away from it
   * @param {boolean} live whether to begin at the end, for a reader who has no place on the page yet
   */
  constructor(button, live) {
    this.#button = button;
    this.#live = live;
    this.#following = live && (scrollY === 0 || isAtEnd());
    addEventListener("scroll", () => this.#look(), { passive: true });
    button.addEventListener("click", () => this.#return());
  }

  /** Call after the page has grown. @param {boolean} live whether more will come */
  keep(live) {
    this.#live = live;
    if (this.#following) toEnd();
    this.#showButton();
  }

  /** Only a reader who scrolls up leaves the end; a page that grows does not. */
  #look() {
    if (isAtEnd()) this.#following = true;
    else if (scrollY < this.#lastTop) this.#following = false;
    this.#lastTop = scrollY;
    this.#showButton();
  }

  #return() {
    this.#following = true;
    toEnd();
    this.#showButton();
  }

  #showButton() {
    this.#button.hidden = !this.#live || this.#following || isAtEnd();
  }
}

function isAtEnd() {
  const { scrollTop, clientHeight, scrollHeight } = document.documentElement;
  return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
}

function toEnd() {
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

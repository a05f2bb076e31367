// The size of a drawing in a frame that scrolls: fitted as far as it stays readable, or as the reader wants it.

const LEAST = 0.4;
const MOST = 3;
const STEP = 1.25;
const FIT = { least: 0.6, tall: 0.8, most: 1.2, height: 0.62 };

export class Zoom {
  #frame;
  #drawing;
  #natural;
  /** @type {number | null} Null while it is fitted. */ #chosen = null;
  #scale = 1;

  /** @param {HTMLElement} frame @param {SVGSVGElement} drawing */
  constructor(frame, drawing) {
    this.#frame = frame;
    this.#drawing = drawing;
    this.#natural = drawing.viewBox.baseVal;
    new ResizeObserver(() => this.#chosen === null && this.fit()).observe(frame);
    frame.addEventListener("wheel", (event) => this.#turn(event), { passive: false });
  }

  /** @param {"in" | "out" | "fit"} how */
  change(how) {
    if (how === "fit") this.fit();
    else this.#to(this.#scale * (how === "in" ? STEP : 1 / STEP));
  }

  fit() {
    this.#chosen = null;
    const wide = this.#frame.clientWidth / (this.#natural.width || 1);
    const high = Math.max(FIT.tall, (innerHeight * FIT.height) / (this.#natural.height || 1));
    this.#size(Math.max(FIT.least, Math.min(wide, high, FIT.most)));
  }

  /** With Ctrl, and with two fingers on a pad: what is under the pointer stays there. @param {WheelEvent} event */
  #turn(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { left, top } = this.#frame.getBoundingClientRect();
    this.#to(this.#scale * 2 ** (-event.deltaY / 240), event.clientX - left, event.clientY - top);
  }

  /** @param {number} scale @param {number} [x] @param {number} [y] the point of the frame that keeps its place */
  #to(scale, x = this.#frame.clientWidth / 2, y = this.#frame.clientHeight / 2) {
    const before = this.#scale;
    this.#chosen = Math.min(MOST, Math.max(LEAST, scale));
    this.#size(this.#chosen);
    const ratio = this.#scale / before;
    this.#frame.scrollLeft = (this.#frame.scrollLeft + x) * ratio - x;
    this.#frame.scrollTop = (this.#frame.scrollTop + y) * ratio - y;
  }

  /** @param {number} scale */
  #size(scale) {
    this.#scale = scale;
    this.#drawing.setAttribute("width", String(Math.round(this.#natural.width * scale)));
    this.#drawing.setAttribute("height", String(Math.round(this.#natural.height * scale)));
  }
}

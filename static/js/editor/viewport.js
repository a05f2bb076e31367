// Which part of the canvas is seen, and how large: zoom, pan, and fit.

import { CARD_HEIGHT, CARD_WIDTH } from "./links.js";

/** @typedef {import("./types.js").Point} Point */

const SMALLEST = 0.1;
const LARGEST = 2.5;
const MARGIN = 48;

export class Viewport {
  #scale = 1;
  #left = 0;
  #top = 0;
  #svg;
  #layer;

  /** @param {SVGSVGElement} svg @param {SVGGElement} layer @param {(percent: number) => void} onZoom */
  constructor(svg, layer, onZoom) {
    this.#svg = svg;
    this.#layer = layer;
    this.onZoom = onZoom;
    svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** A point of the window as one of the drawing. @param {{clientX: number, clientY: number}} event @returns {Point} */
  pointAt({ clientX, clientY }) {
    const { left, top } = this.#svg.getBoundingClientRect();
    return { x: (clientX - left - this.#left) / this.#scale, y: (clientY - top - this.#top) / this.#scale };
  }

  get scale() {
    return this.#scale;
  }

  /** The middle of what is seen. @returns {Point} */
  get middle() {
    const { left, top, width, height } = this.#svg.getBoundingClientRect();
    return this.pointAt({ clientX: left + width / 2, clientY: top + height / 2 });
  }

  /** @param {number} dx @param {number} dy */
  pan(dx, dy) {
    this.#left += dx;
    this.#top += dy;
    this.#apply();
  }

  /** About the middle, or about a point of the window. @param {number} factor @param {{clientX: number, clientY: number}} [about] */
  zoom(factor, about) {
    const { left, top, width, height } = this.#svg.getBoundingClientRect();
    const x = about ? about.clientX - left : width / 2;
    const y = about ? about.clientY - top : height / 2;
    const scale = Math.min(LARGEST, Math.max(SMALLEST, this.#scale * factor));
    this.#left = x - ((x - this.#left) * scale) / this.#scale;
    this.#top = y - ((y - this.#top) * scale) / this.#scale;
    this.#scale = scale;
    this.#apply();
  }

  /** All of these places at once, never larger than life. @param {Point[]} places */
  fit(places) {
    const { width, height } = this.#svg.getBoundingClientRect();
    if (places.length === 0 || width === 0) return;
    const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [wide, high] = [right - left + CARD_WIDTH + MARGIN, bottom - top + CARD_HEIGHT + MARGIN];
    this.#scale = Math.max(SMALLEST, Math.min(1, width / wide, height / high));
    this.#left = width / 2 - ((left + right) / 2) * this.#scale;
    this.#top = height / 2 - ((top + bottom) / 2) * this.#scale;
    this.#apply();
  }

  /** Moves as little as needed for a place to be seen. @param {Point} place */
  reveal({ x, y }) {
    const { width, height } = this.#svg.getBoundingClientRect();
    const [seenX, seenY] = [x * this.#scale + this.#left, y * this.#scale + this.#top];
    const [halfX, halfY] = [(CARD_WIDTH / 2 + 12) * this.#scale, (CARD_HEIGHT / 2 + 12) * this.#scale];
    const dx = inside(seenX, halfX, width - halfX);
    const dy = inside(seenY, halfY, height - halfY);
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  #apply() {
    this.#layer.setAttribute("transform", `translate(${this.#left} ${this.#top}) scale(${this.#scale})`);
    this.onZoom(Math.round(this.#scale * 100));
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) this.zoom(Math.exp(-event.deltaY / 200), event);
    else this.pan(-event.deltaX, -event.deltaY);
  }
}

/** How far a number is from a range. @param {number} value @param {number} least @param {number} most */
function inside(value, least, most) {
  if (value < least) return least - value;
  return value > most ? Math.max(most - value, least - value) : 0;
}

// The frame of the transcript: sections with their headings, in each its rows, in each row its entries.

import { sections, titleOf } from "../lib/sections.js";
import { stages } from "../lib/stages.js";
import { copyTemplate, part } from "../lib/templates.js";

/** @typedef {import("../lib/sections.js").Section} Section */
/** @typedef {import("../lib/stages.js").Stage} Stage */
/** @typedef {import("../lib/stages.js").Placed} Placed */
/** @typedef {import("../protocol.js").Places} Places */

export class TranscriptLayout {
  #root;
  #places;
  #elementOf;
  /** @type {Map<string, HTMLElement>} */ #sections;
  /** @type {Map<string, HTMLElement>} */ #rows;
  /** @type {WeakMap<HTMLElement, {as: string, rows: Map<string, HTMLElement>}>} */ #arranged = new WeakMap();

  /**
   * What the server painted is taken as it is.
   * @param {HTMLElement} root
   * @param {Places} places
   * @param {(id: string) => HTMLElement | undefined} elementOf
   */
  constructor(root, places, elementOf) {
    this.#root = root;
    this.#places = places;
    this.#elementOf = elementOf;
    this.#sections = byKey(root.querySelectorAll(":scope > .phase"));
    this.#rows = byKey(root.querySelectorAll(".stage"));
    root.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("[data-part=toggle]") : null;
      if (button) fold(button.closest(".phase"), button.getAttribute("aria-expanded") === "true");
    });
    for (const name of ["reveal", "beforematch"]) {
      root.addEventListener(name, ({ target }) => unfold(/** @type {Element} */ (target)), true);
    }
  }

  /** @param {Placed[]} entries */
  arrange(entries) {
    const parts = sections(stages(entries, this.#places));
    const rows = new Map();
    this.#sections = this.#fill(this.#root, parts, this.#sections, "section-template", ({ key }) => key);
    for (const section of parts) {
      for (const [key, row] of this.#arrangeSection(section)) rows.set(key, row);
    }
    for (const [key, row] of this.#rows) if (rows.get(key) !== row) row.remove();
    this.#rows = rows;
  }

  /** What stands as it stood is left alone. @param {Section} section @returns {Map<string, HTMLElement>} its rows */
  #arrangeSection(section) {
    const element = /** @type {HTMLElement} */ (this.#sections.get(section.key));
    const arranged = section.rows.map(({ id, entries }) => [id, ...entries.map((entry) => entry.id)].join()).join(";");
    const before = this.#arranged.get(element);
    if (before?.as === arranged) return before.rows;
    if (!before) this.#entitle(element, section);
    const rows = this.#fill(part(element, "body"), section.rows, this.#rows, "stage-template", ({ id }) => id);
    for (const row of section.rows) this.#seat(/** @type {HTMLElement} */ (rows.get(row.id)), row);
    this.#arranged.set(element, { as: arranged, rows });
    return rows;
  }

  /**
   * Puts an element for each item into the container, in order; those that were there before stay as they are.
   * @template Item
   * @param {HTMLElement} container
   * @param {Item[]} items
   * @param {Map<string, HTMLElement>} known
   * @param {string} template
   * @param {(item: Item) => string} keyOf
   * @returns {Map<string, HTMLElement>}
   */
  #fill(container, items, known, template, keyOf) {
    const found = new Map();
    for (const item of items) {
      const key = keyOf(item);
      const element = known.get(key) ?? copyTemplate(template);
      element.dataset.key = key;
      found.set(key, element);
    }
    putInOrder(container, [...found.values()]);
    return found;
  }

  /** @param {HTMLElement} element @param {Section} section */
  #entitle(element, section) {
    const title = part(element, "title");
    const text = titleOf(section, this.#places);
    if (title.textContent !== text) title.textContent = text;
    part(element, "heading").hidden = text === "";
  }

  /** @param {HTMLElement} row @param {Stage} stage */
  #seat(row, { entries }) {
    const elements = entries.flatMap(({ id }) => this.#elementOf(id) ?? []);
    putInOrder(part(row, "columns"), elements);
    row.dataset.columns = String(elements.length);
  }
}

/** Exactly these children; whatever is in its place already is not touched. @param {HTMLElement} container @param {HTMLElement[]} elements */
function putInOrder(container, elements) {
  let next = container.firstElementChild;
  const wanted = new Set(elements);
  for (const element of elements) {
    while (next && !wanted.has(/** @type {HTMLElement} */ (next))) next = removed(next);
    if (element === next) next = next.nextElementSibling;
    else container.insertBefore(element, next);
  }
  while (next) next = removed(next);
}

/** @param {Element} element @returns {Element | null} what came after it */
function removed(element) {
  const next = element.nextElementSibling;
  element.remove();
  return next;
}

/** @param {NodeListOf<HTMLElement>} elements */
function byKey(elements) {
  return new Map([...elements].map((element) => [element.dataset.key ?? "", element]));
}

/** @param {Element} element */
function unfold(element) {
  fold(element.closest(".phase"), false);
}

/** What is folded is still found by the browser's own search. @param {Element | null} section @param {boolean} folded */
function fold(section, folded) {
  if (!section) return;
  part(section, "toggle").setAttribute("aria-expanded", String(!folded));
  const body = part(section, "body");
  if (folded) body.setAttribute("hidden", "until-found");
  else body.removeAttribute("hidden");
}

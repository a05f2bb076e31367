// Shapes of small pictures.

/** @param {string} name @param {Record<string, string | number>} attributes @param {(Element | string)[]} children */
export function shape(name, attributes, children = []) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** A part of the whole, as SVG wants it. @param {number} part @param {number} whole */
export function percent(part, whole) {
  return `${whole > 0 ? Math.round((part / whole) * 100_000) / 1000 : 0}%`;
}

// Markup comes from the server's <template>s: scripts copy it and fill in texts.

/** @param {string} id @returns {HTMLElement} */
export function copyTemplate(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`There is no template ${id}.`);
  const first = document.importNode(template.content, true).firstElementChild;
  if (!(first instanceof HTMLElement)) throw new Error(`The template ${id} is empty.`);
  return first;
}

/** The part of an element that carries `data-part`. @param {ParentNode} element @param {string} name @returns {HTMLElement} */
export function part(element, name) {
  const found = element.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`There is no part ${name}.`);
  return found;
}

/** Shows a text, or hides its element when there is none. @param {HTMLElement} element @param {string | null} text */
export function showText(element, text) {
  element.hidden = !text;
  if (element.textContent !== (text ?? "")) element.textContent = text ?? "";
}

/**
 * One copy of the list's own template per item; a list without items hides with its heading.
 * @template Item
 * @param {HTMLElement} list
 * @param {Item[]} items
 * @param {(element: HTMLElement, item: Item, index: number) => void} show
 */
export function fillList(list, items, show) {
  list.hidden = items.length === 0;
  const rows = items.map((item, index) => {
    const row = copyTemplate(list.dataset.row ?? "");
    show(row, item, index);
    return row;
  });
  part(list, "rows").replaceChildren(...rows);
}

// A row of signs, and a word for those that do not fit.

import { fillList } from "../lib/templates.js";
import { showAvatar } from "./avatar.js";

const MOST = 8;

/** @param {HTMLElement} list @param {{id: string, name: string}[]} agents */
export function showAvatars(list, agents) {
  const rest = agents.length - MOST;
  const shown = rest > 0 ? agents.slice(0, MOST) : agents;
  fillList(list, shown, (row, { id, name }) => {
    const sign = /** @type {HTMLElement} */ (row.firstElementChild);
    showAvatar(sign, id, name);
    sign.title = name;
    /** @type {HTMLElement} */ (row.lastElementChild).textContent = name;
  });
}

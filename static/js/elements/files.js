// <council-files>: the meeting's documents in their newest versions, how long each is and whose; each opens here.

import { authorName } from "../lib/author.js";
import { formatCount } from "../lib/format.js";
import { refLink } from "../lib/refs.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

/** @typedef {{path: string, version: number, author: string, reason: string, characters: number}} Newest */

class Files extends RoomElement {
  /** @type {Newest[]} */ #given = [];

  connectedCallback() {
    this.#given = [...this.querySelectorAll("[data-path]")].map((row) => ({
      path: row.getAttribute("data-path") ?? "",
      version: 1,
      author: "",
      reason: "",
      characters: Number(row.getAttribute("data-characters")),
    }));
  }

  /** @param {import("../reducer.js").State} state @param {import("../reducer.js").State} previous */
  show(state, previous) {
    if (state !== previous && state.files === previous.files) return;
    /** @type {Map<string, Newest>} */
    const newest = new Map(this.#given.map((file) => [file.path, file]));
    for (const file of state.files) newest.set(file.path, file);
    part(this, "none").hidden = newest.size > 0;
    fillList(part(this, "files"), [...newest.values()], (row, { path, version, author, reason, characters }) => {
      part(row, "name").replaceChildren(refLink(path, path));
      part(row, "size").textContent = t("{count} characters", { count: formatCount(characters) });
      part(row, "detail").textContent = author ? t("version {version}, {author}", { version, author: authorName(author) }) : t("given to the meeting");
      showText(part(row, "reason"), reason);
    });
  }
}

customElements.define("council-files", Files);

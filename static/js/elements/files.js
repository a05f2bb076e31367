// <council-files>: the meeting's documents with their newest versions; each opens beside the transcript.

import { refLink } from "../lib/refs.js";
import { fillList, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

class Files extends RoomElement {
  /** @type {string[]} */ #given = [];

  connectedCallback() {
    this.#given = [...this.querySelectorAll("[data-path]")].map((one) => one.getAttribute("data-path") ?? "");
  }

  /** @param {import("../reducer.js").State} state @param {import("../reducer.js").State} previous */
  show(state, previous) {
    if (state !== previous && state.files === previous.files) return;
    const newest = new Map(this.#given.map((path) => [path, { path, version: 1, author: "", reason: "" }]));
    for (const file of state.files) newest.set(file.path, file);
    this.hidden = newest.size === 0;
    fillList(part(this, "files"), [...newest.values()], (row, { path, version, author, reason }) => {
      part(row, "name").replaceChildren(refLink(path, path));
      part(row, "detail").textContent = version > 1 || author ? t("version {version}, {author}", { version, author }) : "";
      row.title = reason;
    });
  }
}

customElements.define("council-files", Files);

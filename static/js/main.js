// The start of every page: what all share, then what this one does.

import "./elements/theme_switch.js";

/** @type {Record<string, () => Promise<{open: () => void}>>} */
const PAGES = {
  lobby: () => import("./pages/lobby.js"),
  room: () => import("./pages/room.js"),
  compare: () => import("./pages/compare.js"),
  templates: () => import("./pages/templates.js"),
  editor: () => import("./pages/editor.js"),
  agents: () => import("./pages/agents.js"),
  groups: () => import("./pages/groups.js"),
};

(await PAGES[document.body.dataset.page ?? ""]?.())?.open();

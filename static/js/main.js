// The start of every page: what all share, then what this one does.

import "./elements/theme_switch.js";

const PAGES = {
  lobby: async () => (await import("./pages/lobby.js")).openLobby(),
  compare: async () => (await import("./pages/compare.js")).openComparison(),
  room: async () => (await import("./pages/room.js")).openRoom(),
};

const { page } = document.body.dataset;
if (page === "lobby" || page === "room" || page === "compare") await PAGES[page]();

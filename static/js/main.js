// The start of every page: what all share, then what this one does.

import "./elements/theme_switch.js";

const PAGES = ["lobby", "room", "compare", "templates", "editor", "agents", "groups", "people", "providers"];
const page = document.body.dataset.page ?? "";

if (PAGES.includes(page)) (await import(`./pages/${page}.js`)).open();

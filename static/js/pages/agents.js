// The agents' page: who may sit in a meeting, and the editor of one's own.

import "../elements/agent_shelf.js";

export function open() {
  const shelf = /** @type {import("../elements/agent_shelf.js").AgentShelf} */ (document.querySelector("council-agents"));
  shelf.begin(new URLSearchParams(location.search).get("agent"));
}

// <council-members>: who sits at the table, and what each is doing.

import { nodeStatusText } from "../lib/status.js";
import { part } from "../lib/templates.js";
import { RoomElement } from "./room_element.js";

class Members extends RoomElement {
  /** @param {import("../reducer.js").State} state @param {import("../reducer.js").State} previous */
  show(state, previous) {
    if (state !== previous && state.node_statuses === previous.node_statuses && state.status === previous.status) return;
    for (const member of this.querySelectorAll("[data-member]")) {
      if (!(member instanceof HTMLElement)) continue;
      const nodes = member.dataset.member?.split(" ") ?? [];
      const status = together(nodes.map((node_id) => state.node_statuses[node_id] ?? "pending"));
      member.dataset.status = status === "running" && state.status === "paused" ? "suspended" : status;
      part(member, "state").textContent = nodeStatusText(member.dataset.status);
    }
  }
}

/** What a member does who has several turns: the liveliest of them. @param {string[]} statuses */
function together(statuses) {
  const lively = ["running", "suspended", "failed"].find((status) => statuses.includes(status));
  return lively ?? (statuses.every((status) => status === statuses[0]) ? (statuses[0] ?? "pending") : "pending");
}

customElements.define("council-members", Members);

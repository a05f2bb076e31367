// <council-graph>: the plan of the meeting; each node wears its status.

import { RoomElement } from "./room_element.js";

class Graph extends RoomElement {
  /** @param {import("../reducer.js").State} state */
  show({ node_statuses }) {
    for (const node of this.querySelectorAll("[data-node]")) {
      const status = node_statuses[node.getAttribute("data-node") ?? ""] ?? "pending";
      if (node.getAttribute("data-status") !== status) node.setAttribute("data-status", status);
    }
  }
}

customElements.define("council-graph", Graph);

// Faults: what went wrong, at the message that broke off or on its own.

import { addEntry } from "./entries.js";
import { change } from "./messages.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../reducer.js").Fault} Fault */

/**
 * A fault of a node whose message broke off belongs to that message; any other stands for itself.
 * @param {State} state
 * @param {import("../protocol.js").FaultData} data
 * @param {number} seq
 */
export function fail(state, data, seq) {
  const broken = Object.values(state.messages).findLast((message) => message.node_id === data.node_id);
  if (data.node_id !== null && broken && (broken.status === "streaming" || broken.status === "failed")) {
    return change(state, broken.message_id, { fault: data.error });
  }
  const fault_id = `fault-${seq}`;
  const faults = { ...state.faults, [fault_id]: { ...data, fault_id } };
  return addEntry({ ...state, faults }, { kind: "fault", id: fault_id });
}

// Starts a meeting and goes there.

import { post } from "./api.js";

/** Rejects with a Problem when the server refuses. @param {Record<string, any>} form */
export async function beginMeeting(form) {
  const { session_id } = await post("/sessions", form);
  location.assign(`/meetings/${encodeURIComponent(session_id)}`);
}

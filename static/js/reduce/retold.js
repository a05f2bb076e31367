// What a snapshot lists, as the events it came from: one rule for both.

/** @typedef {import("../protocol.js").Snapshot} Snapshot */
/** @typedef {import("../protocol.js").MeetingEvent} MeetingEvent */

/** @type {[keyof Snapshot, string][]} */
const LISTS = [
  ["errors", "error"],
  ["fact_checks", "fact_check"],
  ["scores", "score"],
  ["rounds", "round_closed"],
  ["files", "file_written"],
  ["tools", "tool_execution"],
  ["memory", "memory_retrieved"],
];

/** @param {Snapshot} snapshot @returns {MeetingEvent[]} */
export function retold(snapshot) {
  const lists = LISTS.flatMap(([field, event]) => all(/** @type {any} */ (snapshot[field]), event));
  return [...lists, ...(snapshot.ballots ?? []).flatMap(ballot), ...(snapshot.reviews ?? []).flatMap(review)];
}

/** @param {import("../protocol.js").SnapshotBallot} ballot */
function ballot({ opened, cast, closed }) {
  return [...all([opened], "ballot_opened"), ...all(cast, "vote_cast"), ...all(closed ? [closed] : [], "ballot_closed")];
}

/** @param {import("../protocol.js").SnapshotReview} review */
function review({ reminded, expired, answer, open, ...asked }) {
  const gone = open === false && expired === null && answer === null;
  const { review_id, node_id, seq, expires_at } = asked;
  const about = { review_id, node_id, seq };
  return [
    ...all([gone ? { ...asked, gone } : asked], "human_interaction_required"),
    ...all(reminded ? [{ ...about, expires_at }] : [], "human_interaction_reminder"),
    ...all(expired === null ? [] : [{ ...about, action: expired }], "human_interaction_expired"),
    ...all(answer ? [{ ...about, ...answer }] : [], "node_resumed"),
  ];
}

/** @param {({seq: number} & Record<string, any>)[] | undefined} list @param {string} event @returns {MeetingEvent[]} */
function all(list, event) {
  return (list ?? []).map(({ seq, ...data }) => /** @type {any} */ ({ event, seq, data }));
}

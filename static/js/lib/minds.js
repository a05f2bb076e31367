// Who changed their mind, and when: as the verdict says it, or as the ballots show it before there is one.

/** @typedef {import("../reducer.js").State} State */
/** @typedef {{who: string, name: string | null, round: number, before: string, after: string, whom: string | null, reason: string | null, kind: string}} Change */

/** @param {State} state @returns {Change[]} */
export function changes({ verdict, order, notes }) {
  if (verdict?.changes?.length) return verdict.changes.map(told);
  const ballots = order.flatMap(({ id }) => {
    const note = notes[id];
    return note?.kind === "ballot" && note.data.closed ? [note.data] : [];
  });
  return ballots.flatMap((ballot, index) => moved(ballots.slice(0, index), ballot));
}

/** @param {Record<string, any>} change @returns {Change} */
function told({ member, round, kind, before, after, influence, because_of, reason }) {
  return { who: member, name: null, round, before: before ?? "", after: after ?? "", whom: influence ?? because_of ?? null, reason: reason ?? null, kind };
}

/**
 * Votes that differ from the voter's last one at the same ballot.
 * @param {import("../protocol.js").Ballot[]} earlier
 * @param {import("../protocol.js").Ballot} ballot
 * @returns {Change[]}
 */
function moved(earlier, { opened, closed }) {
  const last = earlier.findLast((one) => one.opened.node_id === opened.node_id);
  return (closed?.ballots ?? []).flatMap(({ voter, vote, reason }) => {
    const before = last?.closed?.ballots.find((one) => one.voter === voter)?.vote;
    if (before === undefined || before === null || vote === null || String(before) === String(vote)) return [];
    const name = opened.voters.find((one) => one.voter === voter)?.name ?? null;
    return [{ who: voter, name, round: opened.round, before: String(before), after: String(vote), whom: null, reason: reason ?? null, kind: "moved" }];
  });
}

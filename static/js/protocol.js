// The wire as types: what travels between server and page. Only comments; nothing runs.

/** @typedef {"pending" | "running" | "paused" | "completed" | "failed" | "cancelled"} SessionStatus */
/** @typedef {"pending" | "running" | "completed" | "failed" | "skipped" | "suspended"} NodeStatus */
/** @typedef {"streaming" | "completed" | "cut" | "failed" | "discarded"} MessageStatus */
/** @typedef {"stop" | "length" | "cut" | "error"} Finish */
/** @typedef {"disconnected" | "connecting" | "connected" | "reconnecting"} ConnectionStatus */

/**
 * @template {string} Name
 * @template Data
 * @typedef {{event: Name, session_id: string | null, project_id?: string | null, node_id?: string | null,
 *   seq: number, timestamp: string, data: Data}} Numbered
 */
/**
 * @template {string} Name
 * @template Data
 * @typedef {{event: Name, data: Data}} Answer
 */

// From the meeting

/** @typedef {Numbered<"token_stream", {node_id: string, agent_id: string | null, message_id: string, offset: number,
 *   chunk: string, is_thinking: boolean}>} TokenStream */
/** @typedef {Numbered<"message_completed", {message_id: string, node_id: string, agent_id: string | null,
 *   role: "agent" | "system", content: string, thinking: string, html: string | null, finish: Finish,
 *   round?: number}>} MessageCompleted */
/** @typedef {Numbered<"message_discarded", {message_id: string, reason: string}>} MessageDiscarded */
/** @typedef {Numbered<"user_message", {message_id: string, content: string, by: string}>} UserMessage */
/** @typedef {Numbered<"input_read", {message_id: string, node_id: string, agent_id: string | null}>} InputRead */
/** @typedef {Numbered<"node_state_change", {node_id: string, status: NodeStatus, round?: number}>} NodeStateChange */
/** @typedef {Numbered<"token_usage", {node_id: string, agent_id: string | null, input_tokens: number,
 *   output_tokens: number, estimated_cost_usd: number | null, price: "known" | "unknown" | "local",
 *   estimated: boolean}>} TokenUsage */
/** @typedef {"execution:started" | "execution:paused" | "execution:resumed" | "execution:completed"
 *   | "execution:failed" | "execution:cancelled"} ExecutionName */
/** @typedef {Numbered<ExecutionName, {status: SessionStatus, reason?: string | null,
 *   detail?: string | null}>} Execution */
/** @typedef {{node_id: string | null, error: string, code: string, hint: string, can_retry: boolean}} FaultData */
/** @typedef {Numbered<"error", FaultData>} ErrorHappened */
/** @typedef {Numbered<"verdict", Verdict>} VerdictGiven */

// The record

/** @typedef {"yes_no" | "score_1_10" | "choice" | "ranking"} VoteType */
/** @typedef {{voter: string, name?: string | null}} Voter */
/** @typedef {{option_id: string, text: string, author?: string}} Option */
/** @typedef {{node_id: string, ballot_id: string, round: number, question: string, vote_type: VoteType, options: Option[],
 *   voters: Voter[], threshold: number, quorum: number, secret: boolean}} BallotOpened */
/** @typedef {string | number | string[]} Vote */
/** @typedef {{node_id: string, ballot_id: string, voter: string, vote: Vote | null}} VoteCast */
/** @typedef {{voter: string, vote: Vote | null, confidence?: number | null, reason?: string, abstained?: string | null,
 *   why?: string}} CastBallot */
/** @typedef {{id: string, label: string, votes: number, share: number, mean_rank?: number | null}} Bar */
/** @typedef {{voters: number, counted: number, abstained: number, threshold: number, quorum: number,
 *   unanimous?: boolean, why?: string | null, bars?: Bar[], mean?: number | null, normalised?: number | null}} Count */
/** @typedef {{node_id: string, ballot_id: string, round: number, ballots: CastBallot[], count: Count,
 *   outcome: "passed" | "rejected" | "impasse" | "no_quorum", decision: string | null}} BallotClosed */
/** @typedef {{opened: BallotOpened, cast: VoteCast[], closed: BallotClosed | null}} Ballot */
/** @typedef {{source: string, title?: string, url?: string | null, path?: string | null, lines?: string | null, text?: string}} Source */
/** @typedef {{claim: string, status: string, source?: Source | null, sources?: Source[], reason?: string}} Claim */
/** @typedef {{node_id: string, round: number, message_id: string | null, claims: Claim[], share_supported: number | null,
 *   verified: boolean, dropped?: number, problem?: string | null}} FactCheck */
/** @typedef {{node_id: string, round: number, weighted_total: number, parts: Record<string, number>}} Score */
/** @typedef {{node_id: string, round: number, decision: "again" | "out", reason: string, scores: number[]}} RoundClosed */
/** @typedef {{node_id: string, agent_id: string | null, tool: string, input: Record<string, unknown>, output: string,
 *   ok: boolean}} Tool */
/** @typedef {{node_id: string | null, path: string, version: number, author: string, reason: string, characters: number}} File */
/** @typedef {{node_id: string, round: number, items: Record<string, any>[], note?: string}} Memory */
/** @typedef {{usd?: number | null, tokens?: number | null, seconds?: number | null}} Cap */
/** @typedef {{reserved_usd: number, spent_usd: number, unknown: number, cap: Cap | null, spent_tokens: number,
 *   reserved_tokens: number, needs?: Record<string, number>}} Budget */

/** @typedef {Numbered<"ballot_opened", BallotOpened> | Numbered<"vote_cast", VoteCast> | Numbered<"ballot_closed", BallotClosed>} BallotEvent */
/** @typedef {BallotEvent | Numbered<"fact_check", FactCheck> | Numbered<"score", Score> | Numbered<"round_closed", RoundClosed>
 *   | Numbered<"tool_execution", Tool> | Numbered<"file_written", File> | Numbered<"memory_retrieved", Memory>
 *   | Numbered<"budget", Budget>} RecordEvent */

// People

/**
 * @typedef {object} Asked
 * @property {string} node_id
 * @property {string} review_id
 * @property {"review" | "question" | "ballot"} kind
 * @property {string} reason
 * @property {number | null} timeout
 * @property {string | null} expires_at
 * @property {string | null} draft
 * @property {string[]} actions
 * @property {boolean} allow_skip
 * @property {number} [round]
 * @property {string | null} [default]
 * @property {(Partial<BallotOpened> & Record<string, any>) | null} [ballot]
 * @property {Record<string, any> | null} [score]
 * @property {Record<string, any>[]} [files]
 */
/** @typedef {{action: string, by: string, feedback: string, diff: string}} Answered */
/** @typedef {Asked & {reminded: boolean, expired: string | null, answer: Answered | null, gone?: boolean}} Review */
/** @typedef {Numbered<"human_interaction_required", Asked>
 *   | Numbered<"human_interaction_reminder", {node_id: string, review_id: string, expires_at: string}>
 *   | Numbered<"human_interaction_expired", {node_id: string, review_id: string, action: string}>
 *   | Numbered<"node_resumed", Answered & {node_id: string, review_id: string}>} PeopleEvent */

/** @typedef {TokenStream | MessageCompleted | MessageDiscarded | UserMessage | InputRead | NodeStateChange
 *   | TokenUsage | Execution | ErrorHappened | VerdictGiven | RecordEvent | PeopleEvent} MeetingEvent */

/**
 * @typedef {object} Verdict
 * @property {string} node_id
 * @property {"decided" | "partial" | "impasse"} outcome
 * @property {"below_quorum" | "chair_cut" | "unreadable" | null} [partial_reason]
 * @property {string | null} [word]
 * @property {number | null} score
 * @property {Record<string, number> | null} parts
 * @property {string} text
 * @property {string | null} html
 * @property {{claim: string, evidence: string, html?: string}[]} disputes
 * @property {string[]} orders
 * @property {{node_id: string, reason: string}[]} absences
 * @property {Record<string, any>[]} dissent
 * @property {Record<string, any> | null} [ballots] the server's count
 * @property {Record<string, any> | null} [best_draft]
 * @property {number} [round]
 * @property {string | null} [decision]
 * @property {string | null} [chair_deviates]
 * @property {Record<string, number> | null} [quorum]
 * @property {Record<string, any>[]} [changes]
 * @property {string[]} [weak_evidence]
 * @property {Record<string, any>[]} [sentences]
 * @property {{action: string, by: string, feedback?: string} | null} [person] what a person decided last
 * @property {{agent_id: string, name: string, is_member: boolean, instead_of: string | null, reason: string | null} | null} [chair] who ruled
 */

// To this client only

/** @typedef {{epoch: string, since: number, seq: number, recovered: boolean}} Position */
/** @typedef {Answer<"hello", {protocol: string, client_id: string, heartbeat_seconds: number,
 *   channels: Record<string, Position>}>} Hello */
/** @typedef {Answer<"heartbeat", {channels: Record<string, number>}>} Heartbeat */
/** @typedef {Answer<"pong", {server_time?: string, channels?: Record<string, number>}>} Pong */
/** @typedef {Answer<"ack", {id?: string, cmd?: string} & Record<string, unknown>>} Ack */
/** @typedef {Answer<"error", {id?: string, code: string, error: string, hint?: string, can_retry?: boolean}>} Refusal */

// The snapshot

/**
 * @typedef {object} SnapshotMessage
 * @property {string} message_id
 * @property {string | null} node_id
 * @property {string | null} agent_id
 * @property {string | null} agent_name
 * @property {"agent" | "system" | "user"} role
 * @property {string} content
 * @property {string | null} thinking
 * @property {string | null} html
 * @property {MessageStatus} status
 * @property {Finish | null} [finish]
 * @property {number} seq
 * @property {string[]} [read_by] node ids, for what a person said
 * @property {number} [round]
 * @property {boolean} [absent] whether its words, and who said them, were left out of the page
 */
/** @typedef {{opened: BallotOpened & {seq: number}, cast: (VoteCast & {seq: number})[],
 *   closed: (BallotClosed & {seq: number}) | null}} SnapshotBallot */
/** @typedef {Review & {seq: number, open?: boolean, answer: (Answered & {seq: number}) | null}} SnapshotReview */

/** @typedef {{node_id: string, agent_id: string | null, name: string, provider: string, model: string}} Member */

/**
 * @typedef {object} Totals
 * @property {number} input_tokens
 * @property {number} output_tokens
 * @property {number | null} cost_usd
 * @property {number} unknown_price_tokens
 * @property {number} [elapsed_seconds]
 */

/**
 * @typedef {object} Snapshot
 * @property {string} session_id
 * @property {string} subject
 * @property {SessionStatus} status
 * @property {string | null} [reason]
 * @property {string} epoch
 * @property {number} seq
 * @property {Record<string, NodeStatus>} node_statuses
 * @property {{nodes: Record<string, {properties?: Record<string, any>}>}} [graph]
 * @property {SnapshotMessage[]} messages
 * @property {(FaultData & {seq: number})[]} [errors]
 * @property {Totals} totals
 * @property {string | null} [detail]
 * @property {string | null} [paused_at]
 * @property {Record<string, number>} [node_rounds]
 * @property {SnapshotBallot[]} [ballots]
 * @property {(FactCheck & {seq: number})[]} [fact_checks]
 * @property {(Score & {seq: number})[]} [scores]
 * @property {(RoundClosed & {seq: number})[]} [rounds]
 * @property {(File & {seq: number})[]} [files]
 * @property {(Tool & {seq: number})[]} [tools]
 * @property {(Memory & {seq: number})[]} [memory]
 * @property {SnapshotReview[]} [reviews]
 * @property {Budget | null} [budget]
 * @property {Cap | null} [cap]
 * @property {{session_id: string, node_id: string} | null} [rerun_of]
 * @property {Verdict | null} verdict
 * @property {{members: Member[], diverse: boolean, rehearsal: boolean}} panel
 */

/** @typedef {"read" | "run" | "own"} Right look on; take part or change it; everything */
/** @typedef {{session_id: string, subject: string, template_id: string, status: SessionStatus, created_at: string,
 *   ended_at: string | null, group_id?: string | null, waiting_for?: Record<string, any>[] | null,
 *   node_statuses?: Record<string, NodeStatus>, right?: Right}} SessionSummary */
/** @typedef {{items: SessionSummary[], next: string | null}} SessionPage */

/**
 * Where a node's messages belong, and who sits there.
 * @typedef {object} Place
 * @property {string} name
 * @property {string} type
 * @property {number} layer
 * @property {number} column
 * @property {string[]} later nodes that can only speak after this one
 * @property {string} phase the node that names the part of the meeting it speaks in; no node's id where none does
 * @property {number} seat
 * @property {string} model
 * @property {string} initials
 */
/** @typedef {Record<string, Place>} Places */

export {};

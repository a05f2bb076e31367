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
 *   role: "agent" | "system", content: string, thinking: string, html: string | null, finish: Finish}>} MessageCompleted */
/** @typedef {Numbered<"message_discarded", {message_id: string, reason: string}>} MessageDiscarded */
/** @typedef {Numbered<"user_message", {message_id: string, content: string, by: string}>} UserMessage */
/** @typedef {Numbered<"input_read", {message_id: string, node_id: string, agent_id: string | null}>} InputRead */
/** @typedef {Numbered<"node_state_change", {node_id: string, status: NodeStatus}>} NodeStateChange */
/** @typedef {Numbered<"token_usage", {node_id: string, agent_id: string | null, input_tokens: number,
 *   output_tokens: number, estimated_cost_usd: number | null, price: "known" | "unknown" | "local",
 *   estimated: boolean}>} TokenUsage */
/** @typedef {"execution:started" | "execution:paused" | "execution:resumed" | "execution:completed"
 *   | "execution:failed" | "execution:cancelled"} ExecutionName */
/** @typedef {Numbered<ExecutionName, {status: SessionStatus, reason?: string | null}>} Execution */
/** @typedef {{node_id: string | null, error: string, code: string, hint: string, can_retry: boolean}} FaultData */
/** @typedef {Numbered<"error", FaultData>} ErrorHappened */
/** @typedef {Numbered<"verdict", Verdict>} VerdictGiven */

/** @typedef {TokenStream | MessageCompleted | MessageDiscarded | UserMessage | InputRead | NodeStateChange
 *   | TokenUsage | Execution | ErrorHappened | VerdictGiven} MeetingEvent */

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
 * @property {{claim: string, evidence: string}[]} disputes
 * @property {string[]} orders
 * @property {{node_id: string, reason: string}[]} absences
 * @property {{node_id?: string, text?: string, reason?: string}[]} dissent
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
 */

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
 * @property {SnapshotMessage[]} messages
 * @property {(FaultData & {seq: number})[]} [errors]
 * @property {Totals} totals
 * @property {Verdict | null} verdict
 * @property {{members: Member[], diverse: boolean, rehearsal: boolean}} panel
 */

/** @typedef {{session_id: string, subject: string, template_id: string, status: SessionStatus, created_at: string,
 *   ended_at: string | null}} SessionSummary */
/** @typedef {{items: SessionSummary[], next: string | null}} SessionPage */

/**
 * Where a node's messages belong, and who sits there.
 * @typedef {object} Place
 * @property {string} name
 * @property {string} type
 * @property {number} layer
 * @property {number} column
 * @property {string[]} later nodes that can only speak after this one
 * @property {number} seat
 * @property {string} model
 * @property {string} initials
 */
/** @typedef {Record<string, Place>} Places */

export {};

// What agents, groups and their neighbours look like on the wire. Only comments; nothing runs.

/** @typedef {{agent_id: string, name: string, description: string, persona: string, provider: string | null, model: string | null,
 *   temperature: number | null, top_p: number | null, max_tokens: number | null, is_system: boolean,
 *   created_at: string | null, updated_at: string | null}} Agent */
/** @typedef {Record<string, Record<string, string>>} Seats by template or `*`: node -> agent */
/** @typedef {{group_id: string, name: string, description: string, system_prompt: string, default_agents: Seats,
 *   is_system: boolean, created_at: string | null, updated_at: string | null}} Group */
/** @typedef {{node_id: string, type: string, name: string, properties: Record<string, any>}} Node */
/** @typedef {{template_id: string, name: string, graph: {nodes: Record<string, Node>}}} Template */
/** @typedef {{price: "known" | "local" | "unknown", input_usd_per_million: number | null, output_usd_per_million: number | null,
 *   source: "prices_file" | "genai_prices" | "council" | null}} ModelPrice */
/** @typedef {{provider_id: string, name: string, local: boolean, models: string[], reason: string, available: boolean,
 *   prices: Record<string, ModelPrice>}} ProviderInfo */
/** @typedef {{provider: string | null, model: string | null}} ModelChoice */
/** @typedef {{knowledge_id: number, layer: "working" | "long_term", kind: "verdict" | "fact" | "note", title: string, content: string,
 *   confidence: number | null, session_id: string | null, created_at: string, expires_at: string | null,
 *   promoted_at: string | null}} Knowledge */

export {};

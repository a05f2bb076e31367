// What an editor works on, as types. Only comments; nothing runs.

/** @typedef {{node_id: string, type: string, name: string, next_ids: string[], properties: Record<string, any>}} PlanNode */
/** @typedef {{start_node_id: string, nodes: Record<string, PlanNode>}} Graph */
/** @typedef {{x: number, y: number}} Point */
/** @typedef {Record<string, Point>} Places */
/** @typedef {{name: string, description: string, category: string, graph: Graph, layout: Places}} Template `layout`: the nodes that
 *   somebody has moved. */
/** @typedef {{path: string, reason: string, suggestion?: string, line?: number, column?: number}} Fault */
/** @typedef {{title: string, description?: string, format?: string, type?: string, enum?: string[], default?: any,
 *   items?: any, anyOf?: any[], minimum?: number, maximum?: number, exclusiveMinimum?: number, maxLength?: number,
 *   "x-labels"?: Record<string, string>}} FieldSchema */
/** @typedef {{type: string, name: string, sign: string, explanation: string, defaults: Record<string, any>,
 *   schema: {properties: Record<string, FieldSchema>, required?: string[]}}} NodeType */
/** @typedef {{agent_id: string, name: string}} Agent */

export {};

// How each kind of note is shown; empty until ./cards.js was fetched.

/** @typedef {import("../protocol.js").Places} Places */
/** @typedef {{template: string, show: (card: HTMLElement, note: any, places: Places) => void}} Card */

/** @type {Record<string, Card>} */
export const CARDS = {};

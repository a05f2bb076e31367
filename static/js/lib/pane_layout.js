// How the room's three panes share its width, as a value: what each change makes of it, and what is remembered.

/** @typedef {"plan" | "conversation" | "papers"} Pane */
/** @typedef {"plan" | "papers"} Side */
/** @typedef {{plan: number, papers: number, folded: Side[], maximised: Pane | null, shown: Pane}} Layout widths in percent */

const KEY = "council-panes";
const TIGHT = "(max-width: 77.99rem)";
const LEAST = { plan: 15, conversation: 25, papers: 15 };
/** @type {readonly Side[]} */
const SIDES = ["plan", "papers"];
/** @type {readonly Pane[]} */
export const PANES = ["plan", "conversation", "papers"];
/** @type {Layout} */
export const DEFAULT = { plan: 20, papers: 30, folded: [], maximised: null, shown: "conversation" };

/** How wide a side may be while the other stays as it is. @param {Layout} layout @param {Side} side */
export function limits(layout, side) {
  const other = side === "plan" ? "papers" : "plan";
  const taken = layout.folded.includes(other) ? 0 : layout[other];
  return { least: LEAST[side], most: 100 - LEAST.conversation - taken };
}

/** @param {Layout} layout @param {Side} side @param {number} percent @returns {Layout} */
export function resize(layout, side, percent) {
  const { least, most } = limits(layout, side);
  const width = Math.round(Math.max(least, Math.min(most, percent)) * 10) / 10;
  return { ...layout, [side]: width, folded: layout.folded.filter((one) => one !== side) };
}

/** Folds a side away, or opens it again, as wide as there is room for. @param {Layout} layout @param {Side} side @returns {Layout} */
export function fold(layout, side) {
  if (!layout.folded.includes(side)) return { ...layout, folded: [...layout.folded, side] };
  return settle({ ...layout, folded: layout.folded.filter((one) => one !== side) });
}

/** Every side that is open within its limits. @param {Layout} layout @returns {Layout} */
function settle(layout) {
  const open = SIDES.filter((side) => !layout.folded.includes(side));
  return open.reduce((sofar, side) => resize(sofar, side, sofar[side]), layout);
}

/** One pane alone, or all again. @param {Layout} layout @param {Pane} pane @returns {Layout} */
export function maximise(layout, pane) {
  return { ...layout, maximised: layout.maximised === pane ? null : pane };
}

/** The layout in which a pane can be seen. @param {Layout} layout @param {Pane} pane @returns {Layout} */
export function reveal(layout, pane) {
  const alone = layout.maximised !== null && layout.maximised !== pane;
  const opened = pane !== "conversation" && layout.folded.includes(pane) ? fold(layout, pane) : layout;
  return { ...opened, shown: pane, maximised: alone ? null : layout.maximised };
}

/** What was remembered, as far as it makes sense. @returns {Layout} */
export function recall() {
  const text = stored();
  if (text === null) return fewest();
  const kept = parse(text);
  const folded = SIDES.filter((side) => Array.isArray(kept.folded) && kept.folded.includes(side));
  const maximised = PANES.find((pane) => pane === kept.maximised) ?? null;
  const widths = SIDES.filter((side) => Number.isFinite(kept[side])).map((side) => [side, kept[side]]);
  return settle({ ...DEFAULT, ...Object.fromEntries(widths), folded, maximised });
}

/** Where there is little room the conversation gets it, until the reader says otherwise. @returns {Layout} */
function fewest() {
  return matchMedia(TIGHT).matches ? { ...DEFAULT, plan: 22, folded: ["papers"] } : DEFAULT;
}

/** @param {Layout} layout */
export function remember({ shown: _, ...layout }) {
  try {
    localStorage.setItem(KEY, JSON.stringify(layout));
  } catch {
    // Storage may be forbidden: the layout lasts as long as the page then.
  }
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} text @returns {Record<string, any>} */
function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

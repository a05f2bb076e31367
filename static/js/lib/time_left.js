// How long there is still time: people may be asked for days.

import { formatElapsed } from "./format.js";

const DAY = 86_400;
const NOTHING = "0:00:00";

/** m:ss, h:mm:ss, or days and h:mm:ss. @param {number} seconds */
export function formatLeft(seconds) {
  const days = Math.floor(seconds / DAY);
  if (days < 1) return formatElapsed(seconds);
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "day", unitDisplay: "narrow" });
  const rest = formatElapsed(seconds - days * DAY).padStart(NOTHING.length, NOTHING);
  return `${format.format(days)} ${rest}`;
}

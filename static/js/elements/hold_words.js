// Why a meeting stands still by itself, in the reader's language: the server says it in English.

import { t } from "../lib/texts.js";

/** @typedef {Record<string, string>} Named what a sentence says of this meeting */

/** @type {[RegExp, (named: Named) => string][]} */
const KNOWN = [
  [
    /^The next calls may take up to (?<wanted>\S+) tokens; (?<taken>\S+) of (?<limit>\S+) are spent or reserved\. A cap of (?<needed>\S+) would do\.$/,
    (named) => t("The next calls may take up to {wanted} tokens; {taken} of {limit} are spent or reserved. A cap of {needed} would do.", named),
  ],
  [
    /^The next calls may cost up to (?<wanted>\S+ USD); (?<taken>\S+ USD) of (?<limit>\S+ USD) are spent or reserved\. A cap of (?<needed>\S+ USD) would do\.$/,
    (named) => t("The next calls may cost up to {wanted}; {taken} of {limit} are spent or reserved. A cap of {needed} would do.", named),
  ],
  [/^The meeting has run for (?<seconds>\S+) seconds, which is its cap\.$/, (named) => t("The meeting has run for {seconds} seconds, which is its cap.", named)],
  [
    /^(?<spent>\S+ USD) are spent, more than (?<factor>\S+) times what was expected \((?<expected>.+)\)\.$/,
    (named) => t("{spent} are spent, more than {factor} times what was expected ({expected}).", named),
  ],
  [
    /^(?<spent>\S+) tokens without a known price are spent, more than (?<factor>\S+) times what was expected \((?<expected>.+)\)\.$/,
    (named) => t("{spent} tokens without a known price are spent, more than {factor} times what was expected ({expected}).", named),
  ],
  [/^(?<name>.+) has been at work for more than (?<minutes>\S+) minutes\.$/, (named) => t("{name} has been at work for more than {minutes} minutes.", named)],
  [/^(?<name>.+) has given the same answer (?<count>\d+) times\.$/, (named) => t("{name} has given the same answer {count} times.", named)],
];

/** What is not known stays as it was said. @param {string | null} detail */
export function holdText(detail) {
  return detail && detail.split(/(?<=would do\.) /).map(told).join(" "); // Two caps may be reached at once.
}

/** @param {string} sentence */
function told(sentence) {
  for (const [pattern, say] of KNOWN) {
    const found = pattern.exec(sentence);
    if (found) return say(found.groups ?? {});
  }
  return sentence;
}

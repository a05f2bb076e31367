// What is wrong with a template in the reader's language: the server says it in English, here it is known what it means.

import { t } from "../lib/texts.js";

/** @typedef {import("./types.js").Fault} Fault */
/** @typedef {Record<string, string>} Named what a sentence says of this template */

/** @type {[RegExp, (named: Named) => string][]} */
export const REASONS = [
  [/^Field required\.$/, () => t("This is needed.")],
  [/^There is no node type (?<name>.+)\.$/, (named) => t("There is no node type {name}.", named)],
  [/^There is no agent (?<name>.+)\.$/, (named) => t("There is no agent {name}.", named)],
  [/^There is no node (?<name>.+)\.$/, (named) => t("There is no node {name}.", named)],
  [/^(?<count>\d+) nodes are too many\.$/, (named) => t("{count} nodes are too many.", named)],
  [/^A voter is named twice\.$/, () => t("A voter is named twice.")],
  [/^Only a chair has a fallback\.$/, () => t("Only a chair has a fallback.")],
  [/^It is the chair itself\.$/, () => t("It is the chair itself.")],
  [/^A \w+ needs at least two options\.$/, () => t("It needs at least two options.")],
  [/^A \w+ vote takes no options\.$/, () => t("A vote of this kind takes no options.")],
  [/^An option is named twice\.$/, () => t("An option is named twice.")],
  [/^(?<name>.+) is named twice\.$/, (named) => t("{name} is named twice.", named)],
  [/^No path leads to it from the start\.$/, () => t("No path leads to it from the start.")],
  [/^It is on a cycle that no loop decides on\.$/, () => t("It is on a cycle that no loop decides on.")],
  [/^A loop has two next nodes, not (?<count>\d+)\.$/, (named) => t("A loop has two next nodes, not {count}.", named)],
  [/^(?<name>.+) does not lead to the loop\.$/, (named) => t("{name} does not lead to the loop.", named)],
  [/^It leaves the round of (?<name>.+) past the loop\.$/, (named) => t("It leaves the round of {name} past the loop.", named)],
  [/^It enters the round of (?<name>.+) at (?<node>.+)\.$/, (named) => t("It enters the round of {name} at {node}.", named)],
  [/^No node of type "end" can be reached\.$/, () => t("No end can be reached.")],
  [/^An end has nothing after it\.$/, () => t("An end has nothing after it.")],
  [/^It leads nowhere\.$/, () => t("It leads nowhere.")],
  [/^Two branches of (?<name>.+) share it\.$/, (named) => t("Two branches of {name} share it.", named)],
  [/^It waits for itself: /, () => t("It waits for itself: a sequence wants it later, another link earlier.")],
  [/^It is not a mapping\.$/, () => t("It is not a mapping.")],
  [/^Input should be .+\.$/, () => t("This value does not fit.")],
];

/** @type {[RegExp, (named: Named) => string][]} */
export const SUGGESTIONS = [
  [/^For example (?<example>.+)\.$/s, (named) => t("For example {example}.", named)],
  [/^Did you mean (?<name>.+)\?$/, (named) => t("Did you mean {name}?", named)],
  [/^Use one of: (?<names>.+)\.$/, (named) => t("Use one of: {names}.", named)],
  [/^Use at most (?<count>\d+)\.$/, (named) => t("Use at most {count}.", named)],
  [/^Give x and y, and nothing else: .+ from -(?<most>\d+) to .+\.$/, (named) => t("Give x and y, and nothing else: whole numbers from -{most} to {most}.", named)],
  [/^Leave it out\.$/, () => t("Leave it out.")],
  [/^Leave it out, or set /, () => t("Leave it out, or let the node hand in a verdict.")],
  [/^Name another agent, or leave it out\.$/, () => t("Name another agent, or leave it out.")],
  [/^Name each \w+( node)? once\.$/, () => t("Name each once.")],
  [/^Add options\.$/, () => t("Add options.")],
  [/^Leave them out, or vote by choice\.$/, () => t("Leave them out, or vote by choice.")],
  [/^Link it, or delete it\.$/, () => t("Link it, or delete it.")],
  [/^Remove the link that leads back, /, () => t("Remove the link that leads back, or let a loop lead back with its first link.")],
  [/^Name again, then out\.$/, () => t("The first leads to another round, the second out.")],
  [/^Name the node where a round begins\.$/, () => t("Name the node where a round begins.")],
  [/^Only (?<name>.+) may lead out of its round\.$/, (named) => t("Only {name} may lead out of its round.", named)],
  [/^Enter it where it begins, at (?<name>.+)\.$/, (named) => t("Enter it where it begins, at {name}.", named)],
  [/^Add one: /, () => t("Add an end, and link it.")],
  [/^Leave next_ids empty\.$/, () => t("Remove its links.")],
  [/^Link it to a node of type "end"\.$/, () => t("Link it to an end.")],
  [/^Let them meet later\.$/, () => t("Let them meet later.")],
  [/^Change the order of the sequence's next_ids, /, () => t("Change the order of the sequence's links, or remove one between its branches.")],
];

/** What is not known stays as it was said. @param {Fault} fault @returns {Fault} */
export function toldFault(fault) {
  const { reason, suggestion } = fault;
  return { ...fault, reason: told(reason, REASONS), ...(suggestion && { suggestion: told(suggestion, SUGGESTIONS) }) };
}

/** @param {string} sentence @param {typeof REASONS} known */
function told(sentence, known) {
  for (const [pattern, say] of known) {
    const found = pattern.exec(sentence);
    if (found) return say(found.groups ?? {});
  }
  return sentence;
}

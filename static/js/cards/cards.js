// What stands in the transcript beside messages: for each kind its template, and how its data are shown in it.

import { loadSheet } from "../lib/sheet.js";
import { ballotCard } from "./ballot.js";
import { factsCard } from "./facts.js";
import { faultCard } from "./fault.js";
import { memoryCard } from "./memory.js";
import { CARDS } from "./registry.js";
import { reviewCard } from "./review.js";
import { roundCard } from "./round.js";
import { workCard } from "./work.js";

await loadSheet("deliberation"); // A card is never seen without it.
Object.assign(CARDS, {
  ballot: { template: "ballot-template", show: ballotCard },
  facts: { template: "facts-template", show: factsCard },
  fault: { template: "fault-template", show: faultCard },
  memory: { template: "memory-template", show: memoryCard },
  review: { template: "answer-template", show: reviewCard },
  round: { template: "round-template", show: roundCard },
  work: { template: "work-template", show: workCard },
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { sections } from "../../static/js/lib/sections.js";
import { stages } from "../../static/js/lib/stages.js";

const { places, cases } = JSON.parse(readFileSync(new URL("stages.json", import.meta.url), "utf8"));

for (const { about, said, rows, sections: parts } of cases) {
  test(about, () => {
    const entries = said.map(([id, node_id, status = "completed", round = 1]) => ({ id, kind: "message", node_id, status, round }));
    const found = stages(entries, places);
    assert.deepEqual(found.map((row) => row.entries.map(({ id }) => id)), rows);
    if (parts) assert.deepEqual(sections(found).map((part) => [part.key, part.rows.length]), parts);
  });
}

test("the end of a round stands alone, and what has no round of its own belongs to the one that goes on", () => {
  const entries = [
    { id: "m1", kind: "message", node_id: "a", status: "completed", round: 1 },
    { id: "r1", kind: "round", node_id: null, status: "completed", round: 2 },
    { id: "f1", kind: "fault", node_id: "a", status: "failed", round: null },
    { id: "m2", kind: "message", node_id: "b", status: "completed", round: 2 },
  ];
  const found = sections(stages(entries, places));
  assert.deepEqual(found.map(({ key, rows }) => [key, rows.flatMap((row) => row.entries.map(({ id }) => id))]), [
    ["fan 1 1", ["m1"]],
    [" 2 1", ["r1"]],
    ["fan 2 1", ["f1", "m2"]],
  ]);
});

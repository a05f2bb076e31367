import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { stages } from "../../static/js/lib/stages.js";

const { places, cases } = JSON.parse(readFileSync(new URL("stages.json", import.meta.url), "utf8"));

for (const { about, said, rows } of cases) {
  test(about, () => {
    const entries = said.map(([id, node_id, status = "completed"]) => ({ id, kind: "message", node_id, status }));
    assert.deepEqual(stages(entries, places).map((row) => row.entries.map(({ id }) => id)), rows);
  });
}

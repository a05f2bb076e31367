import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { readDraft } from "../../static/js/editor/drafts.js";
import { faultsByNode, placeOf } from "../../static/js/editor/fault_places.js";
import { kindOf, numberOf } from "../../static/js/editor/field_kinds.js";
import {
  addNode,
  changeId,
  connect,
  disconnect,
  freshId,
  insertAfter,
  moveLink,
  removeNode,
  rename,
  setProperty,
} from "../../static/js/editor/graph_edits.js";
import { History } from "../../static/js/editor/history.js";
import { layout, layoutOf, placesOf } from "../../static/js/editor/layout.js";
import { CARD_HEIGHT, CARD_WIDTH, linksOf } from "../../static/js/editor/links.js";
import { inTwoLines } from "../../static/js/editor/names.js";
import { seatsOf } from "../../static/js/editor/seats.js";
import { Workbench } from "../../static/js/editor/workbench.js";

before(() => {
  globalThis.document = { documentElement: { lang: "en" }, getElementById: () => null };
});

const node = (node_id, type, ...next_ids) => ({ node_id, type, name: node_id, next_ids, properties: {} });
const graphOf = (...nodes) => ({ start_node_id: "start", nodes: Object.fromEntries(nodes.map((each) => [each.node_id, each])) });
const next = (graph, node_id) => graph.nodes[node_id].next_ids;
const freeze = (value) => {
  for (const inner of Object.values(value)) if (inner && typeof inner === "object") freeze(inner);
  return Object.freeze(value);
};

const LINE = freeze(graphOf(node("start", "start", "a"), node("a", "agent", "end"), node("end", "end")));
const DEBATE = freeze(
  graphOf(
    node("start", "start", "both"),
    node("both", "parallel", "a", "b"),
    node("a", "agent", "again"),
    node("b", "agent", "again"),
    node("again", "loop", "both", "end"),
    node("end", "end"),
  ),
);

describe("a graph is edited", () => {
  test("a node is added at the end: the order of nodes is the order of members", () => {
    assert.deepEqual(Object.keys(addNode(LINE, node("b", "agent")).nodes), ["start", "a", "end", "b"]);
  });

  test("an id that is free is found for it", () => {
    assert.equal(freshId(LINE, "b"), "b");
    assert.equal(freshId(addNode(LINE, node("a_2", "agent")), "a"), "a_3");
  });

  test("a node after one with one link stands on that link", () => {
    const graph = insertAfter(LINE, node("b", "agent"), "a");
    assert.deepEqual([next(graph, "a"), next(graph, "b")], [["b"], ["end"]]);
  });

  test("a loop after a node leads back to it, then out to where that one led", () => {
    const graph = insertAfter(LINE, node("again", "loop"), "a");
    assert.deepEqual([next(graph, "a"), next(graph, "again")], [["again"], ["a", "end"]]);
  });

  test("a node after one that branches is one branch more, and leads where its sisters do", () => {
    const graph = insertAfter(DEBATE, node("c", "agent"), "both");
    assert.deepEqual([next(graph, "both"), next(graph, "c")], [["a", "b", "c"], ["again"]]);
  });

  test("a node after a loop, an end or nothing stands alone", () => {
    for (const after of ["again", "end", null, "nobody"]) {
      const graph = insertAfter(DEBATE, node("c", "agent"), after);
      assert.deepEqual(linksOf(graph), linksOf(DEBATE));
    }
  });

  test("a node is removed with all its links", () => {
    const graph = removeNode(DEBATE, "again");
    assert.deepEqual([next(graph, "a"), next(graph, "b"), "again" in graph.nodes], [[], [], false]);
  });

  test("two nodes are linked once, and none with itself or with nobody", () => {
    assert.deepEqual(next(connect(LINE, "start", "end"), "start"), ["a", "end"]);
    for (const [source, target] of [["start", "a"], ["a", "a"], ["a", "nobody"], ["nobody", "a"]]) {
      assert.equal(connect(LINE, source, target), LINE);
    }
  });

  test("a link is taken away", () => {
    assert.deepEqual(next(disconnect(DEBATE, "both", "a"), "both"), ["b"]);
    assert.equal(disconnect(LINE, "start", "end"), LINE);
  });

  test("branches change places, but not beyond the first and the last", () => {
    assert.deepEqual(next(moveLink(DEBATE, "both", "b", -1), "both"), ["b", "a"]);
    assert.equal(moveLink(DEBATE, "both", "a", -1), DEBATE);
    assert.equal(moveLink(DEBATE, "both", "b", 1), DEBATE);
  });

  test("a name is no more than a name", () => {
    const graph = rename(LINE, "a", "Somebody");
    assert.equal(graph.nodes.a.name, "Somebody");
    assert.deepEqual(linksOf(graph), linksOf(LINE));
  });

  test("an id changes in every link, and the node keeps its place in the order", () => {
    const graph = changeId(DEBATE, "both", "sides");
    assert.deepEqual(Object.keys(graph.nodes), ["start", "sides", "a", "b", "again", "end"]);
    assert.deepEqual([next(graph, "start"), next(graph, "again")], [["sides"], ["sides", "end"]]);
    assert.equal(changeId(LINE, "start", "begin").start_node_id, "begin");
    assert.equal(changeId(LINE, "a", "end"), LINE);
  });

  test("a property is set or taken away, and those that no form knows stay", () => {
    const rare = freeze(graphOf({ ...node("start", "start"), properties: { rare: [1, { deep: true }], tone: "loud" } }));
    const set = setProperty(rare, "start", "tone", "soft");
    assert.deepEqual(set.nodes.start.properties, { rare: [1, { deep: true }], tone: "soft" });
    assert.deepEqual(setProperty(set, "start", "tone", undefined).nodes.start.properties, { rare: [1, { deep: true }] });
  });
});

describe("history", () => {
  test("goes back and forth, and forgets what was undone when something new happens", () => {
    const history = new History(0);
    history.push(1);
    history.push(2);
    assert.equal(history.undo(), true);
    assert.equal(history.present, 1);
    assert.equal(history.redo(), true);
    assert.equal(history.present, 2);
    history.undo();
    history.push(3);
    assert.equal(history.canRedo, false);
    assert.equal(history.redo(), false);
    history.undo();
    assert.equal(history.present, 1);
  });

  test("changes on one topic are one step, until there was another or an undo", () => {
    const history = new History("");
    for (const text of ["a", "ab", "abc"]) history.push(text, "name");
    history.push("x", "description");
    history.undo();
    assert.equal(history.present, "abc");
    history.push("abcd", "name");
    history.undo();
    assert.equal(history.present, "abc");
    history.undo();
    assert.equal(history.present, "");
    assert.equal(history.canUndo, false);
  });

  test("keeps a hundred steps", () => {
    const history = new History(0);
    for (let step = 1; step <= 150; step += 1) history.push(step);
    let steps = 0;
    while (history.undo()) steps += 1;
    assert.equal(steps, 100);
    assert.equal(history.present, 50);
  });
});

describe("the workbench", () => {
  const template = { name: "x", description: "", category: "custom", graph: LINE, layout: {} };
  const bench = (more = {}) => new Workbench({ template, saved: template, locked: false, isNew: false, ...more });

  test("is dirty as long as the template is not what was saved", () => {
    const one = bench();
    one.change({ name: "y" });
    assert.equal(one.isDirty, true);
    one.undo();
    assert.equal(one.isDirty, false);
    one.change({ name: "z" });
    one.hasSaved(one.template);
    assert.equal(one.isDirty, false);
  });

  test("moving a node changes the template, of which the layout has that node alone, and can be undone", () => {
    const one = bench();
    one.move({ a: { x: 500, y: 7 } });
    assert.deepEqual(one.places, { ...layout(LINE), a: { x: 500, y: 7 } });
    assert.deepEqual(one.template.layout, { a: { x: 500, y: 7 } });
    assert.equal(one.isDirty, true);
    one.undo();
    assert.deepEqual(one.places, layout(LINE));
    assert.equal(one.isDirty, false);
    one.redo();
    assert.deepEqual(one.places.a, { x: 500, y: 7 });
  });

  test("steps of a node that is moved by keys are undone at once", () => {
    const one = bench();
    for (const x of [10, 20, 30]) one.move({ a: { x, y: 102 } }, "move a");
    one.undo();
    assert.deepEqual(one.template.layout, {});
  });

  test("tidied up, no node has a place of its own", () => {
    const one = bench();
    one.move({ a: { x: 500, y: 7 } });
    one.tidy();
    assert.deepEqual(one.places, layout(LINE));
    assert.equal(one.isDirty, false);
    one.undo();
    assert.deepEqual(one.places.a, { x: 500, y: 7 });
  });

  test("a node that is deleted takes its place along, and brings it back", () => {
    const one = bench();
    one.move({ a: { x: 500, y: 7 } });
    one.edit((graph) => removeNode(graph, "a"));
    assert.deepEqual(one.template.layout, {});
    one.undo();
    assert.deepEqual(one.template.layout, { a: { x: 500, y: 7 } });
  });

  test("what is deleted is no longer selected", () => {
    const one = bench();
    one.select("a", "end");
    one.edit((graph) => disconnect(graph, "a", "end"));
    assert.deepEqual(one.selection, { node_id: "a", target: null });
    one.edit((graph) => removeNode(graph, "a"));
    assert.deepEqual(one.selection, { node_id: null, target: null });
  });

  test("a locked one changes nothing", () => {
    const one = bench({ locked: true });
    one.change({ name: "y" });
    one.move({ a: { x: 1, y: 1 } });
    assert.equal(one.template, template);
    assert.equal(one.history.canUndo, false);
  });

  test("a node with a new id stays where it was put", () => {
    const one = bench();
    one.move({ a: { x: 500, y: 7 } });
    one.changeId((graph) => changeId(graph, "a", "b"), "a", "b");
    assert.deepEqual(one.template.layout, { b: { x: 500, y: 7 } });
    assert.equal(one.selection.node_id, "b");
  });

  test("an id that is the name of something else has no place by itself", () => {
    const one = bench();
    one.changeId((graph) => changeId(graph, "a", "valueOf"), "a", "valueOf");
    one.changeId((graph) => changeId(graph, "valueOf", "b"), "valueOf", "b");
    assert.deepEqual(one.template.layout, {});
  });
});

describe("what was not saved", () => {
  const kept = new Map();
  before(() => {
    globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null };
  });

  test("what an older page kept is edited on; its places are not", () => {
    const template = { name: "x", graph: LINE };
    kept.set("council.draft.t", JSON.stringify({ state: { template, places: { a: { x: 0.5, y: 1 } } }, updated_at: "now" }));
    const draft = readDraft("t");
    assert.deepEqual(draft.template, { ...template, layout: {} });
    assert.equal(draft.updated_at, "now");
  });

  test("what cannot be read is nothing", () => {
    kept.set("council.draft.t", "{");
    assert.equal(readDraft("t"), null);
    assert.equal(readDraft("other"), null);
  });
});

describe("the layout", () => {
  const overlap = (places) => {
    const all = Object.values(places);
    return all.some((one, at) => all.slice(at + 1).some(({ x, y }) => Math.abs(x - one.x) < CARD_WIDTH && Math.abs(y - one.y) < CARD_HEIGHT));
  };

  test("every node stands below those that lead to it; a loop's way back does not stretch it", () => {
    const places = layout(DEBATE);
    const rows = ["start", "both", "a", "again", "end"].map((node_id) => places[node_id].y);
    assert.deepEqual(rows, rows.toSorted((one, other) => one - other));
    assert.equal(new Set(rows).size, 5);
    assert.equal(places.a.y, places.b.y);
    assert.ok(places.a.x < places.b.x);
  });

  test("branches of a sequence stand one below the other", () => {
    const places = layout(graphOf(node("start", "start", "turns"), node("turns", "sequence", "a", "b"), node("a", "agent", "end"), node("b", "agent", "end"), node("end", "end")));
    assert.ok(places.a.y < places.b.y);
  });

  test("circles, links to nobody and nodes that nobody leads to have a place, too", () => {
    const odd = graphOf(node("start", "start", "a", "nobody"), node("a", "agent", "b"), node("b", "agent", "a"), node("lost", "agent"));
    const places = layout(odd);
    assert.deepEqual(Object.keys(places).sort(), ["a", "b", "lost", "start"]);
    assert.equal(overlap(places), false);
  });

  test("what was moved stays, and what stood there makes room", () => {
    const places = placesOf(DEBATE, { end: layout(DEBATE).a });
    assert.deepEqual(places.end, layout(DEBATE).a);
    assert.deepEqual(places.start, layout(DEBATE).start);
    assert.equal(overlap(places), false);
  });

  test("an id may be the name of something else", () => {
    const odd = graphOf(node("start", "start", "constructor"), node("constructor", "agent", "end"), node("end", "end"));
    for (const moved of [{}, { end: { x: 0, y: 900 } }]) {
      const { x, y } = placesOf(odd, moved).constructor;
      assert.ok(Number.isFinite(x) && Number.isFinite(y));
    }
  });

  test("places are whole numbers, and none is farther away than a server takes", () => {
    const moved = { a: { x: 1.6, y: -200_000 }, end: { x: 1e12, y: 3 } };
    assert.deepEqual(layoutOf({ graph: LINE, layout: moved }), { a: { x: 2, y: -100_000 }, end: { x: 100_000, y: 3 } });
  });

  test("where all were moved a new node stands free", () => {
    const moved = { ...layout(LINE), a: { x: 300, y: 40 } };
    const places = placesOf(addNode(connect(LINE, "start", "a"), node("b", "agent")), moved);
    assert.deepEqual(places.a, { x: 300, y: 40 });
    assert.equal(overlap(places), false);
  });

  test("three hundred nodes have places that do not overlap", () => {
    const many = Array.from({ length: 300 }, (_, at) => node(`n${at}`, "agent", ...(at < 296 ? [`n${at + 4}`, `n${at + 3}`] : ["end"])));
    assert.equal(overlap(layout(graphOf(node("start", "start", "n0", "n1", "n2", "n3"), ...many, node("end", "end")))), false);
  });
});

describe("what is drawn", () => {
  test("links say what they are for where their place decides it", () => {
    const labels = Object.fromEntries(linksOf(DEBATE).map(({ source, target, label, back }) => [`${source}>${target}`, [label, back]]));
    assert.deepEqual(labels["again>both"], ["again", true]);
    assert.deepEqual(labels["again>end"], ["out", false]);
    assert.deepEqual(labels["both>b"], ["2", false]);
    assert.deepEqual(labels["a>again"], ["", false]);
  });

  test("an agent has one seat, wherever it sits", () => {
    const at = (node_id, agent_id) => ({ ...node(node_id, "agent"), properties: { agent_id } });
    assert.deepEqual([...seatsOf(graphOf(at("a", "x"), at("b", "y"), at("c", "x"), node("d", "vote")))], [["a", 1], ["b", 2], ["c", 1]]);
  });

  test("names are cut to two lines, wide characters counted as two", () => {
    assert.deepEqual(inTwoLines("Ruling", 19), ["Ruling"]);
    assert.deepEqual(inTwoLines("What the group knows already of it", 12), ["What the", "group knows…"]);
    assert.deepEqual(inTwoLines("这是一个很长很长的名字", 10), ["这是一个…"]);
  });
});

describe("faults", () => {
  test("are those of the node whose id fits best, and of its field", () => {
    const ids = ["a", "a.b", "end"];
    assert.deepEqual(placeOf("nodes.a.properties.agent_id", ids), { node_id: "a", field: "agent_id" });
    assert.deepEqual(placeOf("nodes.a.b.properties.options.3", ids), { node_id: "a.b", field: "options" });
    assert.deepEqual(placeOf("nodes.end.next_ids.0", ids), { node_id: "end", field: "next_ids" });
    assert.deepEqual(placeOf("nodes.a", ids), { node_id: "a", field: "" });
    assert.deepEqual(placeOf("start_node_id", ids), { node_id: "", field: "start_node_id" });
    const faults = ["nodes.a.type", "nodes.a", "name"].map((path) => ({ path, reason: "" }));
    assert.deepEqual([...faultsByNode(faults, ids)], [["a", 2]]);
  });
});

describe("fields", () => {
  test("every schema has a control", () => {
    const kinds = [
      [{ type: "string" }, "text"],
      [{ anyOf: [{ type: "string" }, { type: "null" }], format: "multiline" }, "area"],
      [{ type: "string", format: "agent" }, "agent"],
      [{ type: "array", items: { type: "string" }, format: "agent" }, "agents"],
      [{ type: "array", items: { type: "string" } }, "lines"],
      [{ type: "array", items: { type: "string", enum: ["x"] } }, "choices"],
      [{ type: "string", enum: ["x"] }, "choice"],
      [{ anyOf: [{ type: "integer" }, { type: "null" }] }, "whole"],
      [{ type: "number" }, "number"],
      [{ type: "boolean" }, "switch"],
      [{ type: "object" }, "json"],
    ];
    for (const [schema, kind] of kinds) assert.equal(kindOf(schema), kind);
  });

  test("a number that is none stays as it was typed, so that its fault can be told", () => {
    assert.equal(numberOf(" 0,5 "), 0.5);
    assert.equal(numberOf(""), undefined);
    assert.equal(numberOf("many"), "many");
  });
});

// The editor of a template: canvas, form and YAML over one workbench.

import { Canvas } from "../editor/canvas.js";
import { Checks } from "../editor/checks.js";
import { copyAndEdit } from "../editor/copying.js";
import { forgetDraft, keepDraft, readDraft } from "../editor/drafts.js";
import { showEstimate } from "../editor/estimate_line.js";
import { FaultList } from "../editor/fault_list.js";
import { Inspector } from "../editor/inspector.js";
import { Outline } from "../editor/outline.js";
import { Palette } from "../editor/palette.js";
import { Saving } from "../editor/saving.js";
import { listenForShortcuts } from "../editor/shortcuts.js";
import { Toolbar } from "../editor/toolbar.js";
import { Words } from "../editor/words.js";
import { Workbench } from "../editor/workbench.js";
import { YamlPanel } from "../editor/yaml_panel.js";
import { pageData } from "../lib/page_data.js";

const KEEP_MS = 300;

export function open() {
  const { template: kept, node_types, agents } = pageData("page-data");
  const { template_id = null, updated_at = null, locked = false, name, description, category, graph, layout } = kept;
  const draftKey = template_id ?? `new.${new URLSearchParams(location.search).get("draft") ?? ""}`;
  const saved = { name, description, category, graph, layout };
  const draft = locked ? null : readDraft(draftKey);
  const bench = new Workbench({ template: draft?.template ?? saved, saved, locked, isNew: template_id === null });
  const words = new Words(node_types, agents);

  const canvas = new Canvas(svgOf("canvas"), bench, words, (percent) => toolbar?.showZoom(percent));
  const inspector = new Inspector(byId("inspector"), bench, words);
  const faults = new FaultList(byId("faults"), bench, (node_id, field) => {
    if (node_id === "" && field === "name") byId("template-name").focus();
    else inspector.goTo(node_id, field);
  });
  const checks = new Checks(bench, (estimate) => showEstimate(byId("estimate"), estimate));
  const saving = new Saving({
    bench,
    check: () => checks.run(),
    showFaults: () => faults.open(),
    template_id,
    updated_at: draft ? draft.updated_at : updated_at,
    draftKey,
  });
  const palette = new Palette(dialogOf("palette"), bench, words, () => inspector.goTo(bench.selection.node_id ?? "", "name"));
  const outline = new Outline(byId("outline"), bench, words);
  const yaml = new YamlPanel(byId("yaml"), bench);
  const toolbar = new Toolbar({ bench, canvas, saving, palette, outline, yaml, restored: draft !== null && !draft.fresh && bench.isDirty });
  toolbar.onDiscard = () => {
    saving.forget();
    location.reload();
  };
  listenForShortcuts(bench, () => toolbar.save());
  byId("copy-and-edit")?.addEventListener("click", () => template_id && copyAndEdit(template_id));
  canvas.fit();
  if (template_id === null && !draft) /** @type {HTMLInputElement} */ (byId("template-name")).select();
  keepWhatIsTyped(bench, saving);
}

/** Whoever leaves with something unsaved is asked.
 * @param {Workbench} bench @param {Saving} saving */
function keepWhatIsTyped(bench, saving) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const keep = () => {
    clearTimeout(timer);
    if (saving.leaving || bench.locked) return;
    if (bench.isDirty) keepDraft(saving.draftKey, { template: bench.template, updated_at: saving.updated_at });
    else forgetDraft(saving.draftKey);
  };
  bench.addEventListener("state", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_MS);
  });
  addEventListener("pagehide", keep);
  addEventListener("beforeunload", (event) => {
    keep();
    if (bench.isDirty && !saving.leaving) event.preventDefault();
  });
}

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {string} id */
function dialogOf(id) {
  return /** @type {HTMLDialogElement} */ (document.getElementById(id));
}

/** @param {string} id */
function svgOf(id) {
  return /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.getElementById(id)));
}

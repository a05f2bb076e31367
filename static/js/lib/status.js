// A meeting's status in words, and that of one of its nodes.

import { t } from "./texts.js";

/** @param {import("../protocol.js").SessionStatus} status */
export function statusText(status) {
  switch (status) {
    case "pending":
      return t("Waiting to begin");
    case "running":
      return t("In session");
    case "paused":
      return t("Paused");
    case "completed":
      return t("Concluded");
    case "failed":
      return t("Failed");
    case "cancelled":
      return t("Stopped");
  }
}

/** @param {string} status of a node, or of the member who sits there */
export function nodeStatusText(status) {
  switch (status) {
    case "running":
      return t("speaking");
    case "completed":
      return t("done");
    case "failed":
      return t("absent");
    case "skipped":
      return t("skipped");
    case "suspended":
      return t("on hold");
    default:
      return t("waiting");
  }
}

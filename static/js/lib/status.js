// A meeting's status in words.

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

// The moments of a meeting in words.

import { serverNow } from "./clock.js";
import { formatElapsed } from "./format.js";
import { t } from "./texts.js";

/** @typedef {import("../protocol.js").Places} Places */

/** @param {import("./chapters.js").Moment} moment @param {Places} places */
export function momentText({ kind, who }, places) {
  const name = places[who ?? ""]?.name ?? who ?? "";
  switch (kind) {
    case "ballot":
      return t("{name}: the ballot opens", { name });
    case "counted":
      return t("{name}: the ballots are counted", { name });
    case "interjection":
      return who === "person" ? t("A person speaks up") : t("{name} speaks up", { name });
    case "pause":
      return t("Paused");
    case "resumed":
      return t("The meeting goes on");
    case "asked":
      return t("{name}: a person is asked", { name });
    case "answered":
      return t("A person has answered");
    case "absent":
      return name ? t("{name}: something went wrong", { name }) : t("Something went wrong");
    case "verdict":
      return t("Verdict");
    case "end":
      return t("The meeting ends");
  }
}

/** How the meeting itself stands while its past is shown. @param {import("../protocol.js").SessionStatus} status @param {number | null} begun */
export function nowText(status, begun) {
  if (status === "paused") return t("The meeting itself is paused.");
  if (status !== "running" && status !== "pending") return t("The meeting itself is over.");
  if (begun === null) return t("The meeting itself goes on.");
  return t("The meeting itself goes on; it is at {time}.", { time: formatElapsed((serverNow() - begun) / 1000) });
}

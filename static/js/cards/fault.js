// A fault that stands for itself: who is absent, or what went wrong.

import { part } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @param {HTMLElement} card @param {import("../reducer.js").Fault} fault @param {import("../protocol.js").Places} places */
export function faultCard(card, fault, places) {
  const place = places[fault.node_id ?? ""];
  card.dataset.seat = String(place?.seat ?? 0);
  card.dataset.code = fault.code;
  part(card, "title").textContent = place ? t("{name} is absent", { name: place.name }) : t("Something went wrong");
  part(card, "text").textContent = fault.error;
  part(card, "hint").textContent = [fault.hint, fault.can_retry ? t("It may work when tried again.") : ""].join(" ").trim();
}

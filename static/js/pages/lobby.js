// The lobby: begin a meeting, or go to one.

import "../elements/document_field.js";
import "../elements/estimate.js";
import "../elements/group_choice.js";
import "../elements/start_form.js";
import "../elements/steps.js";
import { FirstRun } from "../elements/first_run.js";
import { PastMeetings } from "../elements/past_meetings.js";
import { RunningMeetings } from "../elements/running_meetings.js";
import { Seats } from "../elements/seats.js";
import { StartForm } from "../elements/start_form.js";
import { pageData } from "../lib/page_data.js";

export function open() {
  const { running, past, templates, sample } = pageData("page-data");
  element(Seats, "council-seats")?.begin(templates);
  element(StartForm, "council-start")?.begin(templates);
  element(FirstRun, "council-first-run")?.begin(sample);
  element(PastMeetings, "council-past")?.begin(past, templates);
  element(RunningMeetings, "council-running")?.begin(running, templates);
}

/**
 * @template {HTMLElement} Kind
 * @param {new () => Kind} Kind
 * @param {string} name
 * @returns {Kind | null}
 */
function element(Kind, name) {
  const found = document.querySelector(name);
  return found instanceof Kind ? found : null;
}

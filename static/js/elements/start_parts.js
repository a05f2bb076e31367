// The parts of the form that begins a meeting: what stands in them, as the server takes it and as a draft keeps it.

import { part } from "../lib/templates.js";
import { DocumentField } from "./document_field.js";
import { EstimateElement } from "./estimate.js";
import { GroupChoice } from "./group_choice.js";
import { Seats } from "./seats.js";
import { Steps } from "./steps.js";
import { TemplateChoice } from "./template_choice.js";

/** @typedef {{template_id: string, subject: string, inputs: {document?: string, documents?: object[], objective?: string},
 *   group_id?: string, agents?: Record<string, string>, budget?: {usd?: number, tokens?: number, seconds?: number}}} Start */

const TYPED = ["subject", "document", "objective", "usd", "tokens", "minutes"];

export class StartParts {
  #form;

  /** @param {HTMLElement} form */
  constructor(form) {
    this.#form = form;
    this.fields = {
      template: this.choice,
      subject: this.#input("subject"),
      document: this.#input("document"),
      objective: this.#input("objective"),
      group: this.#input("group"),
      usd: this.#input("usd"),
      tokens: this.#input("tokens"),
      minutes: this.#input("minutes"),
    };
  }

  /** What `start_session` takes. @returns {Start} */
  read() {
    const { subject, objective } = this.fields;
    const aim = objective.value.trim() === "" ? {} : { objective: objective.value };
    const agents = this.seats.agents;
    return {
      template_id: this.choice.value,
      subject: subject.value,
      inputs: { ...this.documents.inputs, ...aim },
      ...(this.group.value && { group_id: this.group.value }),
      ...(Object.keys(agents).length > 0 && { agents }),
      ...this.#budget,
    };
  }

  /** What is left empty has no cap. */
  get #budget() {
    const { usd, tokens, minutes } = this.fields;
    const [money, count, time] = [usd, tokens, minutes].map(({ value }) => Number(value));
    const cap = { ...(money && { usd: money }), ...(count && { tokens: count }), ...(time && { seconds: time * 60 }) };
    return Object.keys(cap).length > 0 ? { budget: cap } : {};
  }

  get draft() {
    const typed = Object.fromEntries(TYPED.map((name) => [name, this.#input(name).value]));
    const chosen = { template_id: this.choice.value, group_id: this.group.value, agents: this.seats.chosen };
    return { ...chosen, typed, files: this.documents.files, opened: this.steps.opened };
  }

  /** @param {Record<string, any>} draft */
  set draft({ template_id, group_id, agents, typed, files, opened }) {
    for (const name of TYPED) this.#input(name).value = typed[name] ?? "";
    this.choice.value = template_id;
    this.group.value = group_id;
    this.seats.chosen = agents;
    this.documents.files = files;
    this.steps.opened = opened;
  }

  /** Whoever comes from a template or a group has chosen it there. @param {URLSearchParams} query */
  wish(query) {
    this.choice.value = query.get("template") ?? this.choice.value;
    this.group.value = query.get("group") ?? this.group.wanted;
  }

  get steps() {
    return /** @type {Steps} */ (this.#form.querySelector("council-steps"));
  }

  get choice() {
    return /** @type {TemplateChoice} */ (this.#form.querySelector("council-template-choice"));
  }

  get group() {
    return /** @type {GroupChoice} */ (this.#form.querySelector("council-group-choice"));
  }

  get seats() {
    return /** @type {Seats} */ (this.#form.querySelector("council-seats"));
  }

  get documents() {
    return /** @type {DocumentField} */ (this.#form.querySelector("council-document"));
  }

  get estimate() {
    return /** @type {EstimateElement} */ (this.#form.querySelector("council-estimate"));
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (part(this.#form, name));
  }
}

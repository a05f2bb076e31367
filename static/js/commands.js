// Commands on their way: each is settled by its ack or its error, across reconnects.

import { uuid } from "./lib/uuid.js";

/** A command that was not done, with the server's reason. */
export class Refused extends Error {
  /** @param {{code: string, error: string, hint?: string}} refusal */
  constructor({ code, error, hint }) {
    super(error);
    this.code = code;
    this.hint = hint ?? "";
  }
}

/** @typedef {{message: object, resolve: (data: any) => void, reject: (reason: Refused) => void}} Pending */

export class Commands {
  #send;
  /** @type {Map<string, Pending>} */
  #pending = new Map();

  /** @param {(message: object) => boolean} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Settles when the server has answered. Not connected is a refusal at once: nothing is kept for later.
   * @param {string} cmd
   * @param {object} data
   * @returns {Promise<any>}
   */
  perform(cmd, data) {
    const id = uuid();
    const message = { cmd, id, data };
    if (!this.#send(message)) {
      return Promise.reject(new Refused({ code: "not_connected", error: "Not connected." }));
    }
    return new Promise((resolve, reject) => this.#pending.set(id, { message, resolve, reject }));
  }

  /** @param {import("./protocol.js").Ack | import("./protocol.js").Refusal} answer */
  settle(answer) {
    const id = answer.data.id ?? "";
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    if (answer.event === "ack") pending.resolve(answer.data);
    else pending.reject(new Refused(/** @type {import("./protocol.js").Refusal} */ (answer).data));
  }

  /** After a reconnect: what was not answered is asked again under its old id, so nothing is done twice. */
  repeat() {
    for (const { message } of this.#pending.values()) this.#send(message);
  }
}

// One socket to the server that is either alive or coming back, and says which.

import { backoffMs, jitter, MAX_ATTEMPTS, SLOWEST_MS } from "./lib/backoff.js";

const PING_MS = 30_000;
const SILENCE_MS = 45_000;
const OPEN = 1;

/** @typedef {"sign_in" | "forbidden" | "missing" | "done" | "unreachable"} Ending why it is not coming back by itself */
/** @typedef {{status: import("./protocol.js").ConnectionStatus, ending: Ending | null, retryAt: number | null}} Link */

/** @type {Record<number, Ending>} */
const FINAL_CODES = { 1000: "done", 4401: "sign_in", 4403: "forbidden", 4404: "missing" };
const SLOW_CODES = new Set([1002, 1003, 1007, 1008]);
/** @type {Set<Ending | null>} */
const HOPELESS = new Set(["sign_in", "forbidden", "missing"]);

/**
 * What the browser provides; tests bring their own.
 * @typedef {object} Surroundings
 * @property {new (url: string) => WebSocket} WebSocket
 * @property {(callback: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} now
 * @property {() => number} random
 */

/** @type {Surroundings} */
const BROWSER = {
  WebSocket: globalThis.WebSocket,
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  now: () => Date.now(),
  random: () => Math.random(),
};

export class Connection {
  #address;
  #onFrame;
  #onLink;
  #recover;
  #around;

  /** @type {WebSocket | null} */
  #socket = null;
  #link = /** @type {Link} */ ({ status: "disconnected", ending: null, retryAt: null });
  #attempts = 0;
  #lastFrameAt = 0;
  /** @type {any} */ #retryTimer = null;
  /** @type {any} */ #pingTimer = null;
  /** @type {any} */ #silenceTimer = null;

  /**
   * @param {object} parts
   * @param {() => string} parts.address the URL to connect to, with `since` and `epoch` of that moment
   * @param {(frame: any) => void} parts.onFrame
   * @param {(link: Link) => void} parts.onLink
   * @param {() => Promise<void>} parts.recover loads the snapshot when the log cannot be replayed from `since`
   * @param {Surroundings} [around]
   */
  constructor({ address, onFrame, onLink, recover }, around = BROWSER) {
    this.#address = address;
    this.#onFrame = onFrame;
    this.#onLink = onLink;
    this.#recover = recover;
    this.#around = around;
  }

  get link() {
    return this.#link;
  }

  /** Does nothing while open or connecting. */
  connect() {
    if (this.#socket) return;
    this.#around.clearTimeout(this.#retryTimer);
    this.#tell(this.#attempts ? "reconnecting" : "connecting");
    const socket = new this.#around.WebSocket(this.#address());
    this.#socket = socket;
    socket.onopen = () => this.#keepAlive();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#lost(code);
    socket.onerror = () => {}; // A close event follows and says more.
    this.#heard();
  }

  /** Another five attempts from now: the button, `online`, or the page becoming visible. @param {boolean} [hope] there is some again */
  retry(hope) {
    if (this.#link.status === "connected") return this.#checkSilence();
    if (this.#socket || (!hope && HOPELESS.has(this.#link.ending))) return;
    this.#attempts = 0;
    this.connect();
  }

  /** The browser says that the network is gone: the silence would tell as much, but later. */
  doubt() {
    if (this.#socket) this.#lost(1006);
  }

  /** Drops the socket and subscribes anew from where the page stands. */
  resync() {
    if (!this.#socket) return;
    this.#drop(1000);
    if (this.#attempts === 0) this.connect();
    else this.#schedule(backoffMs(this.#attempts, this.#around.random));
  }

  /** Ends for good. */
  disconnect() {
    this.#around.clearTimeout(this.#retryTimer);
    this.#drop(1000);
    this.#tell("disconnected", "done");
  }

  /**
   * Whether the message could be handed over; warns when not.
   * @param {object} message
   */
  send(message) {
    if (this.#link.status !== "connected" || this.#socket?.readyState !== OPEN) {
      console.warn("Cannot send: not connected.");
      return false;
    }
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  // Frames

  /** @param {string} data */
  #receive(data) {
    this.#heard();
    const frame = parse(data);
    if (frame?.event === "hello") this.#greet(frame);
    else if (frame) this.#onFrame(frame);
  }

  /** @param {import("./protocol.js").Hello} hello */
  #greet(hello) {
    const positions = Object.values(hello.data.channels ?? {});
    if (positions.every(({ recovered }) => recovered)) {
      this.#attempts = 0;
      this.#tell("connected");
      this.#onFrame(hello);
    } else {
      this.#startOver();
    }
  }

  /** The log has no way from our number to now: take the snapshot, then subscribe from its number. */
  async #startOver() {
    const socket = this.#socket;
    if (socket) socket.onmessage = () => this.#heard();
    try {
      await this.#recover();
    } catch {
      if (socket === this.#socket) this.#lost(1006);
      return;
    }
    if (socket !== this.#socket) return;
    this.resync();
    this.#attempts = Math.min(this.#attempts + 1, MAX_ATTEMPTS);
  }

  // Life and death

  #heard() {
    this.#lastFrameAt = this.#around.now();
    this.#around.clearTimeout(this.#silenceTimer);
    this.#silenceTimer = this.#around.setTimeout(() => this.#checkSilence(), SILENCE_MS);
  }

  /** Timers sleep with the machine: after waking, the clock decides. */
  #checkSilence() {
    if (this.#socket && this.#around.now() - this.#lastFrameAt >= SILENCE_MS) this.#lost(1006);
  }

  #keepAlive() {
    this.#pingTimer = this.#around.setTimeout(() => {
      this.#socket?.send(JSON.stringify({ cmd: "ping" }));
      this.#keepAlive();
    }, PING_MS);
  }

  /** @param {number} code */
  #lost(code) {
    this.#drop(1000);
    const ending = FINAL_CODES[code];
    if (ending) return this.#tell("disconnected", ending);
    this.#attempts += 1;
    if (this.#attempts > MAX_ATTEMPTS) return this.#tell("disconnected", "unreachable");
    this.#schedule(SLOW_CODES.has(code) ? jitter(SLOWEST_MS, this.#around.random) : backoffMs(this.#attempts, this.#around.random));
  }

  /** @param {number} ms */
  #schedule(ms) {
    this.#retryTimer = this.#around.setTimeout(() => this.connect(), ms);
    this.#tell("reconnecting", null, this.#around.now() + ms);
  }

  /** Timers and handlers die with the socket. @param {number} code */
  #drop(code) {
    this.#around.clearTimeout(this.#pingTimer);
    this.#around.clearTimeout(this.#silenceTimer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code);
  }

  /**
   * @param {Link["status"]} status
   * @param {Ending | null} [ending]
   * @param {number | null} [retryAt]
   */
  #tell(status, ending = null, retryAt = null) {
    this.#link = { status, ending, retryAt };
    this.#onLink(this.#link);
  }
}

/** @param {string} data */
function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    console.warn("The server sent something that is not JSON; it is left out.");
    return null;
  }
}

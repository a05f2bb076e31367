// Questions to the server's REST interface, and its one error shape.

import { t } from "./texts.js";

const ROOT = "/api/v1";

/** What the server refused, or that it could not be reached (`code` "unreachable"). */
export class Problem extends Error {
  /** @param {{code: string, message: string, hint?: string, details?: any, retryAfter?: string | null}} problem */
  constructor({ code, message, hint, details, retryAfter }) {
    super(message);
    this.code = code;
    this.hint = retryAfter ? t("Try again in {seconds} s.", { seconds: retryAfter }) : (hint ?? "");
    this.details = details;
    /** @type {{path: string, reason: string, suggestion?: string}[]} */
    this.faults = Array.isArray(details) ? details.filter((fault) => typeof fault?.path === "string") : [];
  }
}

/** @param {string} path @returns {Promise<any>} */
export function get(path) {
  return ask(path, { headers: { Accept: "application/json" } });
}

/** @param {string} path @param {object} body @returns {Promise<any>} */
export function post(path, body) {
  return send("POST", path, body);
}

/** @param {string} path @param {object} body @returns {Promise<any>} */
export function put(path, body) {
  return send("PUT", path, body);
}

/** Deletes what stands at the path. @param {string} path @returns {Promise<void>} */
export function remove(path) {
  return ask(path, { method: "DELETE", headers: { Accept: "application/json", ...proof() } });
}

/** @param {string} method @param {string} path @param {object} body */
function send(method, path, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", ...proof() };
  return ask(path, { method, headers, body: JSON.stringify(body) });
}

/** That the request comes from this page, where somebody has signed in. @returns {Record<string, string>} */
function proof() {
  const token = globalThis.document?.querySelector("meta[name=csrf-token]")?.getAttribute("content");
  return token ? { "X-CSRF-Token": token } : {};
}

/** @param {string} path @param {RequestInit} request */
async function ask(path, request) {
  const response = await fetch(ROOT + path, { ...request, cache: "no-store" }).catch(() => {
    const message = t("The server cannot be reached. Your text is still here; try again.");
    throw new Problem({ code: "unreachable", message });
  });
  if (response.status === 204) return undefined;
  if (response.status === 401) import("./signed_out.js").then(({ offerSignIn }) => offerSignIn());
  const answer = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  throw new Problem({
    code: "unknown",
    message: t("The server answered with status {status}.", { status: response.status }),
    ...answer?.error,
    retryAfter: response.headers.get("Retry-After"),
  });
}

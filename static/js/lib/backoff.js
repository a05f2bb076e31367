// How long to wait before the next attempt: 1, 2, 4, 8, 16 s, each a quarter more or less.

export const MAX_ATTEMPTS = 5;
export const SLOWEST_MS = 16_000;

/**
 * @param {number} attempt from 1
 * @param {() => number} random
 */
export function backoffMs(attempt, random) {
  const base = Math.min(1000 * 2 ** (attempt - 1), SLOWEST_MS);
  return jitter(base, random);
}

/** @param {number} base @param {() => number} random */
export function jitter(base, random) {
  return Math.round(base * (0.75 + random() / 2));
}

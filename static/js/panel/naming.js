// Ids made of names, as the server makes them (council/meeting/naming.py): shown before there is one.

const MAX_MADE = 60;
const RESERVED = new Set(["validate", "estimate", "generate", "copy", "person"]);

/** @param {string} name @param {string} otherwise for a name without letters @param {Set<string>} taken */
export function idFor(name, otherwise, taken) {
  const plain = name.normalize("NFKC").toLowerCase();
  const made = plain.replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "").slice(0, MAX_MADE).replace(/_+$/, "");
  const base = made || otherwise;
  if (!taken.has(base) && !RESERVED.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}

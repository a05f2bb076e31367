// References to lines of a document, as links: #ref=plan.md:12-18, and as questions: which lines, of which version?

/** @typedef {{path: string, from: number | null, to: number | null, version: number | null}} Ref */

const REF = /^#ref=(.+?)(?::(\d{1,7})(?:-(\d{1,7}))?)?(?:@(\d{1,7}))?$/;

/** @param {string} hash @returns {Ref | null} */
export function parseRef(hash) {
  const [, name, from, to, version] = REF.exec(hash) ?? [];
  if (name === undefined) return null;
  const first = from === undefined ? null : Number(from);
  const last = to === undefined ? first : Number(to);
  return { path: decoded(name), from: first, to: last, version: version === undefined ? null : Number(version) };
}

/** ``lines`` as in L12-18. @param {string} path @param {string} text @param {{lines?: string | null, version?: number}} [where] */
export function refLink(path, text, { lines, version } = {}) {
  const range = /^L(\d+(?:-\d+)?)$/.exec(lines ?? "")?.[1];
  const link = document.createElement("a");
  link.className = "ref";
  link.href = `#ref=${encodeURIComponent(path)}${range ? `:${range}` : ""}${version ? `@${version}` : ""}`;
  link.textContent = text;
  return link;
}

/** @param {string} name */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

// Long text in blocks of bounded size: a browser lays out the last of them alone when it grows.

export const CHUNK = 8000;

/**
 * Puts a text at the end of an element, in pieces; `put` may put them there in another way than as text.
 * @param {HTMLElement} element
 * @param {string} source
 * @param {number} from
 * @param {number} to
 * @param {(target: HTMLElement, from: number, to: number) => void} put
 */
export function appendChunks(element, source, from, to, put) {
  for (let at = from; at < to; ) {
    const last = /** @type {HTMLElement | null} */ (element.lastChild);
    const known = last?.className === "chunk" ? last : null;
    const room = known ? CHUNK - (known.textContent ?? "").length : CHUNK;
    const end = room > 0 ? endOf(source, at, Math.min(to, at + room), to) : at;
    if (end > at) put(known ?? element.appendChild(chunk()), at, end);
    else element.append(chunk());
    at = end;
  }
}

/** Behind a line or a word where there is one, and never within a character. @param {string} source @param {number} from @param {number} end @param {number} to */
function endOf(source, from, end, to) {
  if (end === to) return end;
  const line = source.lastIndexOf("\n", end - 1);
  const word = line >= from ? line : source.lastIndexOf(" ", end - 1);
  if (word >= from) return word + 1;
  return source.charCodeAt(end - 1) >> 10 === 0x36 ? end + 1 : end; // Half of a pair.
}

function chunk() {
  const element = document.createElement("span");
  element.className = "chunk";
  return element;
}

// The round sign of somebody who may sit at the table: letters of the name, in the colour of a seat.

const SEATS = 6;

/** @param {HTMLElement} element @param {string} id @param {string} name */
export function showAvatar(element, id, name) {
  element.textContent = initialsOf(name);
  element.dataset.seat = String(seatOf(id));
}

/** Of two words or more their first letters, of one its first. @param {string} name */
export function initialsOf(name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ["?"];
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toLocaleUpperCase();
}

/** The same id has the same colour on every page. @param {string} id */
function seatOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return (sum % SEATS) + 1;
}

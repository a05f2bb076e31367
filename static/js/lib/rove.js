// A group with one stop for Tab, and arrows that go from one of its members to the next.

/** @param {Element} group @param {string} selector @param {(one: Element) => void} [arrived] */
export function rove(group, selector, arrived) {
  const members = () => [...group.querySelectorAll(selector)];
  group.addEventListener("focusin", ({ target }) => target instanceof Element && target.matches(selector) && stopAt(members(), target));
  group.addEventListener("keydown", (event) => {
    const next = neighbour(members(), /** @type {KeyboardEvent} */ (event).key);
    if (!(next instanceof HTMLElement || next instanceof SVGElement)) return;
    event.preventDefault();
    next.focus();
    arrived?.(next);
  });
}

/** @param {Element[]} members @param {Element | undefined} stop */
export function stopAt(members, stop) {
  for (const one of members) one.setAttribute("tabindex", one === stop ? "0" : "-1");
}

/** @param {Element[]} members @param {string} key */
function neighbour(members, key) {
  const at = members.findIndex((one) => one === document.activeElement);
  if (at < 0) return undefined;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return members[(at + 1) % members.length];
    case "ArrowLeft":
    case "ArrowUp":
      return members.at(at - 1);
    case "Home":
      return members[0];
    case "End":
      return members.at(-1);
  }
  return undefined;
}

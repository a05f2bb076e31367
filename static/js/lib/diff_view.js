// A difference between two texts, line by line: what was taken away, what was added.

/** Lines of a unified diff as elements. @param {string[]} lines @returns {HTMLElement[]} */
export function diffNodes(lines) {
  return lines.map((line) => {
    const element = document.createElement("span");
    element.className = "diff-line";
    element.dataset.sign = line.startsWith("@@") ? "@" : /^(\+\+\+|---) /.test(line) ? "#" : line.slice(0, 1);
    element.textContent = `${line}\n`;
    return element;
  });
}

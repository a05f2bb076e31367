// Rendered Markdown from the server as nodes. It was cleaned there; here only what is on the list gets in again.

const ELEMENTS = new Set(
  ("A BLOCKQUOTE BR CODE DEL DIV EM H1 H2 H3 H4 H5 H6 HR LI OL P PRE S SPAN STRONG SUB SUP " +
    "TABLE TBODY TD TH THEAD TR UL").split(" "),
);
const DROPPED_WHOLE = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "NOSCRIPT"]);
const LINKS = new Set(["http:", "https:", "mailto:"]);

/** @param {string} html @returns {DocumentFragment} */
export function markdownNodes(html) {
  const inert = new DOMParser().parseFromString(html, "text/html");
  return copyChildren(inert.body, document.createDocumentFragment());
}

/**
 * @template {Node} Target
 * @param {Node} source
 * @param {Target} target
 */
function copyChildren(source, target) {
  for (const child of source.childNodes) {
    if (child instanceof Element) copyElement(child, target);
    else if (child.nodeType === Node.TEXT_NODE) target.appendChild(document.createTextNode(child.nodeValue ?? ""));
  }
  return target;
}

/** @param {Element} element @param {Node} target */
function copyElement(element, target) {
  const name = element.localName.toUpperCase(); // In SVG and MathML tagName keeps its case.
  if (DROPPED_WHOLE.has(name)) return;
  if (!ELEMENTS.has(name)) {
    copyChildren(element, target);
    return;
  }
  const copy = document.createElement(name);
  copyAttributes(element, copy);
  target.appendChild(copyChildren(element, copy));
}

/** @param {Element} element @param {HTMLElement} copy */
function copyAttributes(element, copy) {
  if (copy instanceof HTMLAnchorElement) copyLink(element.getAttribute("href") ?? "", copy);
  for (const name of ["class", "title", "align", "start", "colspan", "rowspan"]) {
    const value = element.getAttribute(name);
    if (value !== null) copy.setAttribute(name, value);
  }
}

/** @param {string} address @param {HTMLAnchorElement} link */
function copyLink(address, link) {
  if (address.startsWith("#ref=")) link.href = address; // Lines of a document: the pane beside the transcript opens it.
  if (!URL.canParse(address) || !LINKS.has(new URL(address).protocol)) return;
  link.href = address;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
}

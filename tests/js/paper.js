// As much of a document as the scripts need that write text into it: elements, texts, and the order they stand in.

class Leaf {
  parent = null;

  remove() {
    if (this.parent) this.parent.childNodes = this.parent.childNodes.filter((one) => one !== this);
    this.parent = null;
  }

  replaceWith(other) {
    other.remove();
    this.parent.childNodes = this.parent.childNodes.map((one) => (one === this ? other : one));
    other.parent = this.parent;
    this.parent = null;
  }
}

class TextNode extends Leaf {
  nodeType = 3;

  constructor(text) {
    super();
    this.nodeValue = text;
  }

  get textContent() {
    return this.nodeValue;
  }
}

export class Sheet extends Leaf {
  nodeType = 1;
  childNodes = [];
  attributes = {};
  dataset = {};
  className = "";

  constructor(tag) {
    super();
    this.localName = tag;
  }

  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }

  get textContent() {
    return this.childNodes.map((one) => one.textContent).join("");
  }

  set textContent(text) {
    this.replaceChildren(...(text ? [text] : []));
  }

  /** What a reader sees. */
  get shownText() {
    if (this.className === "mark") return "";
    return this.childNodes.map((one) => one.shownText ?? one.textContent).join("");
  }

  append(...nodes) {
    for (const node of nodes) {
      const child = typeof node === "string" ? new TextNode(node) : node;
      child.remove();
      child.parent = this;
      this.childNodes.push(child);
    }
  }

  appendChild(node) {
    this.append(node);
    return node;
  }

  replaceChildren(...nodes) {
    for (const child of [...this.childNodes]) child.remove();
    this.append(...nodes);
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  /** All elements in it, first to last. */
  get all() {
    return this.childNodes.filter((one) => one instanceof Sheet).flatMap((one) => [one, ...one.all]);
  }

  /** Only what the scripts ask for: a name, or an attribute. */
  querySelector(selector) {
    if (selector === "[data-caret]") return this.all.find((one) => "data-caret" in one.attributes) ?? null;
    const names = selector.match(/\b(code|td|th)\b/g) ?? [];
    return this.childNodes.findLast((one) => names.includes(one.localName)) ?? null;
  }

  /** As HTML, without what is not shown. */
  get markup() {
    const inner = this.childNodes.map((one) => one.markup ?? one.textContent).join("");
    if (this.className === "mark") return "";
    const href = this.attributes.href === undefined ? "" : ` href="${this.attributes.href}"`;
    return `<${this.localName}${href}>${inner}</${this.localName}>`;
  }
}

/** Makes `document` this one. */
export function layPaper() {
  globalThis.document = { createElement: (tag) => new Sheet(tag), documentElement: { lang: "en" }, getElementById: () => null };
}

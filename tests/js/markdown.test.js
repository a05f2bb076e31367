import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { blocksOf } from "../../static/js/markdown/blocks.js";
import { piecesOf } from "../../static/js/markdown/inline.js";
import { StreamedText } from "../../static/js/markdown/streamed_text.js";
import { layPaper, Sheet } from "./paper.js";

before(layPaper);

const ALLOWED = new Set(
  "a blockquote br code div em h1 h2 h3 h4 h5 h6 li ol p pre s span strong table tbody td th thead tr ul".split(" "),
);
const HOSTILE = [
  "<script>document.title=1</script>",
  "<svg onload=alert(1)><style>*{display:none}</style></svg>",
  "[a](javascript:alert(1)) [b](data:text/html,x) [c](  JAVASCRIPT:x ) [d](vbscript:x) <javascript:x>",
  "![x](https://example.org/spy.png)",
  "**never *closed `or _mixed~~ up",
  "*".repeat(300) + "a" + "*".repeat(301),
  "_".repeat(50) + "[".repeat(300) + "](".repeat(300),
  "> ".repeat(400) + "deep",
  "- ".repeat(400) + "deep",
  "1. a\n   2. b\n      3. c\n         - d\n\n\n            code",
  "`".repeat(999) + " " + "`".repeat(998),
  "```\nnever closed\n# not a heading\n",
  "```js\nlet a;\n``` not closed\n~~~\n```\nafter",
  "| a | b\n|-|\n| c \\| d | e | f |\n\n| x |\n",
  "|||||\n|-|-|-|\n||||||||\n",
  "# \n## ##\n####### seven\n#no",
  "a\n=\nb\n-\nc\n---\n***\n- - -\n",
  "\u202Egnitirw\u202C \u2066x\u2069 \u200Bzero \u0000 nul",
  "Z\u0351\u034e\u0321a\u0315\u0348l\u0335g\u0327o".repeat(40),
  "👩‍👩‍👧‍👦 漢字 **粗体**和*斜体*。",
  "tabs\there\n\tindented code\n\t\tmore\n\nend  \nhard\\\nbreak",
  "\n\n\n   \n",
  "\r\n# crlf\r\n- a\r\n- b\r\n",
  "- a\n---\n> q\nlazy\n> \nnot lazy\n- b\n\n  second\n\nout",
  "&amp; &lt;b&gt; \\* \\\\ \\",
  `| a | b |\n|---|---|\n| ${"c | ".repeat(1500)} |\n`,
  "```\n" + "line of code\n".repeat(1500) + "```\nend",
  "👩".repeat(9000),
  "a".repeat(9000) + "** b **\n\nend",
];

function shown(text) {
  const sheet = new Sheet("div");
  new StreamedText(sheet).show(text);
  return sheet;
}

/** Pieces as they may come, of one to seven characters. */
function* stream(text) {
  for (let length = 0, step = 1; length < text.length; step = (step % 7) + 1) {
    length = Math.min(text.length, length + step);
    yield text.slice(0, length);
  }
}

describe("what a reader sees", () => {
  const cases = {
    "### Position\nWe **must** go.": "<h3>Position</h3><p>We <strong>must</strong> go.</p>",
    "a *b* _c_ ***d*** ~~e~~ `f*g`": "<p>a <em>b</em> <em>c</em> <em><strong>d</strong></em> <s>e</s> <code>f*g</code></p>",
    "snake_case_name 2 * 3 * 4": "<p>snake_case_name 2 * 3 * 4</p>",
    "- one\n- two\n  - deep\n\n1. first\n2. second":
      "<ul><li><p>one\n</p></li><li><p>two\n</p><ul><li><p>deep\n</p></li></ul></li></ul><ol><li><p>first\n</p></li><li><p>second</p></li></ol>",
    "> said\n> again": "<blockquote><p>said\nagain</p></blockquote>",
    "```js\nlet a = **1**;\n```\n": "<pre><code>let a = **1**;</code></pre>",
    "| a | b |\n|---|---|\n| 1 | *2* |":
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><em>2</em></td></tr></tbody></table>",
    "[here](https://example.org/a) <https://example.org/b>":
      '<p><a href="https://example.org/a">here</a> <a href="https://example.org/b">https://example.org/b</a></p>',
    "[no](javascript:x)": "<p><a>no</a></p>",
    "Title\n===\ntext": "<h1>Title\n</h1><p>text</p>",
    "a\n\n---\n\nb": "<p>a\n</p><div></div><p>b</p>",
    "\\*not\\*": "<p>*not*</p>",
    "two  \nlines": "<p>two<br></br>lines</p>",
  };
  for (const [text, markup] of Object.entries(cases)) {
    test(JSON.stringify(text), () => assert.equal(shown(text).markup, `<div>${markup}</div>`));
  }

  test("what was opened counts as closed while more may come", () => {
    assert.equal(shown("a **bold te").markup, "<div><p>a <strong>bold te</strong></p></div>");
    assert.equal(shown("a `cod").markup, "<div><p>a <code>cod</code></p></div>");
    assert.equal(shown("see [here](https://exa").shownText, "see here");
    assert.equal(shown("a **b\n\nc\n\nd").markup, "<div><p>a **b\n</p><p>c\n</p><p>d</p></div>");
  });

  test("a marker at the end waits until it is known what it becomes", () => {
    for (const marker of ["#", "-", "**", "1.", "```", "|"]) assert.equal(shown(`text\n${marker}`).shownText.trim(), "text");
    assert.equal(shown("| a | b |\n|--").markup, "<div><table><thead><tr><th>a</th><th>b</th></tr></thead></table></div>");
  });
});

describe("hostile texts", () => {
  for (const text of HOSTILE) {
    test(`stay text: ${JSON.stringify(text.slice(0, 40))}`, () => {
      const sheet = new Sheet("div");
      const streamed = new StreamedText(sheet);
      for (const sofar of stream(text)) {
        streamed.show(sofar);
        assert.equal(sheet.textContent, sofar);
      }
      for (const { localName, attributes } of sheet.all) {
        assert.ok(ALLOWED.has(localName), localName);
        assert.match(attributes.href ?? "https:", /^(https?:|mailto:)/);
        assert.deepEqual(Object.keys(attributes).filter((name) => !["href", "rel", "target", "start", "data-caret"].includes(name)), []);
      }
    });

    test(`read the same whole as piece by piece: ${JSON.stringify(text.slice(0, 40))}`, () => {
      const sheet = new Sheet("div");
      const streamed = new StreamedText(sheet);
      for (const sofar of stream(text)) streamed.show(sofar);
      if (text.length < 4000) assert.equal(sheet.markup, shown(text).markup);
    });
  }

  test("a text that is replaced is shown anew", () => {
    const sheet = new Sheet("div");
    const streamed = new StreamedText(sheet);
    streamed.show("# One\n\ntwo");
    streamed.show("Other");
    assert.equal(sheet.markup, "<div><p>Other</p></div>");
  });
});

describe("what it costs", () => {
  test("a block that is complete is never made anew", () => {
    const sheet = new Sheet("div");
    const streamed = new StreamedText(sheet);
    const text = "# One\n\nA **bold** word.\n\n- item\n- item two\n\n```\ncode\n```\n\n| a |\n|---|\n| b |\n\nend";
    const seen = new Map();
    for (const sofar of stream(text)) {
      streamed.show(sofar);
      const complete = sheet.childNodes.slice(0, -3); // What follows it has begun, and its line is whole.
      for (const [index, node] of complete.entries()) {
        assert.equal(seen.get(index) ?? node, node);
        seen.set(index, node);
      }
    }
    assert.ok(seen.size > 6);
  });

  test("the items of a list and the rows of a table stay while more of them come", () => {
    for (const [head, line] of [["", "- item\n"], ["| a |\n|---|\n", "| b |\n"]]) {
      const sheet = new Sheet("div");
      const streamed = new StreamedText(sheet);
      streamed.show(head + line.repeat(3));
      const before = sheet.all.filter(({ localName }) => localName === "li" || localName === "td").slice(0, 3);
      streamed.show(head + line.repeat(40));
      const after = sheet.all.filter(({ localName }) => localName === "li" || localName === "td").slice(0, 3);
      assert.deepEqual(before.map((one, index) => one === after[index]), [true, true, true]);
    }
  });

  test("code and overlong paragraphs grow at their end", () => {
    for (const begin of ["```js\nlet a;\n", "word ".repeat(900)]) {
      const sheet = new Sheet("div");
      const streamed = new StreamedText(sheet);
      streamed.show(begin);
      const [node] = sheet.childNodes;
      const [first] = node.childNodes;
      streamed.show(`${begin}more **of** it`);
      assert.equal(sheet.childNodes[0], node);
      assert.equal(node.childNodes[0], first);
      assert.ok(sheet.shownText.endsWith("more **of** it"));
    }
  });

  test("a long list of blocks is cut in time that grows with its length", () => {
    const kinds = ["> q\n\n", "- i\n\n", "```\nc\n```\n", "| a |\n|---|\n| b |\n\n", "# h\n", "p\n\n"];
    for (const kind of kinds) assert.ok(blocksOf(kind.repeat(5000)).length > 0);
    assert.ok(piecesOf("*a _b `c [d](".repeat(300), 0, 3900).length > 0);
  });
});

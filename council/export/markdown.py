"""The export as Markdown: people's and models' words are quoted, so that none of them is a heading of ours."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, assert_never

from council.export.blocks import (
    Block,
    Entry,
    Facts,
    Grid,
    Item,
    Items,
    Line,
    Listing,
    Outline,
    Prose,
    Title,
)
from council.export.legible import legible, one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_LIST_LIKE = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s|$)")
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_IMAGE_LIKE = re.compile(r"!(?=\[)")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_FENCE = re.compile(r"`{3,}|~{3,}")
_DEFINITION = re.compile(r"^[\s>]*\[[^\]\n]{1,999}\]:", re.MULTILINE)
_SAFE = ("http://", "https://", "mailto:", "#")
MAX_QUOTED = 60_000  # Characters. What is longer stands as plain text: some of it takes seconds to read.


def markdown(outline: Outline) -> Iterator[str]:
    """The whole file, piece by piece."""
    yield f"# {plain(outline.title)}\n\n{plain(outline.about)}\n\n"
    for line in outline.notes:
        yield from _block(line, 3)
    for section in outline.sections:
        yield f"## {plain(section.title)}\n\n"
        for part in section.content:
            yield from _entry(part) if isinstance(part, Entry) else _block(part, 3)
    yield f"---\n\n{plain(outline.footer)}\n"


def plain(text: str) -> str:
    """Text that means nothing in Markdown, in one line."""
    return _LIST_LIKE.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line(text)))


def quoted(text: str) -> str:
    """Somebody's Markdown as a quotation. What could load, run or redefine anything stands as plain text."""
    text = legible(text)
    tamed = _tamed(text) if len(text) <= MAX_QUOTED else None
    if tamed is None or _is_dangerous(tamed):
        return _behind(fenced(text))
    return _behind(tamed)


def fenced(text: str, language: str = "") -> str:
    """Text as it stands, between fences longer than any in it."""
    text = legible(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


# Entries and blocks


def _entry(entry: Entry) -> Iterator[str]:
    about = f" ({plain(entry.about)})" if entry.about else ""
    yield f"### {plain(entry.title)}{about}\n\n"
    for mark in entry.marks:
        yield f"**{plain(mark)}**\n\n"
    for block in (*entry.blocks, *entry.result):
        yield from _block(block, 4)


def _block(block: Block, level: int) -> Iterator[str]:
    match block:
        case Title():
            yield f"{'#' * level} {plain(block.text)}\n\n"
        case Line():
            yield f"{_weighed(block)}\n\n" if block.text else ""
        case Facts():
            yield "".join(f"- **{plain(name)}:** {plain(value)}\n" for name, value in block.rows) + "\n"
        case Grid():
            yield from _grid(block)
        case Items():
            yield from _items(block)
        case Prose():
            yield f"{plain(block.summary)}:\n\n" if block.summary else ""
            yield f"{quoted(block.text)}\n\n"
        case Listing():
            yield f"{plain(block.summary)}:\n\n" if block.summary else ""
            yield f"{fenced(block.text)}\n\n"
        case _:
            assert_never(block)


def _weighed(line: Line) -> str:
    text = plain(line.text)
    match line.weight:
        case "strong":
            return f"**{text}**"
        case "note":
            return f"*{text}*"
        case "warning":
            return f"⚠ **{text}**"
        case _:
            return text


def _grid(grid: Grid) -> Iterator[str]:
    rules = ("---:" if at in grid.numeric else "---" for at in range(len(grid.head)))
    yield f"{_row(grid.head)}| {' | '.join(rules)} |\n"
    for row in grid.rows:
        yield _row(row)
    yield "\n"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(plain(cell) for cell in cells)} |\n"


def _items(items: Items) -> Iterator[str]:
    for number, item in enumerate(items.rows, 1):
        sign = f"{number}." if items.numbered else "-"
        yield f"{sign} {_item(item)}\n"
    yield "\n"


def _item(item: Item) -> str:
    links = (f"[{plain(words)}](<{_address(to)}>)" if to else plain(words) for words, to in item.links)
    parts = (f"**{plain(item.lead)}**" if item.lead else "", plain(item.text), plain(item.note), *links)
    return " – ".join(part for part in parts if part)


def _address(address: str) -> str:
    return one_line(address).replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C").replace(" ", "%20")


# Quoting


def _behind(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _tamed(text: str) -> str:
    """Without tags and pictures, but for what stands in code; a fence that was left open is closed."""
    lines: list[str] = []
    together: list[str] = []  # Lines of a paragraph: code may go on over the end of a line.
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line.lstrip())
        if not (found or fence) and line.strip():
            together.append(line)
            continue
        lines += [*_paragraph(together), line]
        together = []
        fence = _fence_after(fence, found[0], line.strip()) if found else fence
    return "\n".join([*lines, *_paragraph(together), *([fence] if fence else [])])


def _paragraph(lines: list[str]) -> list[str]:
    return [_outside_code("\n".join(lines))] if lines else []


def _fence_after(open_fence: str, found: str, line: str) -> str:
    """The fence that is open after this one."""
    if not open_fence:
        return found
    return "" if line == found and found.startswith(open_fence) else open_fence


def _outside_code(text: str) -> str:
    pieces, done = [], 0
    for code in _CODE.finditer(text):
        pieces += [_escaped(text[done : code.start()]), code[0]]
        done = code.end()
    return "".join([*pieces, _escaped(text[done:])])


def _escaped(text: str) -> str:
    return _IMAGE_LIKE.sub(r"\\!", _TAG_LIKE.sub(r"\\<", text))


def _is_dangerous(text: str) -> bool:
    """Whether a reader of Markdown would find a tag, a picture, a strange address or a definition in it."""
    env: dict[str, Any] = {}
    tokens = _reader().parse(text, env)
    inside = [child for token in tokens for child in token.children or ()]
    return (
        bool(env.get("references"))
        or _DEFINITION.search(text) is not None
        or any(token.type in ("html_block", "html_inline", "image") for token in (*tokens, *inside))
        or any(not _leads_somewhere_safe(token) for token in inside if token.type == "link_open")
    )


def _leads_somewhere_safe(link: Any) -> bool:
    return str(link.attrGet("href") or "").strip().lower().startswith(_SAFE)


@cache
def _reader() -> Any:
    """Reads as the most trusting program would: tags and any address."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader

"""A prompt taken apart: its sections, and what is fenced in them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from council.llm.base import ChatMessage

_FENCE = re.compile(
    r"^=== (?P<nonce>\S+) ===\n(?P<words>.*?)\n=== (?P=nonce) ===$"
    r"|<<<(?P<label>[^<>\n]*?)\s+(?P<nonce2>[^\s<>]+)>>>(?P<words2>.*?)<<<END\s+(?P=nonce2)>>>",
    re.DOTALL | re.MULTILINE,
)
_NONCES = re.compile(r"^=== \S+ ===$|<<<[^<>\n]*>>>", re.MULTILINE)
_KEPT = re.compile("\0(\\d+)\0")  # Where a fence was: the words inside may look like headings.
_SECTION = re.compile(r"^## *(?P<title>[^\n]+)\n?(?P<body>.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fenced:
    """Somebody's words; the label is the marker's own, where it has one."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, with and without fences."""

    title: str
    body: str
    fenced: tuple[Fenced, ...]

    def is_titled(self, titles: tuple[str, ...]) -> bool:
        return self.title.lower().startswith(titles)


def text_of(messages: Iterable[ChatMessage], role: str) -> str:
    return "\n\n".join(message.content for message in messages if message.role == role)


def outside_fences(text: str) -> str:
    return _FENCE.sub("", text)


def without_nonces(text: str) -> str:
    """The same for the same prompt, whatever nonces its fences have this time."""
    return _NONCES.sub("", text)


def sections_of(text: str) -> list[Section]:
    """All sections, the part before the first heading too; headings inside a fence are none."""
    fences: list[Fenced] = []

    def keep(fence: re.Match[str]) -> str:
        words = fence["words"] or fence["words2"] or ""
        fences.append(Fenced((fence["label"] or "").strip(), words.strip("\n")))
        return f"\0{len(fences) - 1}\0"

    marked = "## prompt\n" + _FENCE.sub(keep, text.replace("\0", ""))
    return [_section(found["title"], found["body"], fences) for found in _SECTION.finditer(marked)]


def bodies(sections: Iterable[Section], titles: tuple[str, ...]) -> str:
    return "\n".join(section.body for section in sections if section.is_titled(titles))


def _section(title: str, body: str, fences: Sequence[Fenced]) -> Section:
    inside = tuple(fences[int(number)] for number in _KEPT.findall(body))
    text = _KEPT.sub(lambda kept: fences[int(kept[1])].words, body)
    return Section(title.strip(), text, inside)

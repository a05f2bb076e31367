"""The chair's ruling, read strictly, and the verdict that the server makes of it.

The score is 40 % strategic alignment, 30 % practical value, 30 % logical consistency, each from
0 to 100; the server weighs them, the chair does not. What cannot be read is absent, not guessed.
"""

from dataclasses import dataclass
from typing import Any, Literal

from council.errors import Malformed
from council.jsontext import parse_object

Outcome = Literal["decided", "partial", "impasse"]
PartialReason = Literal["below_quorum", "chair_cut", "unreadable"]

WEIGHTS = {"strategic": 0.4, "practical": 0.3, "consistency": 0.3}
WORDS = ("pass", "refine", "improve", "rework", "reject")
_KEYS = {
    "strategic_alignment": "strategic",
    "practical_value": "practical",
    "logical_consistency": "consistency",
}
_OPENING, _CLOSING = "```json", "```"
MAX_LISTED = 20
MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the chair's words hold; a part that could not be read is ``None`` or empty."""

    text: str
    parts: dict[str, float] | None
    word: str | None
    disputes: tuple[dict[str, str], ...]
    orders: tuple[str, ...]

    @property
    def score(self) -> float | None:
        return None if self.parts is None else weigh(self.parts)


@dataclass(frozen=True, slots=True)
class Opinion:
    """Whether a member that was due gave a full opinion; ``missing`` says why not."""

    node_id: str
    missing: str | None


def read_ruling(text: str) -> Ruling:
    """The ruling in the chair's words. Exactly one fenced JSON block counts; none, two or a broken one: absent."""
    prose, blocks = _without_blocks(text)
    found = _object(blocks[0]) if len(blocks) == 1 else {}
    return Ruling(
        text=(prose if found else text).strip(),
        parts=_parts(found.get("score")),
        word=found["verdict"] if found.get("verdict") in WORDS else None,
        disputes=_disputes(found.get("disputes")),
        orders=_orders(found.get("orders")),
    )


def weigh(parts: dict[str, float]) -> float:
    """The total from 0 to 100, rounded to one decimal."""
    return round(sum(WEIGHTS[name] * value for name, value in parts.items()), 1)


def decide(ruling: Ruling, opinions: tuple[Opinion, ...], *, chair_cut: bool) -> tuple[Outcome, str | None]:
    """The outcome and the verdict's word. Below quorum, or without a whole ruling, it is partial and has no word."""
    if why_partial(ruling, opinions, chair_cut=chair_cut) is not None:
        return "partial", None
    return "decided", ruling.word


def why_partial(ruling: Ruling, opinions: tuple[Opinion, ...], *, chair_cut: bool) -> PartialReason | None:
    """Why there is no verdict; ``None`` when there is one."""
    if not has_quorum(opinions):
        return "below_quorum"
    if chair_cut:
        return "chair_cut"
    return "unreadable" if ruling.word is None else None


def has_quorum(opinions: tuple[Opinion, ...]) -> bool:
    """More than half of the members that were due gave a full opinion."""
    full = sum(1 for opinion in opinions if opinion.missing is None)
    return not opinions or full * 2 > len(opinions)


# Reading strictly


def _without_blocks(text: str) -> tuple[str, list[str]]:
    """The prose, and what stands in fenced JSON blocks. Line by line: a pattern would take quadratic time."""
    prose: list[str] = []
    blocks: list[str] = []
    inside: list[str] | None = None
    for line in text.split("\n"):
        bare = line.rstrip()
        if inside is None and bare == _OPENING:
            inside = []
        elif inside is None:
            prose.append(line)
        elif bare.endswith(_CLOSING):
            blocks.append("\n".join([*inside, bare.removesuffix(_CLOSING)]))
            inside = None
        else:
            inside.append(line)
    unclosed = [] if inside is None else [_OPENING, *inside]
    return "\n".join(prose + unclosed), blocks


def _object(raw: str) -> dict[str, Any]:
    try:
        return parse_object(raw)
    except Malformed:
        return {}


def _parts(raw: Any) -> dict[str, float] | None:
    """All three parts, or none."""
    if not isinstance(raw, dict) or not _KEYS.keys() <= raw.keys():
        return None
    values = {ours: raw[theirs] for theirs, ours in _KEYS.items()}
    if not all(_is_score(value) for value in values.values()):
        return None
    return {name: float(value) for name, value in values.items()}


def _is_score(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def _disputes(raw: Any) -> tuple[dict[str, str], ...]:
    if not isinstance(raw, list):
        return ()
    found = (item for item in raw if isinstance(item, dict) and isinstance(item.get("claim"), str))
    return tuple(
        {"claim": item["claim"][:MAX_TEXT], "evidence": str(item.get("evidence") or "")[:MAX_TEXT]}
        for item in found
    )[:MAX_LISTED]


def _orders(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list):
        return ()
    return tuple(item[:MAX_TEXT] for item in raw if isinstance(item, str) and item.strip())[:MAX_LISTED]

"""The chair's ruling, read strictly, and the verdict that the server makes of it.

The score is 40 % strategic alignment, 30 % practical value, 30 % logical consistency, each from
0 to 100; the server weighs them, the chair does not. What cannot be read is absent, not guessed.
Where members voted, the count decides and the chair's words do not: if they say something else, the
verdict says so.
"""

from dataclasses import dataclass
from typing import Any, Literal

from council.errors import Malformed
from council.events import PartialReason
from council.jsontext import parse_object
from council.meeting.counting import Tally
from council.meeting.reading import without_blocks

Outcome = Literal["decided", "partial", "impasse"]

WEIGHTS = {"strategic": 0.4, "practical": 0.3, "consistency": 0.3}
WORDS = ("pass", "refine", "improve", "rework", "reject")
_KEYS = {
    "strategic_alignment": "strategic",
    "practical_value": "practical",
    "logical_consistency": "consistency",
}
_CONTRADICTS = {"yes": ("reject", "rework"), "no": ("pass", "refine")}
"""Words of a chair that say the opposite of what was counted."""
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
    decision: str | None = None  # What, by the chair's reading, the ballots decided.

    @property
    def score(self) -> float | None:
        return None if self.parts is None else weigh(self.parts)


@dataclass(frozen=True, slots=True)
class Opinion:
    """Whether a member that was due at a node gave a full opinion there; ``missing`` says why not."""

    node_id: str
    missing: str | None
    member: str = ""  # Whose opinion it is; one that spoke in full anywhere is not missing.


def read_ruling(text: str) -> Ruling:
    """The ruling in the chair's words. Exactly one fenced JSON block counts; none, two or a broken one: absent."""
    prose, blocks = without_blocks(text)
    found = _object(blocks[0]) if len(blocks) == 1 else {}
    return Ruling(
        text=(prose if found else text).strip(),
        parts=_parts(found.get("score")),
        word=found["verdict"] if found.get("verdict") in WORDS else None,
        disputes=_disputes(found.get("disputes")),
        orders=_orders(found.get("orders")),
        decision=_text(found.get("decision")),
    )


def weigh(parts: dict[str, float]) -> float:
    """The total from 0 to 100, rounded to one decimal."""
    return round(sum(WEIGHTS[name] * value for name, value in parts.items()), 1)


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome, why it is only partial, the chair's word if it may stand, and where the chair deviates."""

    outcome: Outcome
    partial_reason: PartialReason | None
    word: str | None
    decision: str | None
    deviates: str | None


def find(
    ruling: Ruling | None, opinions: tuple[Opinion, ...], tally: Tally | None, *, chair_cut: bool = False
) -> Finding:
    """What the meeting found. Below quorum it is partial; where members voted, their count decides.

    Without a chair ``ruling`` is ``None``. A word that contradicts the count does not stand.
    """
    if not has_quorum(opinions) or (tally is not None and tally.outcome == "no_quorum"):
        return Finding("partial", "below_quorum", None, None, None)
    if tally is not None:
        return _by_count(ruling, tally)
    if ruling is None:
        return Finding("partial", "unreadable", None, None, None)
    if chair_cut or ruling.word is None:
        return Finding("partial", "chair_cut" if chair_cut else "unreadable", None, None, None)
    return Finding("decided", None, ruling.word, None, None)


def _by_count(ruling: Ruling | None, tally: Tally) -> Finding:
    outcome: Outcome = "impasse" if tally.outcome == "impasse" else "decided"
    deviates = deviation(ruling, tally) if ruling else None
    word = ruling.word if ruling and outcome == "decided" and deviates is None else None
    return Finding(outcome, None, word, tally.decision, deviates)


def deviation(ruling: Ruling, tally: Tally) -> str | None:
    """What the chair says against the count, if it does."""
    counted = tally.decision or "no decision"
    if ruling.decision is not None and ruling.decision.casefold() not in _names(tally):
        return f"The chair says {ruling.decision!r}; the count says {counted!r}."
    if ruling.word in _CONTRADICTS.get(counted, ()):
        return f"The chair says {ruling.word!r}; the count says {counted!r}."
    return None


def _names(tally: Tally) -> set[str]:
    """What the counted decision may be called: its id, its text, and for none at all what says so."""
    if tally.decision is None:
        return {"none", "no decision", "impasse"}
    bars = tally.count.get("bars", ())
    texts = {str(bar.get("label", "")).casefold() for bar in bars if bar.get("id") == tally.decision}
    return {tally.decision.casefold()} | texts


def has_quorum(opinions: tuple[Opinion, ...]) -> bool:
    """More than half of the members that were due gave a full opinion, somewhere."""
    due = {opinion.member or opinion.node_id for opinion in opinions}
    return not due or len(full_members(opinions)) * 2 > len(due)


def full_members(opinions: tuple[Opinion, ...]) -> frozenset[str]:
    """Who gave a full opinion at one node at least."""
    return frozenset(o.member or o.node_id for o in opinions if o.missing is None)


# Reading strictly


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


def _text(raw: Any) -> str | None:
    return raw.strip()[:200] if isinstance(raw, str) and raw.strip() else None


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

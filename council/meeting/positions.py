"""Where a member stands, as the block at the end of its text says it: read strictly, absent rather than guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from council.meeting.counting import Tally
from council.meeting.fields import flag, object_of, only_block, only_names, sentence, share
from council.meeting.reading import Unreadable

Stance = Literal["for", "against", "undecided"]
STANCES: tuple[Stance, ...] = get_args(Stance)
MAX_NAME = 80
MAX_ERROR = 2_000
_FIELDS = ("position", "confidence", "changed", "because_of", "error")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a member says it stands; ``because_of`` is the letter it names, ``error`` what was wrong before."""

    stance: Stance
    confidence: float | None = None
    changed: bool = False
    because_of: str = ""
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As it is recorded with a node's result."""
        return {
            "position": self.stance,
            "confidence": self.confidence,
            "changed": self.changed,
            "because_of": self.because_of or None,
            "error": self.error or None,
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "Position":
        """A recorded position."""
        return cls(
            stance=kept["position"],
            confidence=kept["confidence"],
            changed=kept["changed"],
            because_of=kept["because_of"] or "",
            error=kept["error"] or "",
        )


@dataclass(frozen=True, slots=True)
class Stated:
    """A member's text taken apart. Without a readable block the prose is all of it, and ``problem`` says why."""

    prose: str
    position: Position | None
    problem: str | None


def read_stated(text: str) -> Stated:
    """The prose and the position in a member's text. Raises nothing."""
    try:
        prose, block = only_block(text)
        return Stated(prose.strip(), position_of(object_of(block)), None)
    except Unreadable as problem:
        return Stated(text.strip(), None, str(problem))


def position_of(found: dict[str, Any]) -> Position:
    """The position that these fields are. Raises Unreadable."""
    only_names(found, _FIELDS)
    stance = found.get("position")
    if stance not in STANCES:
        raise Unreadable(f'"position" must be one of {", ".join(STANCES)}, not {repr(stance)[:60]}')
    return Position(
        stance=stance,
        confidence=share(found.get("confidence"), "confidence"),
        changed=flag(found.get("changed"), "changed"),
        because_of=" ".join(sentence(found.get("because_of"), "because_of", MAX_NAME).split()),
        error=sentence(found.get("error"), "error", MAX_ERROR),
    )


def agreement(positions: Sequence[Position | None], tally: Tally | None = None) -> bool:
    """All members hold the same: their ballot was unanimous, or at least two stand, none missing, on one side."""
    if tally is not None and tally.unanimous and tally.outcome in ("passed", "rejected"):
        return True
    stances = {None if position is None else position.stance for position in positions}
    return len(positions) > 1 and stances in ({"for"}, {"against"})

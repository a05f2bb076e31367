"""A ballot: the question that is put, the form an answer must have, and the strict reading of it.

A vote is what one voter answers. What cannot be read is an abstention and says why; nothing is guessed.
The reason a voter gives is kept and shown, and never counted.
"""

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from council.events import VoteType
from council.meeting.fields import only_names, read_answer, sentence, share
from council.meeting.reading import Unreadable

Choice = str | int | tuple[str, ...]
"""What was voted: a word or an option's id, a score, or a ranking of ids, best first."""
Abstention = Literal["chosen", "unreadable", "self_vote", "nothing_to_choose", "failed", "no_answer"]

ABSTAIN = "abstain"
YES, NO = "yes", "no"
SCORES = tuple(range(1, 11))
MAX_REASON = 2_000
_FIELDS = ("vote", "confidence", "reason")


@dataclass(frozen=True, slots=True)
class Option:
    """Something to vote for; ``author`` is the voter whose draft it is, ``source`` the step that wrote it."""

    option_id: str
    text: str
    author: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """A question put to several voters. ``threshold`` and ``quorum`` are shares from 0 to 1."""

    vote_type: VoteType
    question: str
    options: tuple[Option, ...] = ()
    threshold: float = 0.67
    quorum: float = 0.5

    def as_dict(self) -> dict[str, Any]:
        """As it is recorded with a vote's result."""
        return asdict(self) | {"options": [asdict(option) for option in self.options]}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "Ballot":
        """A recorded ballot."""
        return cls(**kept | {"options": tuple(Option(**option) for option in kept["options"])})

    @property
    def has_choice(self) -> bool:
        """There is something to vote on: a choice between fewer than two options is none."""
        return self.vote_type in ("yes_no", "score_1_10") or len(self.options) > 1

    @property
    def shown_options(self) -> tuple[dict[str, str], ...]:
        """The options as they travel in events."""
        return tuple(
            {"option_id": option.option_id, "text": option.text}
            | ({"author": option.author} if option.author else {})
            for option in self.options
        )

    def paper_for(self, voter: str, position: int = 0) -> "Paper":
        """What this voter gets. Each begins with another option: to be listed first helps nobody."""
        others = [option for option in self.options if option.author != voter]
        at = position % len(others) if others else 0
        own = frozenset(option.option_id for option in self.options if option.author == voter)
        return Paper(self.vote_type, voter, tuple(others[at:] + others[:at]), own)


@dataclass(frozen=True, slots=True)
class Paper:
    """The ballot as one voter gets it: without its own options, which are ``own``."""

    vote_type: VoteType
    voter: str
    options: tuple[Option, ...] = ()
    own: frozenset[str] = frozenset()

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(option.option_id for option in self.options)

    @property
    def is_empty(self) -> bool:
        """There is nothing on it to vote for."""
        return self.vote_type in ("choice", "ranking") and not self.options


@dataclass(frozen=True, slots=True)
class Vote:
    """What one voter said. An abstention has no ``choice``; ``abstained`` is its kind and ``why`` its reason."""

    voter: str
    choice: Choice | None
    confidence: float | None = None
    reason: str = ""
    abstained: Abstention | None = None
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As it is recorded and as it travels in ``ballot_closed``."""
        vote = list(self.choice) if isinstance(self.choice, tuple) else self.choice
        return {
            "voter": self.voter,
            "vote": vote,
            "confidence": self.confidence,
            "reason": self.reason,
            "abstained": self.abstained,
            "why": self.why,
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "Vote":
        """A recorded vote; fields that are not a vote's are left aside."""
        vote = kept["vote"]
        return cls(
            voter=kept["voter"],
            choice=tuple(vote) if isinstance(vote, list) else vote,
            confidence=kept["confidence"],
            reason=kept["reason"],
            abstained=kept["abstained"],
            why=kept["why"],
        )


def abstention(voter: str, kind: Abstention, why: str, *, reason: str = "") -> Vote:
    """A vote that does not count."""
    return Vote(voter, None, reason=reason, abstained=kind, why=why)


# The form


def schema(paper: Paper) -> dict[str, Any]:
    """The JSON schema of an answer, for servers that hold a model to one."""
    properties = {
        "vote": _vote_schema(paper),
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "reason": {"type": "string"},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(_FIELDS),
        "additionalProperties": False,
    }


def form(paper: Paper, words: str) -> str:
    """The form in words, for the end of a prompt: ``words`` with what this paper asks in their places."""
    listed = "".join(f"- {option.option_id}: {' '.join(option.text.split())}\n" for option in paper.options)
    parts = {
        "options": f"The options:\n{listed}" if listed else "",
        "what": _what_to_vote(paper),
        "vote": _blank(paper),
    }
    return re.sub(r"\{(options|what|vote)\}", lambda place: parts[place[1]], words)


def _what_to_vote(paper: Paper) -> str:
    match paper.vote_type:
        case "yes_no":
            return 'Vote "yes" or "no".'
        case "score_1_10":
            return "Give a score: a whole number from 1 (reject it) to 10 (accept it as it is)."
        case "choice":
            return "Vote for the one option that is best, by its id."
        case "ranking":
            return "Rank all of the options, best first, each of them once, by their ids."


def _blank(paper: Paper) -> str:
    match paper.vote_type:
        case "yes_no":
            return '"<yes, no or abstain>"'
        case "score_1_10":
            return '<a whole number from 1 to 10, or "abstain">'
        case "choice":
            return f'"<one of {", ".join(sorted(paper.ids))}, or abstain>"'
        case "ranking":
            return f'<a list of the ids {", ".join(sorted(paper.ids))} in your order, or "abstain">'


def _vote_schema(paper: Paper) -> dict[str, Any]:
    match paper.vote_type:
        case "yes_no":
            return {"type": "string", "enum": [YES, NO, ABSTAIN]}
        case "score_1_10":
            return {"type": ["integer", "string"], "enum": [*SCORES, ABSTAIN]}
        case "choice":
            return {"type": "string", "enum": [*paper.ids, ABSTAIN]}
        case "ranking":
            ranked = {
                "type": "array",
                "items": {"type": "string", "enum": list(paper.ids)},
                "minItems": len(paper.ids),
                "maxItems": len(paper.ids),
            }
            return {"anyOf": [ranked, {"type": "string", "enum": [ABSTAIN]}]}


# Reading strictly


def read_vote(paper: Paper, text: str) -> Vote:
    """The vote in a model's answer. Raises Unreadable unless the answer has exactly the form."""
    found = read_answer(text)
    only_names(found, _FIELDS)
    if "vote" not in found:
        raise Unreadable('the field "vote" is missing')
    confidence = share(found.get("confidence"), "confidence")
    reason = sentence(found.get("reason"), "reason", MAX_REASON)
    return cast(paper, found["vote"], confidence, reason)


def cast(paper: Paper, value: Any, confidence: float | None, reason: str) -> Vote:
    """The vote that this value is. Raises Unreadable when it is none."""
    if value == ABSTAIN:
        return Vote(paper.voter, None, confidence, reason, "chosen", "It abstained.")
    match paper.vote_type:
        case "yes_no":
            choice: Choice = _word(value)
        case "score_1_10":
            choice = _score(value)
        case "choice":
            if isinstance(value, str) and value in paper.own:
                return Vote(paper.voter, None, confidence, reason, "self_vote", "It voted for its own draft.")
            choice = _option(paper, value)
        case "ranking":
            choice = _ranking(paper, value)
    return Vote(paper.voter, choice, confidence, reason)


def _word(value: Any) -> str:
    if value in (YES, NO):
        return str(value)
    raise Unreadable(f'"vote" must be "yes", "no" or "abstain", not {_shown(value)}')


def _score(value: Any) -> int:
    if type(value) is int and value in SCORES:
        return value
    raise Unreadable(f'"vote" must be a whole number from 1 to 10, or "abstain", not {_shown(value)}')


def _option(paper: Paper, value: Any) -> str:
    if isinstance(value, str) and value in paper.ids:
        return value
    raise Unreadable(f"there is no option {_shown(value)}; there are {', '.join(sorted(paper.ids))}")


def _ranking(paper: Paper, value: Any) -> tuple[str, ...]:
    """Every option once. The voter's own may be among them, and is taken out: the rest moves up."""
    if not isinstance(value, list):
        raise Unreadable(f'"vote" must be a list of options, or "abstain", not {_shown(value)}')
    others = (each for each in value if not (isinstance(each, str) and each in paper.own))
    ranked = tuple(_option(paper, each) for each in others)
    if len(set(value)) < len(value):
        raise Unreadable("an option stands in the ranking twice")
    if len(ranked) < len(paper.ids):
        missing = sorted(set(paper.ids) - set(ranked))
        raise Unreadable(f"the ranking leaves out {', '.join(missing)}")
    return ranked


def _shown(value: Any) -> str:
    return repr(value)[:60]

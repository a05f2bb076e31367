"""What happens in a meeting, as a report has it: each thing has ``seq``, where it stands in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A message. ``fault`` is why it failed; ``read_by`` names those who confirmed a person's words.

    A position that was stated in a block of its own is ``stance``; ``text`` is without that block then.
    """

    seq: int
    message_id: str
    role: str
    name: str
    turn: str
    model: str
    round: int
    text: str
    thinking: str
    html: str
    status: str
    finish: str | None
    fault: str | None
    read_by: tuple[str, ...]
    stance: str | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Option:
    """Something to vote for; ``text`` is a draft's author by name, which only the voters may not know."""

    option_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Vote:
    """``vote`` is null for who abstained; ``why`` says why."""

    name: str
    vote: str | int | tuple[str, ...] | None
    confidence: float | None
    reason: str
    abstained: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """A question put to the members; ``votes`` are empty as long as it is sealed."""

    seq: int
    ballot_id: str
    name: str
    round: int
    question: str
    vote_type: str
    options: tuple[Option, ...]
    voters: tuple[str, ...]
    voted: tuple[str, ...]
    threshold: float
    quorum: float
    closed: bool
    votes: tuple[Vote, ...]
    outcome: str | None
    decision: str | None
    count: Data


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was found: lines of a document, an address, or a title."""

    title: str
    url: str | None
    path: str | None
    lines: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    claim: str
    status: str
    reason: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A fact check; it says what its message says, which is ``message_id``."""

    seq: int
    name: str
    round: int
    message_id: str | None
    claims: tuple[Claim, ...]
    share_supported: float | None
    verified: bool
    dropped: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """A person was asked. ``action`` is what came of it, null while it is waited for."""

    seq: int
    review_id: str
    name: str
    kind: str
    reason: str
    draft: str | None
    open: bool
    action: str | None
    by: str
    feedback: str
    diff: str


@dataclass(frozen=True, slots=True)
class Tool:
    seq: int
    name: str
    tool: str
    about: str
    output: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Written:
    seq: int
    path: str
    version: int
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Round:
    """A loop has decided."""

    seq: int
    round: int
    again: bool
    reason: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the group knew already; ``items`` are title and text."""

    seq: int
    name: str
    items: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something went wrong; ``name`` is whose turn it was, if it was anybody's."""

    seq: int
    name: str | None
    error: str
    hint: str
    can_retry: bool


Happening = Said | Ballot | Check | Review | Tool | Written | Round | Recalled | Fault

"""A meeting as a report: what its snapshot holds, put in the order it happened, without a word of our own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who sits in the meeting, and who answers in their name."""

    name: str
    provider: str
    model: str
    turns: tuple[str, ...]  # The names of the nodes at which this member speaks.


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a file; ``newest`` when none follows it."""

    path: str
    version: int
    author: str
    created_at: str
    content: str
    newest: bool


# What happened, in order: each has ``seq``, where it stands in the log


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


# The verdict


@dataclass(frozen=True, slots=True)
class Dissent:
    name: str
    vote: str | int | tuple[str, ...] | None
    position: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the ledger; ``whom`` is who or what moved the member."""

    name: str
    round: int
    kind: str
    before: str | None
    after: str | None
    whom: str
    reason: str


@dataclass(frozen=True, slots=True)
class BestDraft:
    """The best first draft; ``name`` is empty when there is none, and ``why`` says why."""

    name: str
    text: str
    html: str
    chosen_by: str | None
    why: str | None
    changed_answer: bool | None
    extra_tokens: int | None
    extra_usd: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the meeting found. ``ballot`` is the one that was counted, ``count`` the server's count of it."""

    outcome: str
    partial_reason: str | None
    word: str | None
    round: int
    decision: str | None
    score: float | None
    parts: Mapping[str, float]
    text: str
    html: str
    quorum: tuple[int, int] | None
    absences: tuple[tuple[str, str], ...]
    ballot: Ballot | None
    ballot_outcome: str | None
    count: Data
    dissent: tuple[Dissent, ...]
    changes: tuple[Change, ...]
    best_draft: BestDraft | None
    chair_deviates: str | None
    chair: Data | None
    weak_evidence: tuple[str, ...]
    sentences: tuple[tuple[str, str | None], ...]
    disputes: tuple[tuple[str, str], ...]
    orders: tuple[str, ...]
    person_action: str | None
    person_feedback: str


@dataclass(frozen=True, slots=True)
class Cost:
    """``usd`` is null until a price was known; ``unknown_tokens`` are those whose price nobody knows."""

    input_tokens: int
    output_tokens: int
    usd: float | None
    unknown_tokens: int
    lost_tokens: int = 0
    seconds: float = 0.0
    cap: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spending:
    """What one member's calls have cost."""

    name: str
    model: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Report:
    """One meeting as it stood at ``exported_at``."""

    session_id: str
    subject: str
    objective: str
    template_id: str
    group_id: str | None
    rerun_of: str | None
    status: str
    reason: str | None
    detail: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None
    exported_at: str
    rehearsal: bool
    prompts_version: str | None
    members: tuple[Member, ...]
    given: tuple[tuple[str, int], ...]
    documents: tuple[Document, ...]
    happenings: tuple[Happening, ...]
    verdict: Verdict | None
    cost: Cost
    spending: tuple[Spending, ...] = ()

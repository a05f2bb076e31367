"""A meeting as a report: what its snapshot holds, put in the order it happened, without a word of our own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from council.export.happenings import Ballot, Data, Happening


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

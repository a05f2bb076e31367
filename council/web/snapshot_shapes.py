"""What a meeting's snapshot holds, field by field: it is described, nothing is built of it."""

from typing import Any

from pydantic import BaseModel, Field

from council import events
from council.events import NodeStatus, SessionStatus
from council.meeting.graph import Graph
from council.web.shapes import Count, MessageInMeeting, Seq, Time, Totals, Uuid, Waiting


class DocumentSize(BaseModel):
    name: str
    characters: Count


class PanelMember(BaseModel):
    """Who sits at a node. ``seat`` differs from it for one who only votes or stands in; early meetings have none."""

    node_id: str
    seat: str = ""
    agent_id: str | None
    name: str
    provider: str
    model: str


class Panel(BaseModel):
    """``diverse``: not all think with the same model. ``rehearsal``: some are no model at all."""

    members: list[PanelMember]
    diverse: bool
    rehearsal: bool


class CapSet(BaseModel):
    """The most it may spend; null is without a limit."""

    usd: float | None
    tokens: int | None
    seconds: float | None


class Origin(BaseModel):
    """The meeting whose beginning this one shares, and where it parts."""

    session_id: Uuid
    node_id: str


class Decision(BaseModel):
    """What came of a request to a person."""

    action: str
    by: str
    feedback: str
    diff: str
    seq: Seq


class Review(events.HumanInteractionRequired):
    """A request to a person. ``expired`` is what happened because nobody came."""

    seq: Seq
    reminded: bool
    expired: str | None
    answer: Decision | None
    open: bool


class BallotPut(events.BallotOpened):
    seq: Seq


class VoteGiven(events.VoteCast):
    seq: Seq


class BallotCounted(events.BallotClosed):
    seq: Seq


class Ballot(BaseModel):
    """``closed`` is null, and no vote is in ``cast``, while it is sealed."""

    opened: BallotPut
    cast: list[VoteGiven]
    closed: BallotCounted | None


class FactsChecked(events.FactCheck):
    seq: Seq


class Scored(events.Score):
    seq: Seq


class RoundOver(events.RoundClosed):
    seq: Seq


class FileKept(events.FileWritten):
    seq: Seq


class ToolUsed(events.ToolExecution):
    seq: Seq


class Remembered(events.MemoryRetrieved):
    seq: Seq


class TroubleMet(events.ErrorHappened):
    seq: Seq


class Snapshot(BaseModel):
    """A meeting as it stands, read at one moment; ``seq`` is the last event that is in it."""

    session_id: Uuid
    project_id: None
    template_id: str
    group_id: str | None
    rerun_of: Origin | None
    subject: str
    objective: str
    documents: list[DocumentSize]
    status: SessionStatus
    reason: str | None
    detail: str | None
    created_at: Time
    started_at: Time | None
    paused_at: Time | None
    ended_at: Time | None
    epoch: str
    seq: Count
    graph: Graph
    node_statuses: dict[str, NodeStatus]
    node_rounds: dict[str, int]
    panel: Panel
    prompts_version: str | None
    messages: list[MessageInMeeting]
    totals: Totals
    cap: CapSet | None
    budget: events.Budget | None
    estimate: dict[str, Any] | None = Field(
        description="As `estimate_meeting` answers, made before the start."
    )
    verdict: events.Verdict | None
    waiting_for: list[Waiting] | None
    reviews: list[Review]
    review: Review | None
    ballots: list[Ballot]
    fact_checks: list[FactsChecked]
    scores: list[Scored]
    rounds: list[RoundOver]
    files: list[FileKept]
    tools: list[ToolUsed]
    memory: list[Remembered]
    errors: list[TroubleMet]

"""The ledger of changed minds, the dissent in full, and the best first draft: what a verdict must not hide."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from council.meeting.ballots import NO, YES, Ballot, Choice, Vote
from council.meeting.counting import Tally, count_one
from council.meeting.positions import Position, Stance

Move = Literal["moved", "unexplained", "claimed"]
"""Moved with a reason; moved without one; said that it moved, which its stands do not show."""
NoDraft = Literal["no_drafts", "tie", "no_quorum", "below_threshold", "no_decision", "nobody_held_it"]

STANCE_OF: Mapping[Choice, Stance] = {YES: "for", NO: "against"}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a member stood at one step, in its own words; ``position`` is ``None`` where it said nothing readable."""

    member: str
    step: str
    round: int
    position: Position | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the ledger. ``because_of`` is the letter the member named, ``influence`` who that is."""

    member: str
    step: str
    round: int
    kind: Move
    before: Stance | None
    after: Stance
    because_of: str
    influence: str | None
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Dissent:
    """A member against the decision; ``vote`` is its ballot, or ``None`` when only its position is known."""

    member: str
    vote: Choice | None
    position: Stance | None
    confidence: float | None
    reason: str

    def as_dict(self) -> dict[str, Any]:
        vote = list(self.vote) if isinstance(self.vote, tuple) else self.vote
        return asdict(self) | {"vote": vote}


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and money; ``usd`` is ``None`` when a price is unknown."""

    tokens: int
    usd: float | None

    def less(self, before: "Spent") -> "Spent":
        known = self.usd is not None and before.usd is not None
        return Spent(self.tokens - before.tokens, (self.usd or 0) - (before.usd or 0) if known else None)


@dataclass(frozen=True, slots=True)
class BestDraft:
    """The first draft to keep beside the verdict, or ``why`` there is none.

    ``changed`` says whether the council's decision is another than that of most first opinions.
    """

    draft: Stand | None
    chosen_by: Literal["ranking", "position"] | None
    why: NoDraft | None
    first: dict[str, int]
    changed: bool | None
    extra: Spent | None

    def as_dict(self) -> dict[str, Any]:
        """As it travels in ``verdict``."""
        draft = self.draft
        return {
            "member": draft.member if draft else None,
            "step": draft.step if draft else None,
            "confidence": draft.position.confidence if draft and draft.position else None,
            "chosen_by": self.chosen_by,
            "why": self.why,
            "first_positions": self.first,
            "changed_answer": self.changed,
            "extra_rounds": asdict(self.extra) if self.extra else None,
        }


# Changed minds


def ledger(stands: Sequence[Stand], members: Mapping[str, str]) -> tuple[Change, ...]:
    """Who moved, in the order of the stands. ``members`` says who a letter such as "Member B" is.

    A step where a member said nothing readable is passed over: it is neither a move nor a standing still.
    """
    held: dict[str, Stance] = {}
    changes = []
    for stand in stands:
        if stand.position is None:
            continue
        change = _change(stand, stand.position, held.get(stand.member), members)
        changes += [change] if change else []
        held[stand.member] = stand.position.stance
    return tuple(changes)


def stand_of(vote: Vote, step: str, round_number: int) -> Stand:
    """The stand that a yes or a no is; any other vote says nothing about for or against."""
    stance = STANCE_OF.get(vote.choice) if vote.choice is not None else None
    position = Position(stance, vote.confidence, error=vote.reason) if stance else None
    return Stand(vote.voter, step, round_number, position, vote.reason)


def _change(
    stand: Stand, position: Position, before: Stance | None, members: Mapping[str, str]
) -> Change | None:
    moved = before is not None and before != position.stance
    if not moved and not position.changed:
        return None
    kind: Move = (
        "claimed" if not moved else "moved" if position.because_of or position.error else "unexplained"
    )
    return Change(
        member=stand.member,
        step=stand.step,
        round=stand.round,
        kind=kind,
        before=before,
        after=position.stance,
        because_of=position.because_of,
        influence=members.get(position.because_of),
        reason=position.error,
    )


# Dissent


def dissent(
    decision: str | None, ballot: Ballot, votes: Sequence[Vote], stands: Sequence[Stand] = ()
) -> tuple[Dissent, ...]:
    """Every member against the decision, with its reason in full; who did not vote is judged by its last stand."""
    if decision is None:
        return ()
    by_vote = [
        _dissent_of(vote) for vote in votes if vote.choice is not None and _is_against(ballot, vote, decision)
    ]
    voted = {vote.voter for vote in votes if vote.choice is not None}
    last = {stand.member: stand for stand in stands if stand.position is not None}
    by_stand = [
        Dissent(stand.member, None, position.stance, position.confidence, stand.text)
        for stand in last.values()
        if stand.member not in voted and (position := stand.position) and _opposes(position.stance, decision)
    ]
    return (*by_vote, *by_stand)


def _dissent_of(vote: Vote) -> Dissent:
    stance = STANCE_OF.get(vote.choice) if vote.choice is not None else None
    return Dissent(vote.voter, vote.choice, stance, vote.confidence, vote.reason)


def _is_against(ballot: Ballot, vote: Vote, decision: str) -> bool:
    """Another word, another option, a score on the other half; of a ranking, another option in the first place."""
    match ballot.vote_type:
        case "score_1_10":
            even = replace(ballot, threshold=0.5)
            return count_one(even, vote) != ("passed" if decision == YES else "rejected")
        case "ranking":
            ranking = vote.choice if isinstance(vote.choice, tuple) else ()
            return decision in ranking and ranking[0] != decision
        case "choice":
            authors = {option.author for option in ballot.options if option.option_id == decision}
            return vote.choice != decision and vote.voter not in authors
        case "yes_no":
            return vote.choice != decision


def _opposes(stance: Stance, decision: str) -> bool:
    return (stance, decision) in (("against", YES), ("for", NO))


# The best first draft


def best_draft(
    drafts: Sequence[Stand],
    decision: str | None,
    *,
    ranked: tuple[Ballot, Tally] | None = None,
    first: Spent | None = None,
    total: Spent | None = None,
) -> BestDraft:
    """The best of the first drafts, in graph order: by the members' ranking of them where there was one.

    Else of those whose author held from the first what was decided, the surest, the earliest of equals. A ranking
    of other things than drafts says nothing about drafts.
    """
    if ranked and not any(option.author for option in ranked[0].options):
        ranked = None
    found: Stand | NoDraft = _by_ranking(drafts, *ranked) if ranked else _by_position(drafts, decision)
    held = [draft.position.stance for draft in drafts if draft.position is not None]
    stand = found if isinstance(found, Stand) else None
    return BestDraft(
        draft=stand,
        chosen_by=None if stand is None else "ranking" if ranked else "position",
        why=None if isinstance(found, Stand) else found,
        first=dict(Counter(held)),
        changed=_changed(held, decision),
        extra=total.less(first) if first and total else None,
    )


def _by_ranking(drafts: Sequence[Stand], ballot: Ballot, tally: Tally) -> Stand | NoDraft:
    if not drafts:
        return "no_drafts"
    if tally.decision is None:
        return (
            "no_quorum"
            if tally.outcome == "no_quorum"
            else "tie"
            if tally.why == "tie"
            else "below_threshold"
        )
    author = next(option.author for option in ballot.options if option.option_id == tally.decision)
    return next((draft for draft in drafts if draft.member == author), "no_drafts")


def _by_position(drafts: Sequence[Stand], decision: str | None) -> Stand | NoDraft:
    if not drafts:
        return "no_drafts"
    stance = STANCE_OF.get(decision) if decision else None
    if stance is None:
        return "no_decision"
    holders = [draft for draft in drafts if draft.position is not None and draft.position.stance == stance]
    if not holders:
        return "nobody_held_it"
    surest: Stand = max(holders, key=_sureness)
    return surest


def _sureness(draft: Stand) -> float:
    """Of equals ``max`` takes the first; who gave no confidence comes last."""
    confidence = draft.position.confidence if draft.position else None
    return -1.0 if confidence is None else confidence


def _changed(held: Sequence[Stance], decision: str | None) -> bool | None:
    """Whether more than half of the first opinions held something else; ``None`` when neither can be said."""
    stance = STANCE_OF.get(decision) if decision else None
    majority = next((each for each, times in Counter(held).items() if times * 2 > len(held)), None)
    return None if stance is None or majority is None else majority != stance

"""The verdict at the end of a meeting, or of a round: all that it rests on, gathered from what was recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from council.engine.nodes.fact_check import checked_claims
from council.engine.nodes.speaking import letters, name_of, spent_in
from council.engine.record import Member
from council.engine.speech import Spoken
from council.engine.turn import Turn
from council.events import Event, Score, Verdict
from council.meeting.counting import ClosedBallot, Tally
from council.meeting.evidence import weak_evidence
from council.meeting.graph import Node
from council.meeting.grounds import borne_out, sentences_with_claims
from council.meeting.ledger import Spent, Stand, best_draft, dissent, ledger, stand_of
from council.meeting.positions import Position
from council.meeting.verdict import Finding, Opinion, Ruling, find, full_members
from council.meeting.walk import node_of
from council.store import sessions

CHAIR_FAILED = "chair_failed"
"""The part of a ruling's visit that says why its chair does not rule."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A ballot that was closed, and the step at which it was."""

    key: str
    ballot_id: str
    round: int
    closed: ClosedBallot

    @property
    def tally(self) -> Tally:
        return self.closed.tally

    @property
    def of_drafts(self) -> bool:
        """Whether it chose between the members' drafts."""
        return any(option.author for option in self.closed.ballot.options)


def verdict_events(turn: Turn, ruling: Ruling | None, spoken: Spoken | None) -> tuple[Event, ...]:
    """The score where it can be read, and the verdict. Without a chair both are ``None``."""
    verdict = _verdict(turn, ruling, spoken)
    if ruling is None or ruling.parts is None or ruling.score is None:
        return (verdict,)
    node_id = turn.node.node_id
    score = Score(node_id=node_id, round=turn.round, weighted_total=ruling.score, parts=ruling.parts)
    return (score, verdict)


def _verdict(turn: Turn, ruling: Ruling | None, spoken: Spoken | None) -> Verdict:
    opinions, kept, stands = opinions_of(turn), ballot_of(turn), stands_of(turn)
    cut = spoken is not None and spoken.finish != "stop"
    finding = find(ruling, opinions, kept.tally if kept else None, chair_cut=cut)
    text = ruling.text if ruling else ""
    sentences = sentences_with_claims(text, checked_claims(turn))
    members = {opinion.member for opinion in opinions}
    return Verdict(
        node_id=turn.node.node_id,
        round=turn.round,
        outcome=finding.outcome,
        partial_reason=finding.partial_reason,
        word=finding.word,
        decision=finding.decision,
        chair_deviates=finding.deviates,
        score=ruling.score if ruling else None,
        parts=ruling.parts if ruling else None,
        text=text,
        html=turn.html(text, supported=borne_out(sentences)) if text else "",
        sentences=sentences,
        disputes=_disputes(turn, ruling) if ruling else (),
        orders=ruling.orders if ruling else (),
        absences=tuple(
            {"node_id": o.node_id, "reason": o.missing} for o in opinions if o.missing is not None
        ),
        quorum={"due": len(members), "full": len(full_members(opinions))},
        ballots=_counted(kept),
        person=None if spoken else _reviewed(turn),
        chair=_chair(turn, members, kept) if spoken else None,
        **_honest(turn, finding, kept, stands, spoken),
    )


def _disputes(turn: Turn, ruling: Ruling) -> tuple[dict[str, str], ...]:
    """With the evidence as the page shows it: lines that it names are led to."""
    return tuple(each | {"html": turn.html(each["evidence"], marked=False)} for each in ruling.disputes)


# Who rules


def fallback_of(turn: Turn) -> Member | None:
    """Who was named in advance to rule when the chair's call fails for good."""
    fallback = turn.node.properties.get("fallback_agent_id")
    return turn.record.members.get(f"{turn.node.node_id}/{fallback}") if fallback else None


def _chair(turn: Turn, members: set[str], kept: Kept | None) -> dict[str, Any] | None:
    """Who has ruled, instead of whom and why, and whether it is one of those it has heard."""
    failed = turn.recorded(CHAIR_FAILED)
    ruled = fallback_of(turn) if failed else turn.member
    if ruled is None or turn.member is None:
        return None
    voters = {vote.voter for vote in kept.closed.votes} if kept else set()
    return {
        "agent_id": ruled.agent.agent_id,
        "name": ruled.agent.name,
        "is_member": ruled.agent.agent_id in members | voters,
        "instead_of": turn.member.agent.name if failed else None,
        "reason": failed["reason"] if failed else None,
    }


def _reviewed(turn: Turn) -> dict[str, Any] | None:
    """What a person decided last, where one was asked."""
    reviews = [key for key in turn.heard if turn.record.graph.nodes[node_of(key)].type == "human_review"]
    result = turn.results.get(reviews[-1]) if reviews else None
    return result and {name: result.get(name) for name in ("action", "by", "feedback", "rejected")}


def _counted(kept: Kept | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    ballot, tally = kept.closed.ballot, kept.tally
    return {
        "node_id": node_of(kept.key),
        "ballot_id": kept.ballot_id,
        "vote_type": ballot.vote_type,
        "question": ballot.question,
        "outcome": tally.outcome,
        "decision": tally.decision,
        "count": tally.count,
    }


def _honest(
    turn: Turn, finding: Finding, kept: Kept | None, stands: list[Stand], spoken: Spoken | None
) -> dict[str, Any]:
    """What must not be hidden behind a verdict: dissent, changed minds, the best first draft, weak evidence."""
    all_stands = [*stands, *(_votes_as_stands(kept) if kept else ())]
    by_letter = {letter: agent_id for agent_id, letter in letters(turn).items()}
    against = dissent(finding.decision, kept.closed.ballot, kept.closed.votes, stands) if kept else ()
    drafts = first_drafts(stands)
    ranked = (kept.closed.ballot, kept.tally) if kept and kept.of_drafts else None
    best = best_draft(
        drafts,
        finding.decision,
        ranked=ranked,
        first=_spent_on(turn, {stand.step for stand in drafts}),
        total=_spent_in_all(turn, spoken),
    )
    return {
        "changes": tuple(change.as_dict() for change in ledger(all_stands, by_letter)),
        "dissent": tuple(each.as_dict() | _who(turn, each.member) for each in against),
        "best_draft": best.as_dict() | _whose(turn, best.draft) if stands else None,
        "weak_evidence": _weakness(turn, kept, stands),
    }


# Who was due


def opinions_of(turn: Turn) -> tuple[Opinion, ...]:
    """Each node at which a member was due before this one, and why what it said there does not count in full."""
    graph = turn.record.graph
    absent = {missing.node_id: missing.reason for missing in turn.absences}
    latest = {node_of(key): turn.results[key] for key in turn.heard if key in turn.results}
    return tuple(
        Opinion(node.node_id, absent.get(node.node_id) or flaw_of(latest.get(node.node_id)), _member(node))
        for node in graph.nodes.values()
        if is_member(node)
        and node.node_id != turn.node.node_id
        and turn.node.node_id in graph.reachable(node.node_id)
    )


def is_member(node: Node) -> bool:
    """An agent that speaks for itself: not the chair, and not one who works with tools."""
    properties = node.properties
    return node.type == "agent" and properties.get("output") != "verdict" and not properties.get("tools")


_FLAWS = {
    "length": "its answer was cut off at the token limit",
    "cut": "it was stopped before it had finished",
    "error": "its answer broke off",
}


def flaw_of(result: dict[str, Any] | None) -> str | None:
    """Why an answer is no full opinion; ``None`` when it is one."""
    return "did not speak" if result is None else _FLAWS.get(result.get("finish", "stop"))


def _member(node: Node) -> str:
    return str(node.properties["agent_id"])


# Ballots and stands


def ballot_of(turn: Turn) -> Kept | None:
    """The last ballot before this turn."""
    voted = [key for key in turn.heard if turn.record.graph.nodes[node_of(key)].type == "vote"]
    result = turn.results.get(voted[-1], {}) if voted else {}
    if "ballot_id" not in result:
        return None
    return Kept(voted[-1], result["ballot_id"], result["round"], ClosedBallot.from_dict(result))


def stands_of(turn: Turn) -> list[Stand]:
    """Where each member stood, step by step, as far as it said so."""
    nodes = turn.record.graph.nodes
    spoken = [
        key
        for key in turn.heard
        if is_member(nodes[node_of(key)]) and turn.results.get(key, {}).get("content")
    ]
    return [_stand(key, turn.results[key], nodes[node_of(key)]) for key in spoken]


def _stand(key: str, result: dict[str, Any], node: Node) -> Stand:
    kept = result.get("position")
    position = Position.from_dict(kept) if kept and flaw_of(result) is None else None
    return Stand(
        _member(node), key, result.get("round", 1), position, result.get("prose") or result["content"]
    )


def _votes_as_stands(kept: Kept) -> Iterator[Stand]:
    return (stand_of(vote, kept.key, kept.round) for vote in kept.closed.votes)


def first_drafts(stands: list[Stand]) -> list[Stand]:
    """The first words of each member."""
    first: dict[str, Stand] = {}
    for stand in stands:
        first.setdefault(stand.member, stand)
    return list(first.values())


def _weakness(turn: Turn, kept: Kept | None, stands: list[Stand]) -> tuple[str, ...]:
    last = {stand.member: stand.position.stance for stand in stands if stand.position}
    agreed = kept.tally.unanimous if kept else len(last) > 1 and len(set(last.values())) == 1
    who = [v.voter for v in kept.closed.votes if v.choice is not None] if kept else list(last)
    seats = [member for agent_id in who if (member := turn.record.member_of(agent_id))]
    models = [(seat.provider_id, seat.model) for seat in seats]
    checked = any(turn.results.get(key, {}).get("supported") for key in turn.heard)
    return weak_evidence(agreed, models, (stand.text for stand in stands), checked=checked)


# Who, and what it cost


def _who(turn: Turn, agent_id: str) -> dict[str, Any]:
    seat = turn.record.member_of(agent_id)
    return {"name": seat.agent.name if seat else agent_id, "letter": letters(turn).get(agent_id)}


def _whose(turn: Turn, draft: Stand | None) -> dict[str, Any]:
    if draft is None:
        return {}
    result = turn.results[draft.step]
    node_id = node_of(draft.step)
    text = draft.text
    named = {"node_id": node_id, "message_id": result["message_id"], "speaker": name_of(turn, node_id)}
    return named | _who(turn, draft.member) | {"text": text, "html": turn.html(text)}


def _spent_on(turn: Turn, keys: set[str]) -> Spent:
    """What these steps cost."""
    costs = [turn.results[key].get("spent") or {} for key in keys]
    usd = [cost.get("usd") for cost in costs]
    known = [amount for amount in usd if amount is not None]
    return Spent(sum(cost.get("tokens", 0) for cost in costs), sum(known) if len(known) == len(usd) else None)


def _spent_in_all(turn: Turn, spoken: Spoken | None) -> Spent:
    """What the meeting cost so far, this turn included."""
    with turn.desk.store.read() as connection:
        row = sessions.get(connection, turn.record.session_id)
    tokens = row["input_tokens"] + row["output_tokens"]
    usd = None if row["unknown_price_tokens"] else (row["cost_nano_usd"] or 0) / 10**9
    now = spent_in(spoken)
    own = now.get("usd")
    return Spent(
        tokens + now.get("tokens", 0), None if usd is None or (now and own is None) else usd + (own or 0)
    )

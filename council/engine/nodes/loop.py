"""loop: decides whether the nodes between it and the beginning of its round run once more."""

from typing import Any

from council.engine.turn import Turn
from council.events import NodeStateChange, RoundClosed
from council.meeting.counting import Tally
from council.meeting.nodes import Loop
from council.meeting.positions import Position, agreement
from council.meeting.rounds import Standing, decide_round
from council.meeting.walk import node_of, step_key


def run(turn: Turn) -> dict[str, Any]:
    properties = Loop.model_validate(turn.node.properties)
    standing = standing_of(turn)
    decision = decide_round(properties, standing)
    node_id = turn.node.node_id
    closed = RoundClosed(
        node_id=node_id,
        round=standing.round,
        decision="again" if decision.again else "out",
        reason=decision.reason,
        scores=standing.scores,
    )
    result = {
        "again": decision.again,
        "reason": decision.reason,
        "round": standing.round,
        "scores": list(standing.scores),
    }
    return turn.conclude(result, *turn.entering(), closed, *(_pending(turn) if decision.again else ()))


def _pending(turn: Turn) -> list[NodeStateChange]:
    """The nodes of the round that begins now."""
    graph = turn.record.graph
    body = graph.loop_body(turn.node.node_id) - {turn.node.node_id}
    next_round = turn.round + 1
    return [NodeStateChange(node_id=n, status="pending", round=next_round) for n in graph.nodes if n in body]


def standing_of(turn: Turn) -> Standing:
    """How things stand, by what was said since the round before."""
    before = _round_before(turn)
    fresh = fresh_keys(turn)
    said = [turn.results[key] for key in fresh]
    scores = [*before.get("scores", ()), *[r["score"] for r in said if r.get("score") is not None][-1:]]
    reviews = [result for result in said if "leave" in result]
    return Standing(
        round=before.get("round", 0) + 1,
        scores=tuple(scores),
        agreed=_agreed(turn, fresh),
        person=_wish(reviews[-1]) if reviews else None,
    )


def _agreed(turn: Turn, fresh: list[str]) -> bool:
    """Whether all who were to state a position in this round hold the same, or its last ballot was unanimous."""
    latest = {node_of(key): turn.results[key] for key in fresh}
    nodes = turn.record.graph.nodes
    body = turn.record.graph.loop_body(turn.node.node_id)
    due = [n for n in nodes if n in body and nodes[n].properties.get("output") == "ballot"]
    positions = [_position(latest.get(node_id, {})) for node_id in due]
    tallies = [
        Tally.from_dict(r["tally"]) for n, r in latest.items() if nodes[n].type == "vote" and "tally" in r
    ]
    return agreement(positions, tallies[-1] if tallies else None)


def _position(result: dict[str, Any]) -> Position | None:
    kept = result.get("position")
    return Position.from_dict(kept) if kept and result.get("finish") == "stop" else None


def fresh_keys(turn: Turn) -> list[str]:
    """The steps of this round: those after the loop's last visit, which nobody in this round has not heard of."""
    earlier = step_key(turn.node.node_id, turn.round - 1)
    heard = list(turn.heard)
    if turn.round > 1 and earlier in heard:
        heard = heard[heard.index(earlier) + 1 :]
    body = turn.record.graph.loop_body(turn.node.node_id)
    return [key for key in heard if node_of(key) in body and key in turn.results]


def _round_before(turn: Turn) -> dict[str, Any]:
    """The result of the round before, unless the loop was left since then."""
    if turn.round == 1:
        return {}
    result = turn.results.get(step_key(turn.node.node_id, turn.round - 1), {})
    return result if result.get("again") else {}


def _wish(review: dict[str, Any]) -> Any:
    if review.get("leave"):
        return "leave"
    return "again" if review.get("again") else None

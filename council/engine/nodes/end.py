"""end: closes the record; with an agent, that agent writes the report first."""

from typing import Any

from council.engine.nodes.ruling import ballot_of, verdict_events
from council.engine.nodes.speaking import ask, begin, prompt_for, result_of
from council.engine.turn import Turn
from council.events import Event
from council.meeting.nodes import End


def run(turn: Turn) -> dict[str, Any]:
    properties = End.model_validate(turn.node.properties)
    member = turn.member
    if member is None:
        return turn.conclude({}, *turn.entering(), *_verdict(turn))
    people = begin(turn, member.agent.agent_id)
    spoken = ask(turn, member, properties, prompt_for(turn, member, people, task=turn.words("report")))
    return turn.conclude(result_of(turn, spoken), *spoken.events, *_verdict(turn))


def _verdict(turn: Turn) -> tuple[Event, ...]:
    """Where members voted and no chair has ruled since, the count is the verdict."""
    nodes = turn.record.graph.nodes.values()
    ruled = any(node.properties.get("output") == "verdict" for node in nodes)
    return () if ruled or ballot_of(turn) is None else verdict_events(turn, None, None)

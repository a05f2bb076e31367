"""end: closes the record; with an agent, that agent writes the report first."""

from typing import Any

from council.engine.nodes.speaking import ask, begin, prompt_for, result_of
from council.engine.turn import Turn
from council.meeting.nodes import End
from council.meeting.prompts import REPORT_TASK


def run(turn: Turn) -> dict[str, Any]:
    properties = End.model_validate(turn.node.properties)
    member = turn.member
    if member is None:
        turn.minutes.conclude(turn.node.node_id, {}, *turn.entering())
        return {}
    people = begin(turn, member.agent.agent_id)
    spoken = ask(turn, member, properties, prompt_for(turn, member, people, task=REPORT_TASK))
    turn.minutes.conclude(turn.node.node_id, result_of(spoken), *spoken.events)
    return result_of(spoken)

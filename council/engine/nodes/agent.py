"""agent: one member gives its opinion, or the chair rules."""

from typing import Any

from council.engine.nodes.speaking import ask, begin, prompt_for, result_of
from council.engine.speech import Spoken
from council.engine.turn import Turn
from council.events import Event, Score, Verdict
from council.meeting import markdown
from council.meeting.nodes import AgentTurn
from council.meeting.prompts import OPINION_TASK, RULING_TASK
from council.meeting.verdict import Opinion, decide, read_ruling, why_partial


def run(turn: Turn) -> dict[str, Any]:
    properties = AgentTurn.model_validate(turn.node.properties)
    member = turn.member
    if member is None:
        raise AssertionError(f"nobody is seated at {turn.node.node_id}")
    rules = properties.output == "verdict"
    people = begin(turn, member.agent.agent_id)
    prompt = prompt_for(turn, member, people, task=RULING_TASK if rules else OPINION_TASK, verdict=rules)
    spoken = ask(turn, member, properties, prompt)
    events = _ruling_events(turn, spoken) if rules else spoken.events
    turn.minutes.conclude(turn.node.node_id, result_of(spoken), *events)
    return result_of(spoken)


def _ruling_events(turn: Turn, spoken: Spoken) -> tuple[Event, ...]:
    """The chair's message, the score where it can be read, and the verdict that the server makes of it.

    The message is shown without the block for machines; its ``content`` has it all.
    """
    ruling = read_ruling(spoken.content)
    opinions = _opinions(turn)
    outcome, word = decide(ruling, opinions, chair_cut=spoken.finish != "stop")
    node_id = turn.node.node_id
    html = markdown.render(ruling.text)
    message, *usage = spoken.events
    said = (message.model_copy(update={"html": html}), *usage)
    verdict = Verdict(
        node_id=node_id,
        outcome=outcome,
        partial_reason=why_partial(ruling, opinions, chair_cut=spoken.finish != "stop"),
        word=word,
        score=ruling.score,
        parts=ruling.parts,
        text=ruling.text,
        html=html,
        disputes=ruling.disputes,
        orders=ruling.orders,
        absences=tuple(
            {"node_id": o.node_id, "reason": o.missing} for o in opinions if o.missing is not None
        ),
    )
    if ruling.parts is None or ruling.score is None:
        return (*said, verdict)
    score = Score(node_id=node_id, round=1, weighted_total=ruling.score, parts=ruling.parts)
    return (*said, score, verdict)


def _opinions(turn: Turn) -> tuple[Opinion, ...]:
    """Each member whose opinion the chair was due to read, and why one does not count in full."""
    graph = turn.record.graph
    absent = {missing.node_id: missing.reason for missing in turn.absences}
    due = [
        node.node_id
        for node in graph.nodes.values()
        if _is_member(node.properties.get("output"), node.type)
        and node.node_id != turn.node.node_id
        and turn.node.node_id in graph.reachable(node.node_id)
    ]
    return tuple(Opinion(node_id, absent.get(node_id) or _flaw(turn.results.get(node_id))) for node_id in due)


def _is_member(output: str | None, node_type: str) -> bool:
    return node_type == "agent" and output in (None, "text")


def _flaw(result: dict[str, Any] | None) -> str | None:
    if result is None:
        return "did not speak"
    return "its answer was cut off at the token limit" if result["finish"] == "length" else None

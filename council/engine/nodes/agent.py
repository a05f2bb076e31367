"""agent: one member gives its opinion, states its position, or rules as the chair."""

from typing import Any

from council.engine.nodes.ruling import CHAIR_FAILED, fallback_of, verdict_events
from council.engine.nodes.speaking import ask, begin, prompt_for, result_of
from council.engine.record import Member
from council.engine.speech import Spoken
from council.engine.turn import Turn
from council.errors import ProviderError
from council.events import ErrorHappened, Event
from council.meeting.nodes import AgentTurn
from council.meeting.positions import read_stated
from council.meeting.verdict import read_ruling
from council.meeting.walk import node_of


def run(turn: Turn) -> dict[str, Any]:
    properties = AgentTurn.model_validate(turn.node.properties)
    member = turn.member
    if member is None:
        raise AssertionError(f"nobody is seated at {turn.node.node_id}")
    people = begin(turn, member.agent.agent_id)
    spoken = _answer(turn, member, properties, people)
    match properties.output:
        case "verdict":
            return _rule(turn, spoken)
        case "ballot":
            return _state(turn, spoken)
        case "text":
            return turn.conclude(result_of(turn, spoken), *spoken.events)


def _answer(turn: Turn, member: Member, properties: AgentTurn, people: tuple[str, ...]) -> Spoken:
    """The member's words; the fallback's, when a chair has one and its call has failed for good."""
    fallback = fallback_of(turn)
    task = task_of(turn, properties)
    if turn.recorded(CHAIR_FAILED) is None:
        try:
            return ask(turn, member, properties, prompt_for(turn, member, people, task=task))
        except ProviderError as problem:
            if fallback is None:
                raise
            _hand_over(turn, member, fallback, problem)
    if fallback is None:
        raise AssertionError(f"nobody is seated at {turn.node.node_id} to stand in")
    return ask(turn, fallback, properties, prompt_for(turn, fallback, people, task=task))


def _hand_over(turn: Turn, chair: Member, fallback: Member, problem: ProviderError) -> None:
    """Say that the chair has failed, once: after a crash the fallback is asked at once."""
    event = ErrorHappened(
        node_id=turn.node.node_id,
        error=f"{problem.message} {fallback.agent.name} rules instead of {chair.agent.name}.",
        code=problem.code,
        hint=problem.hint,
        can_retry=False,
    )
    turn.record_part(CHAIR_FAILED, {"reason": problem.message}, event)
    turn.start_clock_again()


def task_of(turn: Turn, properties: AgentTurn) -> str:
    """What the member is to do: the node's own task, or the one that comes with its output, and its form."""
    match properties.output:
        case "verdict":
            task, form = "ruling", turn.words("verdict_form") + _decision_form(turn)
        case "ballot":
            task, form = _first_or_later(turn), turn.words("position_form")
        case "text":
            task, form = _first_or_later(turn), ""
    return "\n\n".join(part for part in (properties.task or turn.words(task), form) if part)


def _first_or_later(turn: Turn) -> str:
    """Whoever has spoken before is to keep its answer unless it can name the error in it."""
    me = turn.node.properties["agent_id"]
    spoke = any(turn.results.get(key, {}).get("agent_id") == me for key in turn.heard)
    return "debate" if spoke and turn.node.properties.get("visibility") != "none" else "opinion"


def _decision_form(turn: Turn) -> str:
    """Where members voted, the chair says how it reads the count, so that a deviation shows."""
    votes = [key for key in turn.heard if turn.record.graph.nodes[node_of(key)].type == "vote"]
    if not votes:
        return ""
    counted = turn.results[votes[-1]]["tally"]["count"]
    yes_no = counted["vote_type"] in ("yes_no", "score_1_10")
    choices = " | ".join(["yes", "no"] if yes_no else [bar["id"] for bar in counted["bars"]])
    return "\n" + turn.words("decision_form").replace("{choices}", f"{choices} | none")


def _state(turn: Turn, spoken: Spoken) -> dict[str, Any]:
    """A member's text and its position, shown without the block for machines; its ``content`` has it all."""
    stated = read_stated(spoken.content)
    position = stated.position.as_dict() if stated.position else None
    result = result_of(turn, spoken, position=position, prose=stated.prose, position_problem=stated.problem)
    return turn.conclude(result, *shown_as(turn, spoken, stated.prose))


def _rule(turn: Turn, spoken: Spoken) -> dict[str, Any]:
    ruling = read_ruling(spoken.content)
    result = result_of(turn, spoken, score=ruling.score, prose=ruling.text)
    if turn.recorded(CHAIR_FAILED) is not None:
        result["agent_id"] = turn.node.properties["fallback_agent_id"]
    events = verdict_events(turn, ruling, spoken)
    return turn.conclude(result, *shown_as(turn, spoken, ruling.text), *events)


def shown_as(turn: Turn, spoken: Spoken, prose: str) -> tuple[Event, ...]:
    """The message's events, with these words on the page."""
    message, *others = spoken.events
    return (message.model_copy(update={"html": turn.html(prose)}), *others)

"""ask_human: a question for a fact that is missing; a default takes its place when nobody answers."""

from typing import Any

from council.engine.nodes.said import said_by_person
from council.engine.turn import Turn
from council.engine.waiting import Asked, answer_of, ask_person
from council.meeting.nodes import AskHuman
from council.meeting.review import FAIL, TIMEOUT

MAX_HEADING = 300


def run(turn: Turn) -> dict[str, Any]:
    properties = AskHuman.model_validate(turn.node.properties)
    answer = answer_of(turn) or ask_person(turn, _asked(properties))
    result = {
        "action": answer["action"],
        "by": answer["by"],
        "content": answer["content"],
        "heading": _heading(properties.question, answer),
        "round": turn.round,
    }
    return turn.conclude(result, *turn.entering(), said_by_person(turn, answer["content"]))


def _asked(properties: AskHuman) -> Asked:
    default = properties.default
    instead = {"action": FAIL} if default is None else {"action": "default", "content": default}
    return Asked(
        kind="question",
        reason=properties.question,
        otherwise=instead | {"by": TIMEOUT},
        timeout_minutes=properties.timeout_minutes,
        reminder_minutes=properties.reminder_minutes,
        actions=("answer",),
        default=default,
    )


def _heading(question: str, answer: dict[str, Any]) -> str:
    """The question is part of it: an answer alone may say nothing."""
    asked = " ".join(question.split())[:MAX_HEADING]
    if answer["by"] == TIMEOUT:
        return f"Nobody answered in time the question: {asked} – what is assumed"
    return f"A person was asked: {asked} – the answer"

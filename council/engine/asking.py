"""A question whose answer is for the server: one JSON object, read strictly, with one second chance."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from council.engine.speech import Speaker, Spoken, speak
from council.engine.turn import Turn
from council.llm.base import ChatMessage
from council.meeting.prompts import Prompt
from council.meeting.reading import Unreadable

T = TypeVar("T")
MAX_KEPT = 20_000  # Characters of an unreadable answer that are kept for people to look at.


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """What was read, or why nothing could be; ``text`` is the last answer, word for word."""

    value: T | None
    problem: str | None
    text: str


def ask_object(
    turn: Turn,
    speaker: Speaker,
    prompt: Prompt,
    schema: dict[str, Any] | None,
    read: Callable[[str], T],
    *,
    part: str,
) -> Answered[T]:
    """Ask without showing the answer; recorded as ``part`` of the visit, so that a crash asks nothing twice.

    ``read`` raises Unreadable; then the model is told why, once. Blocks. Raises a ProviderError or an Interrupted.
    """
    known = turn.recorded(part)
    if known is not None:
        return Answered(
            read(known["text"]) if known["problem"] is None else None, known["problem"], known["text"]
        )
    first = speak(turn, speaker, prompt, shown=False, schema=schema)
    try:
        return _keep(turn, part, first, read(first.content))
    except Unreadable as problem:
        turn.minutes.write(*first.events)
        return _ask_again(turn, speaker, prompt, schema, read, part, first, problem)


def _ask_again(
    turn: Turn,
    speaker: Speaker,
    prompt: Prompt,
    schema: dict[str, Any] | None,
    read: Callable[[str], T],
    part: str,
    first: Spoken,
    problem: Unreadable,
) -> Answered[T]:
    said = (ChatMessage("assistant", first.content), ChatMessage("user", _correction(turn, problem)))
    second = speak(turn, speaker, prompt, conversation=said, shown=False, schema=schema)
    try:
        return _keep(turn, part, second, read(second.content))
    except Unreadable as still:
        text = second.content[:MAX_KEPT]
        turn.record_part(part, {"text": text, "problem": str(still)}, *second.events)
        return Answered(None, str(still), text)


def _correction(turn: Turn, problem: Unreadable) -> str:
    return turn.words("correction").replace("{problem}", str(problem))


def _keep(turn: Turn, part: str, spoken: Spoken, value: T) -> Answered[T]:
    turn.record_part(part, {"text": spoken.content, "problem": None}, *spoken.events)
    return Answered(value, None, spoken.content)

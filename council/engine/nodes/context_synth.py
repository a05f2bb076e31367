"""context_synth: older rounds become a digest, which members who speak later read in their place."""

from typing import Any

from council.engine.nodes.speaking import ask, heading_of, prompt_for, readable, result_of
from council.engine.turn import Turn
from council.errors import CouncilError, CutShort, ProviderError
from council.events import ErrorHappened
from council.meeting.digest import Older, older_rounds
from council.meeting.nodes import ContextSynth
from council.meeting.prompts import Words

_SPEAKS = ("agent", "llm")


def run(turn: Turn) -> dict[str, Any]:
    properties = ContextSynth.model_validate(turn.node.properties)
    older = _older(turn, properties.max_recent_rounds)
    if older is None:
        return turn.conclude({"content": "", "covers": []}, *turn.entering())
    return _digested(turn, properties, older)


def _older(turn: Turn, keep: int) -> Older | None:
    nodes = turn.record.graph.nodes
    speakers = {n: node.properties.get("agent_id", n) for n, node in nodes.items() if node.type in _SPEAKS}
    return older_rounds(readable(turn), turn.results, speakers, keep)


def _digested(turn: Turn, properties: ContextSynth, older: Older) -> dict[str, Any]:
    """The digest, shown to everybody. Without a whole one the words stay, and the meeting goes on."""
    member = turn.member
    if member is None:
        raise AssertionError(f"no model is seated at {turn.node.node_id}")
    turn.minutes.write(*turn.entering())
    words = tuple(_words(turn, key) for key in older.keys)
    prompt = prompt_for(turn, member, (), task=turn.words("digest"), others=words)
    try:
        spoken = ask(turn, member, properties, prompt)
    except (ProviderError, CutShort) as problem:
        return turn.conclude({"content": "", "covers": []}, _no_digest(turn, problem))
    result = result_of(turn, spoken, heading=older.heading, covers=list(older.keys))
    result |= {"round": 1, "digest_of": [older.first, older.last]}  # Its heading names the rounds it is of.
    if spoken.finish == "stop":
        return turn.conclude(result, *spoken.events)
    cut = ProviderError("It was cut off.", code="digest_cut", hint="Raise the node's max_tokens.")
    return turn.conclude(result | {"content": "", "covers": []}, *spoken.events, _no_digest(turn, cut))


def _words(turn: Turn, key: str) -> Words:
    result = turn.results[key]
    return Words(heading_of(turn, key), result.get("prose") or result["content"])


def _no_digest(turn: Turn, problem: CouncilError) -> ErrorHappened:
    """Half a digest would hide what it does not get to, and so would none: nothing is left out, then."""
    return ErrorHappened(
        node_id=turn.node.node_id,
        error=f"There is no digest, so members read all words whole: {problem.message}",
        code=problem.code,
        hint=problem.hint,
        can_retry=problem.can_retry,
    )

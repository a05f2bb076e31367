"""What the nodes that ask a model share: the prompt of a member's turn, and the turn's beginning."""

import secrets
from typing import Any

from council.engine.record import Member
from council.engine.speech import Speaker, Spoken, speak
from council.engine.turn import Turn
from council.events import InputRead
from council.meeting.nodes import AgentTurn, Speaking
from council.meeting.prompts import Absent, Prompt, Words, letter, member_prompt


def begin(turn: Turn, agent_id: str | None) -> tuple[str, ...]:
    """Say that the node runs, and confirm what people said; their words."""
    said, unread = turn.unread_input()
    node_id = turn.node.node_id
    receipts = [InputRead(message_id=message_id, node_id=node_id, agent_id=agent_id) for message_id in unread]
    turn.minutes.write(*turn.entering(), *receipts)
    return said


def ask(turn: Turn, member: Member, properties: Speaking, prompt: Prompt) -> Spoken:
    """The member's answer."""
    return speak(turn, speaker_of(turn, member, properties), prompt)


def speaker_of(turn: Turn, member: Member, properties: Speaking) -> Speaker:
    """The agent's settings, with what the node says instead."""
    agent = member.agent
    retries = turn.desk.settings.retries if properties.retries is None else properties.retries
    return Speaker(
        agent_id=agent.agent_id,
        provider_id=member.provider_id,
        model=member.model,
        temperature=agent.temperature,
        top_p=agent.top_p,
        max_tokens=properties.max_tokens or agent.max_tokens,
        retries=retries,
    )


def prompt_for(
    turn: Turn, member: Member, people: tuple[str, ...], *, task: str, verdict: bool = False
) -> Prompt:
    """What the member reads at this turn."""
    return member_prompt(
        member.agent.persona,
        turn.record.matter,
        nonce=secrets.token_hex(12),
        others=words_heard(turn),
        people=people,
        absent=tuple(Absent(name_of(turn, missing.node_id), missing.reason) for missing in turn.absences),
        task=task,
        verdict=verdict,
    )


def words_heard(turn: Turn) -> tuple[Words, ...]:
    """What this turn may read of the others, under the names it may know."""
    if turn.node.properties.get("visibility") == "none":
        return ()
    spoken = [node_id for node_id in turn.heard if turn.results.get(node_id, {}).get("content")]
    return tuple(Words(name_of(turn, node_id), turn.results[node_id]["content"]) for node_id in spoken)


def name_of(turn: Turn, node_id: str) -> str:
    """How members know each other: by letter, in the graph's order; the chair by its office."""
    node = turn.record.graph.nodes[node_id]
    if node.type == "agent" and AgentTurn.model_validate(node.properties).output == "verdict":
        return "The chair"
    others = [each for each in turn.record.graph.nodes.values() if each.type in ("agent", "llm")]
    return letter([each.node_id for each in others].index(node_id)) if node in others else node.name


def result_of(spoken: Spoken) -> dict[str, Any]:
    """What later nodes, and a later run, need to know of it."""
    return {"message_id": spoken.message_id, "content": spoken.content, "finish": spoken.finish}

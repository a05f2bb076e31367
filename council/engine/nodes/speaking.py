"""What the nodes that ask a model share: the prompt of a member's turn, and the turn's beginning."""

import secrets
from typing import Any

from council.engine.record import Member
from council.engine.speech import Speaker, Spoken, speak
from council.engine.tools import Toolbox
from council.engine.turn import Turn
from council.engine.working import work
from council.events import InputRead, TokenUsage
from council.meeting.graph import Node
from council.meeting.nodes import AgentTurn, Speaking
from council.meeting.prompts import Absent, Prompt, Words, letter, member_prompt
from council.meeting.walk import node_of

CHAIR = "The chair"
_SPEAKS = ("agent", "llm")


def begin(turn: Turn, agent_id: str | None) -> tuple[str, ...]:
    """Say that the node runs, and confirm what people said; their words."""
    said, unread = turn.unread_input()
    node_id = turn.node.node_id
    receipts = [InputRead(message_id=message_id, node_id=node_id, agent_id=agent_id) for message_id in unread]
    turn.minutes.write(*turn.entering(), *receipts)
    return said


def ask(turn: Turn, member: Member, properties: Speaking, prompt: Prompt) -> Spoken:
    """The member's answer; one with tools works with them first."""
    speaker = speaker_of(turn, member, properties)
    if isinstance(properties, AgentTurn) and properties.tools:
        author = member.agent
        tools = Toolbox(turn, properties.tools, author=author.name, agent_id=author.agent_id)
        return work(turn, speaker, prompt, tools)
    return speak(turn, speaker, prompt)


def speaker_of(turn: Turn, member: Member, properties: Speaking) -> Speaker:
    """The agent's settings, with what the node says instead."""
    agent = member.agent
    retries = turn.desk.settings.retries if properties.retries is None else properties.retries
    return Speaker(
        agent_id=agent.agent_id or None,
        provider_id=member.provider_id,
        model=member.model,
        temperature=agent.temperature,
        top_p=agent.top_p,
        max_tokens=properties.max_tokens or agent.max_tokens,
        retries=retries,
    )


def prompt_for(
    turn: Turn,
    member: Member,
    people: tuple[str, ...],
    *,
    task: str,
    others: tuple[Words, ...] | None = None,
) -> Prompt:
    """What the member reads at this turn; ``others`` are the words it may read, unless others are given."""
    return member_prompt(
        member.agent.persona,
        turn.matter,
        rules=turn.words("rules"),
        group=turn.record.group_prompt,
        nonce=secrets.token_hex(12),
        others=words_heard(turn, member.agent.agent_id) if others is None else others,
        people=people,
        absent=tuple(Absent(name_of(turn, missing.node_id), missing.reason) for missing in turn.absences),
        task=task,
    )


# Who reads what


def words_heard(turn: Turn, reader: str) -> tuple[Words, ...]:
    """What this turn may read, in the order it was said, under headings that its reader may know."""
    return tuple(Words(heading_of(turn, key, reader), _words_in(turn.results[key])) for key in readable(turn))


def _words_in(result: dict[str, Any]) -> str:
    """What others read of it: a member's text without its position's block; a ruling with all that it orders."""
    words = str(result["prose"] if "position" in result else result["content"])
    return f"{words}\n\n(Note by whoever wrote this: {result['note']})" if result.get("note") else words


def readable(turn: Turn) -> tuple[str, ...]:
    """The step keys whose words this turn reads; a result that ``covers`` others stands in their place."""
    visibility = turn.node.properties.get("visibility", "all")
    if visibility == "none":
        return ()
    keys = [key for key in turn.heard if turn.results.get(key, {}).get("content")]
    covered = {each for key in turn.heard for each in turn.results.get(key, {}).get("covers", ())}
    if visibility == "round":
        latest = {node_of(key): key for key in keys}
        keys = [key for key in keys if latest[node_of(key)] == key]
    return tuple(key for key in keys if key not in covered)


def heading_of(turn: Turn, key: str, reader: str = "") -> str:
    """Over somebody's words: a letter, an office, or what it is; and the round, where there are several."""
    result, node = turn.results[key], turn.record.graph.nodes[node_of(key)]
    round_number = result.get("round", 1)
    when = f" in round {round_number}" if round_number > 1 else ""
    if "heading" in result:
        return f"{result['heading']}{when}"
    if reader and _agent_of(node) == reader and not _rules(node):
        return f"You said before{when}{_how_it_ended(result)}"
    return f"{name_of(turn, node.node_id)} said{when}{_how_it_ended(result)}"


def _how_it_ended(result: dict[str, Any]) -> str:
    """Whoever weighs these words should know that they are not all there was to say."""
    endings = {
        "cut": ", and was stopped by a person before the end",
        "length": ", and was cut off at its limit",
    }
    return endings.get(result.get("finish", ""), "")


def name_of(turn: Turn, node_id: str) -> str:
    """How members know each other: by letter, the same wherever a member sits; the chair by its office."""
    nodes = turn.record.graph.nodes
    node = nodes[node_id]
    if _rules(node):
        return CHAIR
    if node.type not in _SPEAKS:
        return node.name
    identities = dict.fromkeys(
        _identity(each) for each in nodes.values() if each.type in _SPEAKS and not _rules(each)
    )
    return letter(list(identities).index(_identity(node)))


def letters(turn: Turn) -> dict[str, str]:
    """The letter of every member by its agent id."""
    members = [n for n in turn.record.graph.nodes.values() if n.type == "agent" and not _rules(n)]
    return {agent_id: name_of(turn, node.node_id) for node in members if (agent_id := _agent_of(node))}


def _rules(node: Node) -> bool:
    return node.type == "agent" and node.properties.get("output") == "verdict"


def _identity(node: Node) -> str:
    return _agent_of(node) or f"node {node.node_id}"


def _agent_of(node: Node) -> str | None:
    return node.properties.get("agent_id")


def result_of(turn: Turn, spoken: Spoken, **more: Any) -> dict[str, Any]:
    """What later nodes, and a later run, need to know of it."""
    return {
        "message_id": spoken.message_id,
        "content": spoken.content,
        "finish": spoken.finish,
        "agent_id": _agent_of(turn.node),
        "round": turn.round,
        "spent": spent_in(spoken),
    } | more


def spent_in(spoken: Spoken | None) -> dict[str, Any]:
    """Tokens and money of one answer; empty when nothing was asked."""
    usage = next((e for e in spoken.events if isinstance(e, TokenUsage)), None) if spoken else None
    if usage is None:
        return {}
    return {"tokens": usage.input_tokens + usage.output_tokens, "usd": usage.estimated_cost_usd}

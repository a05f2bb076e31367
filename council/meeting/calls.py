"""Which calls to models one visit of a node makes: estimates and reservations are made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from council.meeting.graph import Agent, Node
from council.meeting.nodes import NODE_TYPES, AgentTurn, FactCheck, Speaking, Vote

TOOL_ROUNDS = 5  # How often a member may use its tools before it has to answer.
ROOM_TOKENS, MOST_ROOM_TOKENS = 450, 1_500  # The rules of the room, the task and the form of an answer.
MOST_FENCE_TOKENS = 160  # The heading and the markers round one text.
EVIDENCE_TOKENS, MOST_EVIDENCE_TOKENS = 1_000, 4_000  # What a fact check has found for one claim.


class Caller(Protocol):
    """An agent seated at a node, and the model that speaks for it."""

    @property
    def agent(self) -> Agent: ...
    @property
    def provider_id(self) -> str: ...
    @property
    def model(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Asking:
    """One model's calls in one visit of a node, one after another.

    ``most`` counts every call but second attempts. ``answer_tokens`` is what an answer is assumed to have, its
    thinking included; ``max_tokens`` is ``None`` where nobody has set a limit.
    """

    caller: Caller
    calls: int
    most: int
    answer_tokens: int
    max_tokens: int | None

    def answer_at_most(self, without_limit: int) -> int:
        """The longest answer; ``without_limit`` where nobody has set one."""
        return without_limit if self.max_tokens is None else self.max_tokens


def calls_of(node: Node, members: Mapping[str, Caller]) -> tuple[Asking, ...]:
    """What one visit of this node asks of models; nothing for a node that asks none."""
    properties = NODE_TYPES[node.type].model_validate(node.properties)
    if not isinstance(properties, Speaking):
        return ()
    calls, most = _how_many(properties)
    askings = []
    for caller in _callers(node, properties, members):
        limit = properties.max_tokens or caller.agent.max_tokens
        askings.append(Asking(caller, calls, most, _assumed(node, limit), limit))
    return tuple(askings)


def reads_matter(node: Node) -> bool:
    """Whether the model is given the subject and the documents at this node."""
    if node.type == "llm":
        return "documents" in str(node.properties.get("prompt"))
    return node.type != "fact_check"


def _callers(node: Node, properties: Speaking, members: Mapping[str, Caller]) -> list[Caller]:
    """Who is asked at this node: its own seat, or each voter."""
    if not isinstance(properties, Vote):
        return [members[node.node_id]] if node.node_id in members else []
    first_seats: dict[str, Caller] = {}
    for caller in members.values():
        first_seats.setdefault(caller.agent.agent_id, caller)
    return [first_seats[agent_id] for agent_id in properties.agent_ids if agent_id in first_seats]


def _how_many(properties: Speaking) -> tuple[int, int]:
    """Calls of one caller: as a rule, and at most."""
    if isinstance(properties, AgentTurn) and properties.tools:
        return 3, TOOL_ROUNDS + 1
    if isinstance(properties, FactCheck):
        return 1 + min(properties.max_claims, 5), 1 + properties.max_claims
    return 1, 1


def _assumed(node: Node, max_tokens: int | None) -> int:
    """Who may speak at length does so, and thinks at length: a quarter of what is allowed, within reason."""
    if node.type in _SHORT_ANSWERS:
        return _SHORT_ANSWERS[node.type]
    return 1_500 if max_tokens is None else max(300, min(2_000, max_tokens // 4))


_SHORT_ANSWERS = {"vote": 500, "fact_check": 500, "context_synth": 800}

"""What calls cost at worst: prompts counted conservatively, answers as long as they may be."""

from collections import Counter

from council.engine.budget import NOTHING, Amount
from council.engine.record import MeetingRecord
from council.engine.turn import Desk, Turn
from council.llm.base import Usage
from council.meeting.calls import (
    MOST_EVIDENCE_TOKENS,
    MOST_FENCE_TOKENS,
    MOST_ROOM_TOKENS,
    calls_of,
    reads_matter,
)
from council.meeting.graph import Node
from council.meeting.money import nano_of
from council.meeting.prompts import numbered
from council.meeting.tokens import most_tokens
from council.store import steps


class WorstCase:
    """Of the calls of one run. The run's thread owns it; ``of_call`` may be used by any."""

    def __init__(self, record: MeetingRecord, desk: Desk) -> None:
        self._record = record
        self._desk = desk
        self._lengths: dict[str, int] = {}  # Of texts that do not change, by step key or document.

    def of_call(self, provider_id: str, model: str, asked: int, said: int) -> Amount:
        """One call with so many tokens in and out; no money where nobody knows the price."""
        cost = self._desk.cost(provider_id, model, Usage(asked, said))
        return Amount(0 if cost.usd is None else nano_of(cost.usd), asked + said)

    def of_turn(self, turn: Turn) -> Amount:
        """All calls of a turn that are still to be made, but second attempts: those draw on what is left over, or
        reserve more."""
        whole, made = NOTHING, self._made(turn)
        for asking in calls_of(turn.node, self._record.members):
            caller = asking.caller
            said = asking.answer_at_most(self._desk.settings.answer_limit_tokens)
            asked = self._prompt(turn, caller.agent.persona)
            times = asking.most - made[caller.agent.agent_id]
            whole += self.of_call(caller.provider_id, caller.model, asked, said).times(times)
        return whole

    def _made(self, turn: Turn) -> Counter[str]:
        """How many of its calls each agent has made: a visit that was left off, or waited for a person, is resumed."""
        with self._desk.store.read() as connection:
            parts = steps.parts(connection, self._record.session_id, turn.key)
        if turn.node.type == "vote":
            return Counter(
                {agent for part in parts for way, _, agent in [part.partition("/")] if way == "vote"}
            )
        member = turn.member
        answered = sum("calls" in result or {"text", "problem"} <= result.keys() for result in parts.values())
        return Counter({member.agent.agent_id: answered} if member else {})

    def _prompt(self, turn: Turn, persona: str) -> int:
        own = most_tokens(f"{persona}{self._record.group_prompt}{turn.node.properties}")
        return MOST_ROOM_TOKENS + own + self._material(turn.node) + self._heard(turn)

    def _material(self, node: Node) -> int:
        if node.type == "fact_check":
            return MOST_EVIDENCE_TOKENS
        return self._matter() if reads_matter(node) else 0

    def _matter(self) -> int:
        matter = self._record.matter
        said = self._length("/subject", matter.subject) + self._length("/objective", matter.objective)
        return said + sum(self._document(at, *document) for at, document in enumerate(matter.documents))

    def _document(self, at: int, name: str, content: str) -> int:
        key = f"/document {at}"
        known = self._lengths.get(key)
        return self._length(key, f"{name}{numbered(content)}") if known is None else known

    def _heard(self, turn: Turn) -> int:
        if turn.node.properties.get("visibility") == "none":
            return 0
        heard = ((key, turn.results.get(key, {}).get("content")) for key in turn.heard)
        return sum(self._length(key, text) for key, text in heard if text)

    def _length(self, key: str, text: str) -> int:
        if key not in self._lengths:
            self._lengths[key] = most_tokens(text) + MOST_FENCE_TOKENS
        return self._lengths[key]

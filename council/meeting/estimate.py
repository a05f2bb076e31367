"""What a meeting will cost, reckoned before it starts: low, expected and at worst.

Pure: prices come in as a function. Nobody knows what models will say, so the lengths of answers are
assumptions, and ``worst`` takes them as long as their limits allow.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from council.events import PriceKind
from council.meeting.bill import CASES, Case, Estimate, NodeEstimate, Sum, Sums, added
from council.meeting.calls import (
    EVIDENCE_TOKENS,
    MOST_EVIDENCE_TOKENS,
    MOST_FENCE_TOKENS,
    MOST_ROOM_TOKENS,
    ROOM_TOKENS,
    Asking,
    Caller,
    calls_of,
    reads_matter,
)
from council.meeting.earshot import Earshot
from council.meeting.graph import Graph, Node
from council.meeting.money import NANO, written
from council.meeting.prompts import Matter, numbered
from council.meeting.tokens import estimate_tokens, most_tokens

HIGH_COST_NANO_USD = 3 * NANO // 10
LONG_SECONDS = 600.0
MANY_CALLS = 40
FIRST_WORD_SECONDS = 2.0
TOKENS_PER_SECOND: dict[PriceKind, float] = {"known": 60.0, "unknown": 60.0, "local": 20.0}


@dataclass(frozen=True, slots=True)
class Charge:
    """What a call costs; ``nano_usd`` is ``None`` when nobody knows."""

    nano_usd: int | None
    price: PriceKind


Pricing = Callable[[str, str, int, int], Charge]
"""The charge for provider, model, input tokens and output tokens."""


def estimate(
    graph: Graph,
    members: Mapping[str, Caller],
    matter: Matter,
    price: Pricing,
    *,
    group_prompt: str = "",
    answer_limit: int = 8_192,
) -> Estimate:
    """Reckon a meeting over a valid graph. ``answer_limit`` is the longest answer where nobody has set a limit."""
    return _Reckoning(graph, members, matter, price, group_prompt, answer_limit).whole()


# Reckoning


@dataclass(slots=True)
class _Reckoning:
    graph: Graph
    members: Mapping[str, Caller]
    matter: Matter
    price: Pricing
    group_prompt: str
    answer_limit: int
    askings: dict[str, tuple[Asking, ...]] = field(default_factory=dict)
    earshot: Earshot = field(init=False)
    matter_tokens: dict[bool, int] = field(
        default_factory=dict
    )  # Of the documents and so on: about, and at most.
    heard_tokens: dict[tuple[str, Case], int] = field(default_factory=dict)
    word_tokens: dict[tuple[str, Case], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.askings = {n: calls_of(node, self.members) for n, node in self.graph.nodes.items()}
        self.earshot = Earshot(self.graph)
        text = _text_of(self.matter)
        fences = MOST_FENCE_TOKENS * (2 + len(self.matter.documents))
        self.matter_tokens = {False: estimate_tokens(text), True: most_tokens(text) + fences}

    def whole(self) -> Estimate:
        nodes = tuple(
            self._node(self.graph.nodes[n], askings) for n, askings in self.askings.items() if askings
        )
        sums = added(node.sums for node in nodes)
        seconds = {case: self._longest_path(nodes, case) for case in CASES}
        warnings = _warnings(sums["expected"], seconds["expected"], nodes, nested=self.earshot.nested)
        return Estimate(sums, seconds, nodes, _by_agent(nodes), tuple(warnings))

    def _node(self, node: Node, askings: tuple[Asking, ...]) -> NodeEstimate:
        sums: Sums = dict.fromkeys(CASES, Sum())
        by_agent: dict[str, Sums] = {}
        seconds = dict.fromkeys(CASES, 0.0)
        prices: list[PriceKind] = []
        for asking in askings:
            of_caller: Sums = {}
            for case in CASES:
                of_caller[case], took, kind = self._caller(node, asking, case)
                seconds[case] = max(seconds[case], took)
            prices.append(kind)
            sums = {case: sums[case] + of_caller[case] for case in CASES}
            agent_id = asking.caller.agent.agent_id
            earlier = by_agent.get(agent_id, dict.fromkeys(CASES, Sum()))
            by_agent[agent_id] = {case: earlier[case] + of_caller[case] for case in CASES}
        rounds = self.earshot.visits(node.node_id)
        prompt_tokens = sums["expected"].input_tokens // sums["expected"].calls
        return NodeEstimate(node, rounds, prompt_tokens, askings, tuple(prices), sums, by_agent, seconds)

    def _caller(self, node: Node, asking: Asking, case: Case) -> tuple[Sum, float, PriceKind]:
        """One caller's calls over all visits: their sum, the seconds they take, and what is known of their price."""
        visits = 1 if case == "low" else self.earshot.visits(node.node_id)
        calls = visits * self._calls_in_a_visit(node, asking, case)
        caller = asking.caller
        asked, said = self._prompt_tokens(node, asking, case), self._answer_tokens(asking, case)
        charge = self.price(caller.provider_id, caller.model, asked, said)
        seconds = calls * (FIRST_WORD_SECONDS + said / TOKENS_PER_SECOND[charge.price])
        unknown = calls * (asked + said) if charge.nano_usd is None else 0
        total = Sum(calls, calls * asked, calls * said, calls * (charge.nano_usd or 0), unknown)
        return total, seconds, charge.price

    def _calls_in_a_visit(self, node: Node, asking: Asking, case: Case) -> int:
        """At worst, an answer for the server cannot be read the first time and is asked for again."""
        if case == "worst":
            return asking.most * (2 if node.type in ("vote", "fact_check") else 1)
        return 1 if case == "low" else asking.calls

    def _answer_tokens(self, asking: Asking, case: Case) -> int:
        limit = asking.answer_at_most(self.answer_limit)
        if case == "worst":
            return limit
        return min(limit, asking.answer_tokens // 2 if case == "low" else asking.answer_tokens)

    # Prompts

    def _prompt_tokens(self, node: Node, asking: Asking, case: Case) -> int:
        worst = case == "worst"
        count = most_tokens if worst else estimate_tokens
        own = count(f"{asking.caller.agent.persona}{self.group_prompt}{node.properties}")
        room = MOST_ROOM_TOKENS if worst else ROOM_TOKENS
        return own + room + self._material_tokens(node, worst=worst) + self._heard_tokens(node, case)

    def _material_tokens(self, node: Node, *, worst: bool) -> int:
        if node.type == "fact_check":
            return MOST_EVIDENCE_TOKENS if worst else EVIDENCE_TOKENS
        return self.matter_tokens[worst] if reads_matter(node) else 0

    def _heard_tokens(self, node: Node, case: Case) -> int:
        """What the node has heard by then: the same for all who are asked there."""
        if (node.node_id, case) not in self.heard_tokens:
            heard = self._heard(node, one_round=case == "low").items()
            self.heard_tokens[node.node_id, case] = round(sum(n * self._words(s, case) for s, n in heard))
        return self.heard_tokens[node.node_id, case]

    def _heard(self, reader: Node, *, one_round: bool) -> dict[str, float]:
        """Whose words the node reads, and how many times."""
        visibility, prompt = reader.properties.get("visibility"), str(reader.properties.get("prompt"))
        if visibility == "none":
            return {}
        if one_round:
            heard = dict.fromkeys(self.earshot.before(reader.node_id), 1.0)
        else:
            heard = self.earshot.heard_by(reader.node_id)
        if visibility == "round":
            heard = {speaker: min(times, 1.0) for speaker, times in heard.items()}
        return {s: n for s, n in heard.items() if reader.type != "llm" or s in prompt}

    def _words(self, speaker: str, case: Case) -> int:
        """How long a node's words are that later ones read, with what stands round them."""
        if (speaker, case) not in self.word_tokens:
            self.word_tokens[speaker, case] = self._said_tokens(speaker, case)
        return self.word_tokens[speaker, case]

    def _said_tokens(self, speaker: str, case: Case) -> int:
        fence = MOST_FENCE_TOKENS if case == "worst" else 0
        of_its_type = _OTHER_WORDS.get(self.graph.nodes[speaker].type)
        if of_its_type is not None:
            return fence + of_its_type
        said = [self._answer_tokens(asking, case) for asking in self.askings[speaker]]
        return fence + max(said) if said else 0

    # Time

    def _longest_path(self, nodes: tuple[NodeEstimate, ...], case: Case) -> float:
        """Branches run side by side: the meeting takes as long as its slowest way from start to end."""
        own = {node.node.node_id: node.seconds[case] for node in nodes}
        ends = dict.fromkeys(self.graph.nodes, 0.0)
        for _pass in self.graph.nodes:
            before = dict(ends)
            for node_id in self.graph.order:
                waits_for = self.earshot.right_before(node_id)
                ends[node_id] = own.get(node_id, 0.0) + max((ends[n] for n in waits_for), default=0.0)
            if ends == before:
                break
        return max(ends.values())


_OTHER_WORDS = {
    "tool": 1_000, "vote": 200, "fact_check": 500, "memory_retrieval": 600, "ask_human": 100, "human_review": 100,
}  # fmt: skip


def _text_of(matter: Matter) -> str:
    documents = (f"{name}\n{numbered(content)}" for name, content in matter.documents)
    return "\n".join((matter.subject, matter.objective, *documents))


def _by_agent(nodes: tuple[NodeEstimate, ...]) -> dict[str, Sums]:
    agents: dict[str, list[Sums]] = {}
    for node in nodes:
        for agent_id, sums in node.by_agent.items():
            agents.setdefault(agent_id, []).append(sums)
    return {agent_id: added(many) for agent_id, many in agents.items()}


# Warnings


def _warnings(
    expected: Sum, seconds: float, nodes: tuple[NodeEstimate, ...], *, nested: bool
) -> Iterator[dict[str, str]]:
    if expected.nano_usd > HIGH_COST_NANO_USD:
        yield _warning("high_cost", f"This meeting is expected to cost {written(expected.nano_usd)}.")
    if seconds > LONG_SECONDS:
        yield _warning("long_duration", f"This meeting is expected to take {seconds / 60:.0f} minutes.")
    if nested or expected.calls > MANY_CALLS:
        why = ", with a loop inside a loop" if nested else ""
        yield _warning("complex_workflow", f"About {expected.calls} calls to models{why}.")
    if unpriced := sorted({model for node in nodes for model in _unpriced(node)}):
        names = ", ".join(unpriced)
        yield _warning("unknown_price", f"Nobody knows the price of {names}; its tokens are counted apart.")


def _unpriced(node: NodeEstimate) -> Iterator[str]:
    for asking, price in zip(node.askings, node.prices, strict=True):
        if price == "unknown":
            yield asking.caller.model


def _warning(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}

"""The bill a meeting will bring, in three cases: values, their sums, and how they are written down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from council.events import PriceKind
from council.meeting.calls import Asking
from council.meeting.graph import Node
from council.meeting.money import usd_of

Case = Literal["low", "expected", "worst"]
CASES: tuple[Case, ...] = ("low", "expected", "worst")


@dataclass(frozen=True, slots=True)
class Sum:
    """Calls with their tokens and money; tokens whose price nobody knows stand apart."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    nano_usd: int = 0
    unknown_tokens: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.nano_usd + other.nano_usd,
            self.unknown_tokens + other.unknown_tokens,
        )

    def data(self) -> dict[str, Any]:
        """As it travels; ``usd`` is null when no price at all is known."""
        unknown = self.unknown_tokens > 0 and self.nano_usd == 0
        return {
            "calls": self.calls,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "usd": None if unknown else usd_of(self.nano_usd),
            "unknown_price_tokens": self.unknown_tokens,
        }


Sums = dict[Case, Sum]


@dataclass(frozen=True, slots=True)
class NodeEstimate:
    """One node that asks models, all its visits together. ``prompt_tokens`` are those of an average call."""

    node: Node
    rounds: int
    prompt_tokens: int
    askings: tuple[Asking, ...]
    prices: tuple[PriceKind, ...]
    sums: Sums
    by_agent: Mapping[str, Sums]
    seconds: dict[Case, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The whole of it."""

    sums: Sums
    seconds: dict[Case, float]
    nodes: tuple[NodeEstimate, ...]
    agents: Mapping[str, Sums]
    warnings: tuple[dict[str, str], ...] = ()

    def data(self) -> dict[str, Any]:
        """As it is stored and travels."""
        return {
            **{case: self.sums[case].data() | {"seconds": round(self.seconds[case], 1)} for case in CASES},
            "nodes": [_node_data(node) for node in self.nodes],
            "agents": [
                {"agent_id": agent_id or None} | {case: sums[case].data() for case in CASES}
                for agent_id, sums in self.agents.items()
            ],
            "warnings": list(self.warnings),
        }


def added(many: Iterable[Sums]) -> Sums:
    """Their sum, case by case."""
    total: Sums = dict.fromkeys(CASES, Sum())
    for each in many:
        total = {case: total[case] + each[case] for case in CASES}
    return total


def _node_data(node: NodeEstimate) -> dict[str, Any]:
    return {
        "node_id": node.node.node_id,
        "name": node.node.name,
        "type": node.node.type,
        "rounds": node.rounds,
        "prompt_tokens": node.prompt_tokens,
        "members": [
            {
                "agent_id": asking.caller.agent.agent_id or None,
                "provider": asking.caller.provider_id,
                "model": asking.caller.model,
                "max_tokens": asking.max_tokens,
                "price": price,
            }
            for asking, price in zip(node.askings, node.prices, strict=True)
        ],
        **{case: node.sums[case].data() | {"seconds": round(node.seconds[case], 1)} for case in CASES},
    }

"""What a draft costs, and how one that is under way ends with the server."""

import threading
from decimal import Decimal

import pytest

from council.engine.drafting import Spending
from council.errors import Unavailable
from council.llm.base import Cost, Seat, Usage
from tests.engine.conftest import MakeCouncil
from tests.support.model_server import ScriptedModelServer

SEAT = Seat("p", "m")


def spent(*costs: Cost) -> dict[str, object]:
    spending = Spending()
    for cost in costs:
        spending.add(Usage(10, 5), cost)
    return spending.as_dict(SEAT)


def test_both_attempts_are_paid_for() -> None:
    known = Cost(Decimal("0.25"), "known")
    assert spent(known, known) == {
        "provider": "p", "model": "m", "input_tokens": 20, "output_tokens": 10,
        "estimated_cost_usd": 0.5, "price": "known", "estimated": False,
    }  # fmt: skip


def test_an_unknown_price_is_never_nothing() -> None:
    """Half of a cost is no cost."""
    total = spent(Cost(Decimal("0.25"), "known"), Cost(None, "unknown"))
    assert (total["estimated_cost_usd"], total["price"]) == (None, "unknown")
    assert spent(Cost(None, "unknown"), Cost(Decimal("0.25"), "known"))["price"] == "unknown"


def test_a_draft_under_way_ends_with_the_server(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Its caller is told to try again; nobody waits for the model."""
    parts = council()
    model.hold("before_headers")
    problems: list[BaseException] = []

    def draft() -> None:
        try:
            parts.drafter.draft("Something.")
        except Unavailable as problem:
            problems.append(problem)

    thread = threading.Thread(target=draft)
    thread.start()
    model.wait_until_held(1)
    parts.drafter.close()
    thread.join(60)
    assert [type(problem) for problem in problems] == [Unavailable]
    with pytest.raises(Unavailable):
        parts.drafter.draft("Something else.")
    model.release()

"""What the tests of the engine share: a scripted model, and Councils that ask it."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from council.parts import Parts
from tests.support.meetings import SOLO, add_template, debater
from tests.support.model_server import ScriptedModelServer

MakeCouncil = Callable[..., Parts]


@pytest.fixture
def model() -> Iterator[ScriptedModelServer]:
    """A model server that plays every part of a debate, unless a test scripts it."""
    with ScriptedModelServer(debater) as server:
        yield server


@pytest.fixture
def council(make_council: MakeCouncil, model: ScriptedModelServer) -> MakeCouncil:
    """A factory of Councils that ask the scripted model; ``engine`` settings may be given as a dict."""

    def make(*, engine: dict[str, Any] | None = None, **settings: Any) -> Parts:
        # Scripted models repeat themselves; the circuit breaker has tests of its own.
        quick = {"retry_seconds": 0.0, "breaker_repeats": 0} | (engine or {})
        parts = make_council(llm_base_url=model.url, llm_model="scripted", engine=quick, **settings)
        add_template(parts, "solo", SOLO)
        return parts

    return make


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)

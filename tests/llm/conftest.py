"""What the tests of the providers share: a scripted server, a provider before it, and an ear."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from council.llm.base import Call, ChatMessage, ChatRequest, Completion
from council.llm.openai_compatible import OpenAICompatible
from tests.support.model_server import ScriptedModelServer

KEY = "sk-secret-0123456789"
WAIT_SECONDS = 20.0


@dataclass(slots=True)
class Ear:
    """Keeps the pieces of an answer as they come."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)

    def __call__(self, piece: str, is_thinking: bool) -> None:
        self.pieces.append((piece, is_thinking))

    @property
    def content(self) -> str:
        return "".join(piece for piece, is_thinking in self.pieces if not is_thinking)

    @property
    def thinking(self) -> str:
        return "".join(piece for piece, is_thinking in self.pieces if is_thinking)


@dataclass(slots=True)
class Running:
    """A call on a thread of its own, and how it ended."""

    call: Call
    thread: threading.Thread
    outcome: list[Completion | BaseException]

    def ended(self) -> Completion | BaseException:
        """Block until it has ended."""
        self.thread.join(WAIT_SECONDS)
        assert not self.thread.is_alive(), "the call did not end"
        return self.outcome[0]


@pytest.fixture
def server() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer() as scripted:
        yield scripted


@pytest.fixture
def provider(server: ScriptedModelServer) -> OpenAICompatible:
    return OpenAICompatible("scripted", server.url, KEY, local=True)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def start() -> Iterator[Callable[[Call], Running]]:
    """Runs a call on a thread of its own; what is left at the end is cancelled."""
    begun: list[Running] = []

    def start_one(
        call: Call, on_delta: Callable[[str, bool], None] = lambda piece, is_thinking: None
    ) -> Running:
        outcome: list[Completion | BaseException] = []

        def run() -> None:
            try:
                outcome.append(call.run(on_delta))
            except BaseException as problem:
                outcome.append(problem)

        running = Running(call, threading.Thread(target=run, name="running-call"), outcome)
        begun.append(running)
        running.thread.start()
        return running

    yield start_one
    for running in begun:
        running.call.cancel()
        running.thread.join(WAIT_SECONDS)


def question(text: str = "Why?", system: str = "", **settings: Any) -> ChatRequest:
    """A request with one question."""
    messages = (ChatMessage("system", system),) if system else ()
    return ChatRequest("scripted", (*messages, ChatMessage("user", text)), **settings)

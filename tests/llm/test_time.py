"""Cancelling a call, and the time it may take."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from council import clock
from council.errors import ProviderTimeout, Stopped
from council.llm import openai_compatible
from council.llm.base import Usage
from council.llm.openai_compatible import OpenAICompatible
from tests.llm.conftest import Ear, Running, question
from tests.support.model_server import ScriptedModelServer, Stall
from tests.support.waiting import wait_until

Start = Callable[..., Running]


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


class ClockHand:
    """A clock that moves when it is looked at, or when it is told to."""

    def __init__(self) -> None:
        self.now = clock.monotonic()
        self.seconds_per_look = 0.0

    def __call__(self) -> float:
        self.now += self.seconds_per_look
        return self.now


@pytest.fixture
def clock_hand(monkeypatch: pytest.MonkeyPatch) -> ClockHand:
    hand = ClockHand()
    monkeypatch.setattr(openai_compatible, "monotonic", hand)
    return hand


@pytest.mark.parametrize("where", ["before_headers", "after_headers", "mid_stream"])
def test_cancel_ends_a_call_in_every_phase(
    server: ScriptedModelServer, provider: OpenAICompatible, start: Start, where: Stall
) -> None:
    """Waiting for the headers, for the first word, for the next word: run() returns with Stopped."""
    server.hold(where)
    running = start(provider.open(question()))
    server.wait_until_held()
    running.call.cancel()
    assert isinstance(running.ended(), Stopped)


def test_cancel_ends_a_call_in_its_tls_handshake(start: Start) -> None:
    """A server that takes the connection and says nothing holds nobody until the connect time-out."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/v1"
        running = start(OpenAICompatible("silent", url, None, local=True).open(question()))
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(1), "the client's first octet"
            running.call.cancel()
            assert isinstance(running.ended(), Stopped)


def test_cancel_ends_a_body_without_a_length(start: Start) -> None:
    """Such a body ends when the connection does, so a cut looks like its end; it is Stopped all the same."""
    heard = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as old:
        url = f"http://127.0.0.1:{old.getsockname()[1]}/v1"
        call = OpenAICompatible("old", url, None, local=True).open(question())
        running = start(call, lambda piece, is_thinking: heard.set())
        connection, _ = old.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            connection.sendall(b'data: {"choices":[{"delta":{"content":"so"}}]}\n\ndata: {"cho')
            assert heard.wait(10)
            running.call.cancel()
            assert isinstance(running.ended(), Stopped)


def test_cancel_in_mid_stream_keeps_what_was_said(
    server: ScriptedModelServer, provider: OpenAICompatible, start: Start
) -> None:
    """What an unfinished call has cost at least is estimated from the words so far."""
    heard = threading.Event()
    server.reply("12345678 more", chunk_size=8)
    server.hold("mid_stream", after_chunks=1)
    running = start(provider.open(question("Why?")), lambda piece, is_thinking: heard.set())
    assert heard.wait(10)
    running.call.cancel()
    assert isinstance(running.ended(), Stopped)
    assert running.call.usage_so_far() == Usage(5, 2, estimated=True)


def test_cancel_before_run_prevents_the_call(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    call = provider.open(question())
    call.cancel()
    with pytest.raises(Stopped):
        call.run(ear)
    assert server.requests == []
    assert call.usage_so_far() == Usage(0, 0, estimated=True)


def test_cancel_from_the_listener_ends_the_call(
    server: ScriptedModelServer, provider: OpenAICompatible
) -> None:
    server.reply("word " * 2000)
    call = provider.open(question())
    with pytest.raises(Stopped):
        call.run(lambda piece, is_thinking: call.cancel())


def test_cancel_after_the_end_is_harmless(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    call = provider.open(question())
    call.run(ear)
    call.cancel()
    call.cancel()


def test_many_cancelled_calls_leave_no_descriptor_open(
    server: ScriptedModelServer, provider: OpenAICompatible, start: Start
) -> None:
    """A call keeps a descriptor of its own for cancelling; it goes with the call."""
    server.hold("before_headers")
    before = open_descriptors()
    for count in range(5):
        running = start(provider.open(question()))
        server.wait_until_held(count + 1)
        running.call.cancel()
        assert isinstance(running.ended(), Stopped)
    server.release()
    wait_until(lambda: open_descriptors() <= before, what="the end of all descriptors")


def test_silence_is_a_timeout(server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear) -> None:
    server.hold("after_headers")
    with pytest.raises(ProviderTimeout, match=r"within 0\.2 seconds") as caught:
        provider.open(question(timeout_seconds=0.2)).run(ear)
    assert not caught.value.started


def test_the_deadline_counts_for_the_whole_answer(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, clock_hand: ClockHand
) -> None:
    """Words that keep coming do not keep a call alive for ever."""
    server.reply("word " * 500, chunk_size=5)
    clock_hand.seconds_per_look = 1
    with pytest.raises(ProviderTimeout) as caught:
        provider.open(question(timeout_seconds=60)).run(ear)
    assert caught.value.started


def test_time_inside_the_listener_does_not_count(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, clock_hand: ClockHand
) -> None:
    """A pause blocks the listener; paused time counts to no time-out."""
    server.reply("one two three four", chunk_size=4)

    def hold_long(piece: str, is_thinking: bool) -> None:
        ear(piece, is_thinking)
        clock_hand.now += 1000

    completion = provider.open(question(timeout_seconds=60)).run(hold_long)
    assert completion.content == "one two three four"


def test_pings_do_not_extend_the_deadline(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, clock_hand: ClockHand
) -> None:
    server.raw(*[b": ping\n\n"] * 50)
    clock_hand.seconds_per_look = 10
    with pytest.raises(ProviderTimeout):
        provider.open(question(timeout_seconds=60)).run(ear)

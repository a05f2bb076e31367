"""One message while it is spoken: gathered into few events, not a character lost."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from council.events import TokenStream
from council.live.stream import MessageStream
from tests.live.journalling import Desk, note
from tests.support.waiting import wait_until

NEVER = 1.0  # A tick that does not come while a test looks.


class Shelf:
    """A journal that only keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[TokenStream] = []
        self.urgent: list[bool] = []
        self.open_messages: set[Any] = set()

    def open(self, message: Any) -> None:
        self.open_messages.add(message)

    def shut(self, message: Any) -> None:
        self.open_messages.discard(message)

    def piece(self, channel: str, event: TokenStream, *, fence: int, urgent: bool) -> None:
        self.events.append(event)
        self.urgent.append(urgent)

    def make_room(self) -> None: ...

    @property
    def chunks(self) -> list[tuple[int, str, bool]]:
        return [(event.offset, event.chunk, event.is_thinking) for event in self.events]


def message(journal: Any, channel: str = "session:s", gather_characters: int = 256) -> MessageStream:
    return MessageStream(
        journal, channel, fence=1, node_id="a", agent_id="alice", message_id="m",
        gather_characters=gather_characters,
    )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, gather_seconds=0.02)
    yield made
    made.close()


def test_the_first_piece_goes_out_at_once() -> None:
    """The first delta at once, then what is gathered; the first of each kind."""
    shelf = Shelf()
    stream = message(shelf)
    for text in ("Let ", "me ", "think."):
        stream.add(text, True)
    for text in ("So: ", "yes", "."):
        stream.add(text, False)
    stream.close()
    assert shelf.chunks == [(0, "Let ", True), (4, "me think.", True), (0, "So: ", False), (4, "yes.", False)]
    assert shelf.urgent == [True, False, True, False]


def test_a_full_buffer_goes_out() -> None:
    """At 256 characters an event is recorded, whatever the tick."""
    shelf = Shelf()
    stream = message(shelf)
    stream.add("first", False)
    for _ in range(100):
        stream.add("x" * 10, False)
    assert [len(event.chunk) for event in shelf.events] == [5, 260, 260, 260]
    stream.close()
    assert sum(len(event.chunk) for event in shelf.events) == 1005


def test_offsets_count_code_points() -> None:
    """``offset`` counts Unicode code points of the answer; thinking has its own count."""
    shelf = Shelf()
    stream = message(shelf, gather_characters=1)
    for text, is_thinking in (("𝄞é", False), ("思考", True), ("👍🏽", False), ("考", True), ("x", False)):
        stream.add(text, is_thinking)
    assert stream.close() == ("𝄞é👍🏽x", "思考考")
    assert [(event.offset, event.is_thinking) for event in shelf.events] == [
        (0, False), (0, True), (2, False), (2, True), (4, False),
    ]  # fmt: skip


def test_an_empty_piece_says_nothing() -> None:
    """Nothing said is no event."""
    shelf = Shelf()
    stream = message(shelf)
    stream.add("", False)
    stream.flush()
    assert stream.close() == ("", "")
    assert shelf.events == []
    assert shelf.open_messages == set()


def test_closing_twice() -> None:
    """``close`` is idempotent and says the same again."""
    shelf = Shelf()
    stream = message(shelf)
    stream.add("Hello, ", False)
    stream.add("world.", False)
    assert stream.close() == stream.close() == ("Hello, world.", "")
    assert len(shelf.events) == 2


@given(
    st.lists(st.tuples(st.text(max_size=8), st.booleans(), st.booleans()), max_size=30), st.integers(1, 20)
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_concatenated_pieces_are_the_text(said: list[tuple[str, bool, bool]], limit: int) -> None:
    """However it is cut and whenever a tick comes: the pieces of each kind are its text, offsets right."""
    shelf = Shelf()
    stream = message(shelf, gather_characters=limit)
    for text, is_thinking, tick in said:
        stream.add(text, is_thinking)
        if tick:
            stream.flush()
    whole = dict(zip((False, True), stream.close(), strict=True))
    for kind in (False, True):
        assert whole[kind] == "".join(text for text, is_thinking, _ in said if is_thinking is kind)
        so_far = ""
        for event in (event for event in shelf.events if event.is_thinking is kind):
            assert event.offset == len(so_far)
            assert event.chunk
            so_far += event.chunk
        assert so_far == whole[kind]


# With a real journal


def test_the_tick_takes_what_is_gathered(desk: Desk) -> None:
    """What a message holds is shown at the next tick, though nobody says more."""
    channel = desk.session("s")
    desk.start()
    stream = message(desk.journal, channel)
    stream.add("first ", False)
    stream.add("and then", False)
    wait_until(lambda: len(desk.log(channel)) == 2)
    assert [event["data"]["chunk"] for event in desk.log(channel)] == ["first ", "and then"]
    stream.close()


def test_a_message_ends_after_its_last_piece(desk: Desk) -> None:
    """What is recorded after ``close`` comes after all pieces."""
    channel = desk.session("s")
    desk.start()
    for _ in range(20):
        stream = message(desk.journal, channel)
        for number in range(30):
            stream.add(f"{number} ", number < 10)
        stream.close()
        desk.journal.record(channel, note("end"), fence=1).wait()
        assert desk.log(channel)[-1]["event"] == "error"


def test_many_speak_at_once(desk: Desk) -> None:
    """Messages of many speakers on one channel keep their order, each for itself."""
    channel = desk.session("s")
    desk.start()
    texts: dict[str, str] = {}

    def speak(number: int) -> None:
        stream = MessageStream(
            desk.journal, channel, fence=1, node_id="a", agent_id=None, message_id=str(number), gather_characters=16
        )  # fmt: skip
        for count in range(200):
            stream.add(f"{number}.{count} ", False)
        texts[str(number)] = stream.close()[0]

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.journal.record(channel, note("end")).wait()
    log = desk.log(channel)
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    for message_id, text in texts.items():
        pieces = [event["data"] for event in log[:-1] if event["data"]["message_id"] == message_id]
        assert "".join(piece["chunk"] for piece in pieces) == text
        offsets = [piece["offset"] for piece in pieces]
        assert offsets == sorted(set(offsets))


def test_few_events_for_many_tokens(tmp_path: Path) -> None:
    """A fast model's tokens are gathered: far fewer events than tokens."""
    desk = Desk(tmp_path, gather_seconds=NEVER)
    channel = desk.session("s")
    desk.start()
    stream = message(desk.journal, channel)
    for _ in range(1000):
        stream.add("word ", False)
    stream.close()
    desk.close()
    assert len(desk.log(channel)) <= 1 + 5000 / 256 + 5
    desk.store.close()

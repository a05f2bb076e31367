"""The journal: numbers without gaps, stored first and shown then, and nobody harmed by another's mistake."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.errors import Conflict, Fenced, IllegalTransition, NotFound, Unavailable
from council.events import ExecutionPaused, TokenStream, UserMessage
from council.live import journal as journals
from council.live.records import Decision
from council.store import leases, sessions
from council.store.engine import Store
from tests.live.journalling import Desk, MakeDesk, note
from tests.support.waiting import wait_until


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[MakeDesk]:
    made: list[Desk] = []

    def make(**how: Any) -> Desk:
        made.append(Desk(tmp_path, **how))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    made = make_desk()
    made.start()
    return made


@pytest.fixture
def hurried() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is locked says so soon, and is asked again soon."""
    monkeypatch.setattr("council.store.engine.BUSY_SECONDS", 0.02)
    monkeypatch.setattr(journals, "RETRY_SECONDS", (0.01,))


def piece(text: str, offset: int = 0, message_id: str = "m") -> TokenStream:
    return TokenStream(
        node_id="a", agent_id=None, message_id=message_id, offset=offset, chunk=text, is_thinking=False
    )


def together(count: int, work: Any) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


# Numbers


def test_numbers_start_at_one_and_have_no_gaps(desk: Desk) -> None:
    """``seq`` counts per channel, starts at 1, no gaps."""
    channels = [desk.session("s"), desk.session("t")]
    for number in range(5):
        for channel in channels:
            desk.journal.record(channel, note(str(number)), note("and")).wait()
    for channel in channels:
        assert [event["seq"] for event in desk.log(channel)] == list(range(1, 11))


def test_many_threads_and_channels(desk: Desk, hurried: None) -> None:
    """However many speak at once: gapless, each thread's words in its own order, published as stored."""
    channels = [desk.session(f"s{number}") for number in range(4)]

    def speak(number: int) -> None:
        for count in range(40):
            ticket = desk.journal.record(channels[count % 4], note(f"{number}:{count}"))
            if count % 8 == 0:
                ticket.wait()
        ticket.wait()

    together(8, speak)
    for at, channel in enumerate(channels):
        log = desk.log(channel)
        assert [event["seq"] for event in log] == list(range(1, 81))
        assert desk.published.seqs(channel) == list(range(1, 81))
        for number in range(8):
            mine = [word for word in desk.words(channel) if word.startswith(f"{number}:")]
            assert mine == [f"{number}:{count}" for count in range(at, 40, 4)]
    assert desk.published.too_early == []


def test_an_envelope_is_what_the_wire_says(desk: Desk) -> None:
    """``event, session_id, project_id, node_id, seq, timestamp, data``, in UTC with milliseconds."""
    channel = desk.session("s")
    desk.journal.record(channel, piece("Hé"), fence=1).wait()
    (event,) = desk.log(channel)
    timestamp = event.pop("timestamp")
    assert timestamp.endswith("Z")
    assert len(timestamp) == len("2026-11-21T05:00:00.123Z")
    assert event == {
        "event": "token_stream", "session_id": "s", "project_id": None, "node_id": "a", "seq": 1,
        "data": {
            "node_id": "a", "agent_id": None, "message_id": "m", "offset": 0, "chunk": "Hé", "is_thinking": False,
        },
    }  # fmt: skip


# Stored, then shown


def test_what_is_shown_is_stored(desk: Desk, hurried: None) -> None:
    """When ``publish`` is called, a reader finds the events in the store."""
    channel = desk.session("s")
    together(6, lambda number: [desk.journal.record(channel, note(str(number))).wait() for _ in range(20)])
    assert desk.published.seqs(channel) == list(range(1, 121))
    assert desk.published.too_early == []


def test_a_ticket_is_kept_after_it_is_shown(desk: Desk) -> None:
    """Whoever waits goes on when it is stored and shown."""
    channel = desk.session("s")
    desk.journal.record(channel, note("x")).wait()
    assert desk.published.seqs(channel) == [1]


def test_a_listener_that_stumbles_harms_nobody(make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stored: whoever waits hears so, and the committer goes on."""
    desk = make_desk()
    channel = desk.session("s")

    def stumble(*_: object) -> None:
        raise RuntimeError("a listener's bug")

    monkeypatch.setattr(desk.journal, "_publish", stumble)
    desk.start()
    for text in ("one", "two"):
        desk.journal.record(channel, note(text)).wait()
    assert desk.words(channel) == ["one", "two"]


# All or none, and each for itself


def test_a_failing_decision_harms_nobody(make_desk: MakeDesk) -> None:
    """In the same transaction as others it is undone alone, and its error goes to whoever waits."""
    desk = make_desk()
    channel = desk.session("s")

    def fail(connection: Connection) -> Decision:
        sessions.update(connection, "s", reason="changed")
        raise Conflict("no")

    def bug(connection: Connection) -> Decision:
        connection.execute(sa.text("SELECT nothing FROM nowhere_at_all WHERE 1/0 = :x"), {"y": 1})
        return Decision()

    before = desk.journal.record(channel, note("before"))
    failing = desk.journal.decide(channel, fail)
    between = desk.journal.decide(channel, lambda _: Decision((note("between"),), "result"))
    lost = desk.journal.record("session:nothing", note("lost"))
    buggy = desk.journal.decide(channel, bug)
    after = desk.journal.record(channel, note("after"))
    desk.start()
    before.wait()
    with pytest.raises(Conflict):
        failing.wait()
    assert between.wait() == "result"
    with pytest.raises(LookupError):
        lost.wait()
    with pytest.raises(sa.exc.SQLAlchemyError):
        buggy.wait()
    after.wait()
    assert desk.words(channel) == ["before", "between", "after"]
    assert [event["seq"] for event in desk.log(channel)] == [1, 2, 3]
    with desk.store.read() as connection:
        assert sessions.get(connection, "s")["reason"] is None


def test_all_of_a_record_or_nothing(desk: Desk) -> None:
    """Events that are recorded together are stored together; one that may not happen undoes the others."""
    channel = desk.session("s")
    paused = ExecutionPaused(reason="x")
    ticket = desk.journal.record(channel, note("a"), paused, paused, note("b"))
    with pytest.raises(IllegalTransition):
        ticket.wait()
    assert desk.log(channel) == []
    desk.journal.record(channel, note("c")).wait()
    assert [event["seq"] for event in desk.log(channel)] == [1]


def test_a_decision_sees_what_was_said_before_it(make_desk: MakeDesk) -> None:
    """A decision reads the log as it stands at its place, what comes in the same transaction included."""
    desk = make_desk()
    channel = desk.session("s")
    seen: list[int] = []

    def look(connection: Connection) -> Decision:
        query = sa.text("SELECT count(*) FROM events WHERE channel = :channel")
        seen.append(connection.scalar(query, {"channel": channel}) or 0)
        return Decision((note("decided"),))

    desk.journal.record(channel, note("one"), note("two"))
    desk.journal.decide(channel, look)
    desk.journal.record(channel, note("three"))
    last = desk.journal.decide(channel, look)
    desk.start()
    last.wait()
    assert seen == [2, 4]
    assert desk.words(channel) == ["one", "two", "decided", "three", "decided"]


def test_text_that_cannot_be_stored_harms_nobody(make_desk: MakeDesk) -> None:
    """A piece with half a surrogate pair ends its own run; what others said is stored."""
    desk = make_desk()
    good, bad = desk.session("good"), desk.session("bad")
    first = desk.journal.record(good, note("before"))
    desk.journal.piece(bad, piece("x"), fence=1, urgent=True)
    desk.journal.piece(bad, piece("\ud800", 1), fence=1, urgent=True)
    desk.journal.piece(good, piece("fine", 7), fence=1, urgent=True)
    last = desk.journal.record(good, note("after"))
    desk.start()
    first.wait()
    last.wait()
    assert [event["event"] for event in desk.log(good)] == ["error", "token_stream", "error"]
    wait_until(lambda: desk.fenced, what="word to the run")
    assert desk.fenced == [("bad", 1)]


def test_a_decision_may_make_its_channel(desk: Desk) -> None:
    """The first event of a session is recorded with its row."""
    from council.store import channels

    def create(connection: Connection) -> Decision:
        channels.create(connection, "session:new")
        return Decision((note("first"),), "made")

    assert desk.journal.decide("session:new", create).wait() == "made"
    assert desk.published.seqs("session:new") == [1]


def test_a_decision_without_events(desk: Desk) -> None:
    """Nothing to say is no event, and nothing is shown."""
    channel = desk.session("s")
    assert desk.journal.decide(channel, lambda _: Decision(result=7)).wait() == 7
    assert desk.log(channel) == []
    assert desk.published.seqs(channel) == []


# The fence


def test_a_stale_run_is_left_out_and_told(make_desk: MakeDesk) -> None:
    """A stale run's events are left out of the batch and it is told; the others commit, people's too."""
    desk = make_desk()
    channel, other = desk.session("s", fence=2), desk.session("t", fence=1)
    stale = desk.journal.record(channel, note("stale"), fence=1)
    desk.journal.piece(channel, piece("stale"), fence=1, urgent=True)
    current = desk.journal.record(channel, note("current"), fence=2)
    person = desk.journal.record(channel, UserMessage(message_id="u", content="Hello", by="me"))
    elsewhere = desk.journal.record(other, note("elsewhere"), fence=1)
    decided = desk.journal.decide(channel, lambda _: Decision((note("stale"),)), fence=1)
    desk.start()
    for ticket in (current, person, elsewhere):
        ticket.wait()
    for ticket in (stale, decided):
        with pytest.raises(Fenced):
            ticket.wait()
    assert [event["event"] for event in desk.log(channel)] == ["error", "user_message"]
    assert desk.words(other) == ["elsewhere"]
    wait_until(lambda: desk.fenced)
    assert desk.fenced == [("s", 1)]


def test_no_event_of_an_old_fence_after_the_new_one(desk: Desk, hurried: None) -> None:
    """While runs overlap and leases change hands, fences in the log never go back."""
    channel = desk.session("s", fence=0)
    done = threading.Event()

    def run(fence: int) -> None:
        while not done.is_set():
            try:
                desk.journal.record(channel, note(str(fence)), fence=fence).wait()
            except Fenced:
                if fence < 5:
                    with desk.store.read() as connection:
                        current = sessions.get(connection, "s")["fence"]
                    if current > fence:
                        return

    threads = [threading.Thread(target=run, args=(fence,)) for fence in range(1, 6)]
    for thread in threads:
        thread.start()
    for fence in range(1, 6):
        with desk.store.write() as connection:
            sessions.update(connection, "s", owner=None)
            claim = leases.claim(connection, "s", f"owner-{fence}", 60)
        assert claim is not None
        wait_until(lambda: str(fence) in desk.words(channel))  # noqa: B023
    done.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    fences = [int(word) for word in desk.words(channel)]
    assert fences == sorted(fences)
    assert set(fences) == {1, 2, 3, 4, 5}


# A database that does not take what is written


def test_a_locked_database_is_waited_out(make_desk: MakeDesk, impatient: None) -> None:
    """While somebody else holds the database readers go on; then everything is stored, in order, once."""
    desk = make_desk()
    channel = desk.session("s")
    desk.start()
    desk.journal.record(channel, note("before")).wait()
    thief = Store(str(desk.store.url))
    retried = threading.Event()
    wait_out = desk.journal._wait_out

    def note_retry(problem: Any, attempt: int) -> None:
        if attempt >= 2:
            retried.set()
        wait_out(problem, attempt)

    desk.journal._wait_out = note_retry  # type: ignore[method-assign]
    with thief.write():
        tickets = [desk.journal.record(channel, note(str(number))) for number in range(20)]
        assert retried.wait(20)
        assert desk.words(channel) == ["before"]
    thief.close()
    for ticket in tickets:
        ticket.wait()
    assert desk.words(channel) == ["before", *map(str, range(20))]
    assert desk.published.seqs(channel) == list(range(1, 22))


def test_a_decision_that_is_taken_again_has_one_effect(make_desk: MakeDesk, impatient: None) -> None:
    """A transaction that fails is run again as a whole; what it decided counts once."""
    desk = make_desk()
    channel = desk.session("s")
    runs: list[int] = []
    thief = Store(str(desk.store.url))

    def decide(connection: Connection) -> Decision:
        runs.append(1)
        if len(runs) < 3:
            raise sa.exc.OperationalError("INSERT", {}, Exception("disk is full"))
        return Decision((note("done"),), len(runs))

    desk.start()
    assert desk.journal.decide(channel, decide).wait() == 3
    assert desk.words(channel) == ["done"]
    thief.close()


def test_close_gives_up_in_the_end(
    make_desk: MakeDesk, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that takes nothing is waited for a few seconds at the close; then whoever waits is told."""
    monkeypatch.setattr(journals, "CLOSE_SECONDS", 0.1)
    desk = make_desk()
    channel = desk.session("s")
    desk.start()
    thief = Store(str(desk.store.url))
    with thief.write():
        ticket = desk.journal.record(channel, note("lost"))
        desk.journal.close()
        with pytest.raises(Unavailable):
            ticket.wait()
    thief.close()


# Closing


def test_close_stores_what_is_pending(make_desk: MakeDesk) -> None:
    """What was said before the close is stored; what comes after is refused, and nobody waits for ever."""
    desk = make_desk()
    channel = desk.session("s")
    tickets = [desk.journal.record(channel, note(str(number))) for number in range(100)]
    desk.start()
    desk.journal.close()
    desk.journal.close()
    for ticket in tickets:
        ticket.wait()
    assert desk.words(channel) == [str(number) for number in range(100)]
    with pytest.raises(Unavailable):
        desk.journal.record(channel, note("late")).wait()


def test_a_close_that_meets_a_record(tmp_path: Path, hurried: None) -> None:
    """Whatever comes while the journal closes is stored or refused: no ticket is forgotten."""
    for number in range(40):
        folder = tmp_path / str(number % 5)
        folder.mkdir(exist_ok=True)
        desk = Desk(folder)
        channel = desk.session(f"s{number}")
        desk.start()
        outcomes: list[str] = []

        def speak(desk: Desk = desk, channel: str = channel, outcomes: list[str] = outcomes) -> None:
            while True:
                try:
                    desk.journal.record(channel, note("x")).wait()
                    outcomes.append("stored")
                except Unavailable:
                    return

        threads = [threading.Thread(target=speak, daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        wait_until(lambda: outcomes)  # noqa: B023
        desk.journal.close()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive(), "somebody waits for a ticket that nobody keeps"
        assert len(desk.words(channel)) == len(outcomes)
        desk.close()


def test_a_journal_that_never_began(make_desk: MakeDesk) -> None:
    """Closed before it was started, it refuses, too."""
    desk = make_desk()
    channel = desk.session("s")
    desk.journal.close()
    with pytest.raises(Unavailable):
        desk.journal.record(channel, note("late")).wait()


def test_speakers_wait_when_the_database_is_far_behind(
    make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``make_room`` blocks while too much is pending, and lets go when it is committed."""
    monkeypatch.setattr(journals, "MAX_PENDING", 3)
    desk = make_desk()
    channel = desk.session("s")
    for number in range(4):
        desk.journal.record(channel, note(str(number)))
    passed = threading.Event()

    def ask() -> None:
        desk.journal.make_room()
        passed.set()

    thread = threading.Thread(target=ask)
    thread.start()
    assert not passed.wait(0.05)
    desk.start()
    assert passed.wait(10)
    thread.join()


def test_a_session_that_was_forgotten(desk: Desk) -> None:
    """A decision about a session that is gone is refused by name."""

    def look(connection: Connection) -> Decision:
        sessions.get(connection, "gone")
        return Decision()

    with pytest.raises(NotFound):
        desk.journal.decide("session:gone", look).wait()

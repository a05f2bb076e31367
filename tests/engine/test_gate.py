"""The barrier between steps: open, held, ended; and every order in which threads may come to it."""

import itertools
import sys
import threading
from collections.abc import Iterator

import pytest

from council.engine.gate import Gate
from council.errors import Fenced, GaveWay, Interrupted, ShuttingDown, Stopped
from tests.support.waiting import wait_until

TIMES = 100


@pytest.fixture(autouse=True)
def hurry() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


class Walker(threading.Thread):
    """Goes through a gate again and again until it is told why not."""

    def __init__(self, gate: Gate, *, streaming: bool = False) -> None:
        super().__init__(daemon=True)
        self.gate = gate
        self.pass_through = gate.flow if streaming else gate.checkpoint
        self.passed = 0
        self.why: Interrupted | None = None

    def run(self) -> None:
        try:
            while True:
                self.pass_through()
                self.passed += 1
        except Interrupted as why:
            self.why = why


def walkers(gate: Gate) -> list[Walker]:
    made = [Walker(gate, streaming=number % 2 == 0) for number in range(4)]
    for walker in made:
        walker.start()
    return made


def join(threads: list[Walker] | list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "a thread did not end"


def test_an_open_gate_holds_nobody() -> None:
    gate = Gate(hold_seconds=0)
    gate.checkpoint()
    gate.flow()
    gate.wait(0)
    assert gate.flowing
    assert gate.ended is None
    assert gate.held_seconds() == 0


def test_a_pause_holds_steps_and_speech() -> None:
    """Held, nobody passes; opened, everybody does."""
    gate = Gate(hold_seconds=60)
    gate.pause()
    assert not gate.flowing
    threads = walkers(gate)
    assert [walker.passed for walker in threads] == [0] * 4
    gate.resume()
    wait_until(lambda: all(walker.passed for walker in threads))
    gate.end(Stopped("stop"))
    join(threads)


def test_after_turn_holds_steps_only() -> None:
    """With ``after_turn`` speakers go on; steps wait."""
    gate = Gate(hold_seconds=60)
    gate.pause("after_turn")
    assert gate.flowing
    threads = walkers(gate)
    speaking = [walker for number, walker in enumerate(threads) if number % 2 == 0]
    wait_until(lambda: all(walker.passed > 10 for walker in speaking))
    assert sum(walker.passed for walker in threads if walker not in speaking) == 0
    gate.end(Stopped("stop"))
    join(threads)


def test_a_long_pause_gives_way() -> None:
    """Whoever waits longer than ``hold_seconds`` leaves off with GaveWay."""
    gate = Gate(hold_seconds=0.01)
    gate.pause()
    for wait in (gate.checkpoint, gate.flow):
        with pytest.raises(GaveWay):
            wait()


def test_giving_way_ends_what_waits_elsewhere() -> None:
    """A speaker in a silent call is not at the gate: when the pause is long, the gate ends its call."""
    gate = Gate(hold_seconds=0)
    cancelled = threading.Event()
    with gate.cancelling(cancelled.set):
        gate.give_way_when_due()
        assert not cancelled.is_set()
        gate.pause("after_turn")
        gate.give_way_when_due()
        assert not cancelled.is_set()
        gate.resume()
        gate.pause()
        gate.give_way_when_due()
        assert cancelled.is_set()
    assert isinstance(gate.ended, GaveWay)


def test_the_first_reason_stays() -> None:
    """Ending is for ever, and its first reason the reason; each thread gets an exception of its own."""
    gate = Gate(hold_seconds=60)
    gate.end(ShuttingDown("first"))
    gate.end(Stopped("second"))
    gate.pause()
    gate.resume()
    errors = []
    for wait in (gate.checkpoint, gate.flow, gate.flow, lambda: gate.wait(60)):
        with pytest.raises(ShuttingDown, match="first") as why:
            wait()
        errors.append(why.value)
    assert len({id(error) for error in errors}) == 4


def test_an_end_cancels_calls_once_and_late_comers_too() -> None:
    """``end`` cancels every call in flight; a call that begins afterwards is cancelled at once."""
    gate = Gate(hold_seconds=60)
    calls: list[str] = []
    with gate.cancelling(lambda: calls.append("in flight")):
        pass
    with gate.cancelling(lambda: calls.append("now")):
        gate.end(Stopped("stop"))
        gate.end(Stopped("again"))
    with gate.cancelling(lambda: calls.append("late")):
        pass
    assert calls == ["now", "late"]


def test_held_time_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """All holds together, the present one included."""
    now = [100.0]
    monkeypatch.setattr("council.clock.monotonic", lambda: now[0])
    gate = Gate(hold_seconds=60)
    gate.pause()
    now[0] += 5
    gate.pause("after_turn")
    now[0] += 5
    assert gate.held_seconds() == 10
    gate.resume()
    gate.resume()
    now[0] += 7
    assert gate.held_seconds() == 10
    gate.pause()
    now[0] += 2
    assert gate.held_seconds() == 12


def test_a_gate_follows_the_row() -> None:
    """What another process decided arrives over the row; what was decided here meanwhile is newer."""
    gate = Gate(hold_seconds=60)
    gate.follow("paused", stop_requested=False, changes=gate.changes)
    assert not gate.flowing
    gate.follow("running", stop_requested=False, changes=gate.changes)
    assert gate.flowing
    seen = gate.changes
    gate.pause()
    gate.follow("running", stop_requested=False, changes=seen)
    assert not gate.flowing
    gate.follow("running", stop_requested=True, changes=seen)
    assert isinstance(gate.ended, Stopped)


# Races, a hundred times each


def test_a_stop_that_races_pause_and_resume_is_never_lost() -> None:
    """Whatever comes in whatever order: after an end every thread leaves, and each hears why."""
    for _ in range(TIMES):
        gate = Gate(hold_seconds=60)
        threads = walkers(gate)
        barrier = threading.Barrier(4)

        def pester(gate: Gate = gate, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            for action in itertools.islice(itertools.cycle((gate.pause, gate.resume)), 9):
                action()

        def stop(gate: Gate = gate, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            gate.end(Stopped("stop"))

        people = [threading.Thread(target=pester) for _ in range(3)] + [threading.Thread(target=stop)]
        for person in people:
            person.start()
        join(people)
        join(threads)
        assert all(isinstance(walker.why, Stopped) for walker in threads)


def test_a_resume_is_never_lost() -> None:
    """After as many pauses as you like, a last resume opens the gate for all who wait."""
    for _ in range(TIMES):
        gate = Gate(hold_seconds=60)
        threads = walkers(gate)
        for _ in range(5):
            gate.pause()
            gate.resume()
        before = [walker.passed for walker in threads]
        wait_until(
            lambda: all(w.passed > count for w, count in zip(threads, before, strict=True))  # noqa: B023
        )
        gate.end(Fenced("end"))
        join(threads)


def test_every_call_is_cancelled_however_an_end_meets_it() -> None:
    """A call that begins while the meeting ends is cancelled by the one or by the other."""
    for _ in range(TIMES):
        gate = Gate(hold_seconds=60)
        barrier = threading.Barrier(4)
        unheard: list[int] = []

        def call(number: int, gate: Gate = gate, barrier: threading.Barrier = barrier) -> None:
            cancelled = threading.Event()
            barrier.wait()
            with gate.cancelling(cancelled.set):
                if not cancelled.wait(20):
                    unheard.append(number)  # noqa: B023

        callers = [threading.Thread(target=call, args=(number,)) for number in range(3)]
        for caller in callers:
            caller.start()
        barrier.wait()
        gate.end(Stopped("stop"))
        join(callers)
        assert unheard == []


def test_everybody_gives_way_or_passes() -> None:
    """A resume that meets the end of a long hold loses nobody: each passes or gives way."""
    for _ in range(TIMES):
        gate = Gate(hold_seconds=0.001)
        gate.pause()
        threads = walkers(gate)
        gate.resume()
        gate.end(Stopped("stop"))
        join(threads)
        assert all(isinstance(walker.why, Stopped | GaveWay) for walker in threads)


# One speaker


def test_one_speaker_is_stopped_alone() -> None:
    """Who speaks at a node can be stopped there, as long as it speaks; nobody else hears of it."""
    gate = Gate(hold_seconds=60)
    stopped: list[str] = []
    with gate.speaking("a", lambda: stopped.append("a")), gate.speaking("b", lambda: stopped.append("b")):
        assert gate.speaks("a")
        assert not gate.speaks("c")
        gate.cut("a")
        gate.cut("c")
        assert stopped == ["a"]
    assert not gate.speaks("a")
    gate.cut("b")
    assert stopped == ["a"]
    assert gate.ended is None

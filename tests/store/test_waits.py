"""What meetings wait for: opened once, answered once, in time or by the clock, and not while they are paused."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from council import events
from council.events import Event
from council.store import leases, projections, sessions, steps, waits
from council.store.archive import Archive
from council.store.engine import Store
from council.store.waits import Due
from tests.support.rows import add_session

AT = "2026-11-21T05:00:00.000Z"


@pytest.fixture(autouse=True)
def session(store: Store) -> None:
    add_session(store, "s", status="running", started_at=AT, node_statuses={"a": "suspended", "b": "pending"})


def wait(node_id: str = "a", **values: Any) -> dict[str, Any]:
    row = {
        "session_id": "s",
        "node_id": node_id,
        "step_key": f"{node_id}/person",
        "review_id": f"review of {node_id}",
        "kind": "review",
        "request": {},
        "opened_at": AT,
        "remind_at": "2026-11-21T05:25:00.000Z",
        "expires_at": "2026-11-21T05:30:00.000Z",
    }
    return row | values


def open_wait(store: Store, node_id: str = "a", **values: Any) -> bool:
    with store.write() as connection:
        return waits.open_once(connection, wait(node_id, **values))


def row_of(store: Store, node_id: str = "a") -> dict[str, Any] | None:
    with store.read() as connection:
        return waits.get(connection, "s", node_id)


def due_at(store: Store, now: str) -> list[Due]:
    with store.read() as connection:
        return waits.due(connection, now)


def apply(store: Store, *happened: Event, at: str = AT) -> None:
    with store.write() as connection:
        for event in happened:
            projections.apply(connection, projections.Numbered("s", 1, at, event))


def session_row(store: Store) -> dict[str, Any]:
    with store.read() as connection:
        return sessions.get(connection, "s")


def required(node_id: str = "a", **fields: Any) -> events.HumanInteractionRequired:
    asked: dict[str, Any] = {
        "node_id": node_id,
        "review_id": f"review of {node_id}",
        "kind": "review",
        "reason": "Please review this.",
        "timeout": 30,
        "expires_at": "2026-11-21T05:30:00.000Z",
        "draft": None,
        "actions": ("approve",),
        "allow_skip": False,
    }
    return events.HumanInteractionRequired(**asked | fields)


def resumed(node_id: str = "a") -> events.NodeResumed:
    return events.NodeResumed(
        node_id=node_id, review_id=f"review of {node_id}", action="approve", by="person"
    )


def changed(node_id: str, status: Any) -> events.NodeStateChange:
    return events.NodeStateChange(node_id=node_id, status=status)


# Opening and answering


def test_the_same_question_is_opened_once(store: Store) -> None:
    """Walked again after a crash, the node finds its wait; a later visit of the node begins another."""
    assert open_wait(store) is True
    assert open_wait(store, review_id="another") is False
    found = row_of(store)
    assert found is not None
    assert found["review_id"] == "review of a"
    assert open_wait(store, step_key="a#2/person", review_id="another") is True
    found = row_of(store)
    assert found is not None
    assert found["review_id"] == "another"


def test_an_answer_is_a_step(store: Store) -> None:
    """The wait is over, the answer recorded where the node looks for it, and the meeting has something to do."""
    open_wait(store)
    with store.write() as connection:
        sessions.update(connection, "s", parked=True)
        waits.answer(connection, wait(), {"action": "approve"})
        assert steps.find(connection, "s", "a/person") == {"action": "approve"}
    assert row_of(store) is None
    assert session_row(store)["parked"] is False


def test_who_is_still_waited_for(store: Store) -> None:
    """The nodes with an open wait, of this meeting alone."""
    add_session(store, "other", status="running")
    open_wait(store)
    open_wait(store, "b")
    open_wait(store, "c", session_id="other")
    with store.write() as connection:
        waits.close(connection, "s", "b")
        assert waits.waiting_nodes(connection, "s") == {"a"}


@pytest.mark.parametrize("end", [events.ExecutionCancelled(), events.ExecutionFailed(reason="x")])
def test_nobody_is_waited_for_after_the_end(store: Store, end: Event) -> None:
    """However a meeting ends, its waits are closed."""
    open_wait(store)
    apply(store, required())
    apply(store, end)
    assert row_of(store) is None
    assert session_row(store)["waiting_for"] is None


def test_a_node_that_is_over_waits_for_nobody(store: Store) -> None:
    """A wait does not outlive its node."""
    open_wait(store)
    apply(store, required(), changed("a", "failed"))
    assert (row_of(store), session_row(store)["waiting_for"]) == (None, None)


# What the session says


def test_waiting_for_is_truthful(store: Store) -> None:
    """Each open question with its node, until it is answered; null when nobody is waited for."""
    apply(store, required("a"), required("b", kind="question"))
    found = session_row(store)["waiting_for"]
    assert [(w["node_id"], w["kind"], w["since"]) for w in found] == [
        ("a", "review", AT),
        ("b", "question", AT),
    ]
    assert found[0]["expires_at"] == "2026-11-21T05:30:00.000Z"
    apply(store, resumed("a"))
    assert [w["node_id"] for w in session_row(store)["waiting_for"]] == ["b"]
    apply(store, resumed("b"))
    assert session_row(store)["waiting_for"] is None


def test_time_in_which_only_a_person_is_missing(store: Store) -> None:
    """It counts from when nobody else works to when somebody does again, and is no time of the meeting's."""
    archive = Archive(store)
    apply(store, changed("a", "running"), changed("b", "running"))
    apply(store, required(), changed("a", "suspended"), at="2026-11-21T05:00:10.000Z")
    assert session_row(store)["waiting_since"] is None
    apply(store, changed("b", "completed"), at="2026-11-21T05:00:20.000Z")
    assert session_row(store)["waiting_since"] == "2026-11-21T05:00:20.000Z"
    assert archive.snapshot("s")["totals"]["elapsed_seconds"] == 20
    apply(store, resumed(), at="2026-11-21T06:00:20.000Z")
    assert (session_row(store)["waiting_since"], session_row(store)["waited_seconds"]) == (None, 3600)
    apply(store, changed("a", "running"), changed("a", "completed"), at="2026-11-21T06:00:30.000Z")
    apply(store, events.ExecutionCompleted(), at="2026-11-21T06:00:30.000Z")
    assert archive.snapshot("s")["totals"]["elapsed_seconds"] == 30


def test_a_pause_while_waiting_counts_once(store: Store) -> None:
    """Time that is both paused and waited is taken off once."""
    apply(store, required())
    apply(store, events.ExecutionPaused(reason="user"), at="2026-11-21T05:01:00.000Z")
    apply(store, events.ExecutionResumed(), at="2026-11-21T05:03:00.000Z")
    apply(store, resumed(), at="2026-11-21T05:04:00.000Z")
    row = session_row(store)
    assert (row["waited_seconds"], row["paused_seconds"]) == (120, 120)
    apply(store, events.ExecutionCompleted(), at="2026-11-21T05:04:05.000Z")
    assert Archive(store).snapshot("s")["totals"]["elapsed_seconds"] == 5


# Time


def test_what_is_due(store: Store) -> None:
    """A reminder, then the end; nobody is reminded of what is over, and nothing is due before its time."""
    open_wait(store)
    assert due_at(store, "2026-11-21T05:24:59.999Z") == []
    assert due_at(store, "2026-11-21T05:25:00.000Z") == [Due("s", "a", "review of a", "reminder")]
    with store.write() as connection:
        waits.reminded(connection, "s", "a")
    assert due_at(store, "2026-11-21T05:29:59.999Z") == []
    assert due_at(store, "2026-11-21T05:30:00.000Z") == [Due("s", "a", "review of a", "expiry")]
    with store.write() as connection:
        connection.execute(sa.text("UPDATE waits SET remind_at = '2026-11-21T05:25:00.000Z'"))
    assert due_at(store, "2026-11-22T05:30:00.000Z") == [Due("s", "a", "review of a", "expiry")]


@pytest.mark.parametrize("status", ["paused", "cancelled"])
def test_nothing_is_due_unless_the_meeting_runs(store: Store, status: str) -> None:
    """A paused meeting's clocks stand still."""
    open_wait(store)
    with store.write() as connection:
        sessions.update(connection, "s", status=status)
    assert due_at(store, "2027-01-01T00:00:00.000Z") == []


def test_for_ever_is_never_due(store: Store) -> None:
    """0 minutes: no reminder and no end."""
    times: dict[str, Any] = dict(waits.times(datetime.now(UTC), 0, 5))
    assert (times["remind_at"], times["expires_at"]) == (None, None)
    open_wait(store, **times)
    assert due_at(store, "9999-01-01T00:00:00.000Z") == []


@given(timeout=st.floats(0.001, 100_000), reminder=st.floats(0, 100_000))
def test_a_reminder_comes_in_between(timeout: float, reminder: float) -> None:
    """After the beginning and before the end, or not at all."""
    times = waits.times(datetime(2026, 11, 21, 5, tzinfo=UTC), timeout, reminder)
    assert times["opened_at"] == AT
    assert times["expires_at"] is not None
    assert times["expires_at"] > AT
    if times["remind_at"] is None:
        assert reminder == 0 or reminder >= timeout
    else:
        assert AT <= times["remind_at"] <= times["expires_at"]


def test_a_pause_moves_all_times(store: Store) -> None:
    """Reminder, end, and what the session says of them move by as long as the pause was."""
    open_wait(store)
    open_wait(store, "b", remind_at=None, expires_at=None)
    apply(store, required(), required("b", expires_at=None))
    apply(store, events.ExecutionPaused(reason="user"), at="2026-11-21T05:10:00.000Z")
    apply(store, events.ExecutionResumed(), at="2026-11-22T05:10:00.250Z")
    found, forever = row_of(store), row_of(store, "b")
    assert found is not None
    assert forever is not None
    assert found["remind_at"] == "2026-11-22T05:25:00.250Z"
    assert found["expires_at"] == "2026-11-22T05:30:00.250Z"
    assert (forever["remind_at"], forever["expires_at"]) == (None, None)
    assert [w["expires_at"] for w in session_row(store)["waiting_for"]] == [found["expires_at"], None]


# Who takes it up


def test_a_parked_meeting_is_no_orphan(store: Store) -> None:
    """Given back because only people are missing, it is left alone until one has answered."""
    open_wait(store)
    with store.write() as connection:
        claim = leases.claim(connection, "s", "one", 6.0)
        assert claim is not None
        leases.park(connection, "s", "one", claim.fence)
        assert leases.orphans(connection) == []
        waits.answer(connection, wait(), {"action": "approve"})
        assert leases.orphans(connection) == ["s"]


def test_a_parked_meeting_can_be_claimed(store: Store) -> None:
    """Whoever takes it up all the same owns it like any other, and its crash makes it an orphan."""
    with store.write() as connection:
        first = leases.claim(connection, "s", "one", 6.0)
        assert first is not None
        leases.park(connection, "s", "one", first.fence)
        assert leases.claim(connection, "s", "two", -1.0) is not None  # Its lease is over at once.
        assert leases.orphans(connection) == ["s"]


def test_only_the_owner_parks(store: Store) -> None:
    """A run that was fenced off changes nothing."""
    with store.write() as connection:
        claim = leases.claim(connection, "s", "one", 6.0)
        assert claim is not None
        leases.park(connection, "s", "one", claim.fence - 1)
        leases.park(connection, "s", "two", claim.fence)
    row = session_row(store)
    assert (row["owner"], row["parked"]) == ("one", False)


def test_a_parked_meeting_that_is_stopped_is_taken_up(store: Store) -> None:
    """Whoever takes it up ends it."""
    with store.write() as connection:
        sessions.update(connection, "s", parked=True, stop_requested=True)
        assert leases.orphans(connection) == ["s"]

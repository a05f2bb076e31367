"""What an event changes in the rows; and what is read of them."""

from typing import Any

import pytest
import sqlalchemy as sa

from council import events
from council.errors import Conflict, IllegalTransition, Invalid, NotFound
from council.events import Event
from council.live.records import Record
from council.live.transaction import Transaction
from council.store import channels, messages, projections, receipts, sessions, steps
from council.store.archive import Archive
from council.store.engine import Store
from tests.support.rows import add_session


@pytest.fixture(autouse=True)
def session(store: Store) -> str:
    return add_session(store, "s")


@pytest.fixture
def archive(store: Store) -> Archive:
    return Archive(store)


def apply(store: Store, *happened: Event, at: str = "2026-11-21T05:00:01.000Z", first_seq: int = 1) -> None:
    with store.write() as connection:
        for seq, event in enumerate(happened, start=first_seq):
            projections.apply(connection, projections.Numbered("s", seq, at, event))


def piece(chunk: str, offset: int = 0, message_id: str = "m") -> events.TokenStream:
    return events.TokenStream(
        node_id="a", agent_id="alice", message_id=message_id, offset=offset, chunk=chunk, is_thinking=False
    )


def whole(content: str, finish: Any = "stop", message_id: str = "m") -> events.MessageCompleted:
    return events.MessageCompleted(
        message_id=message_id, node_id="a", agent_id="alice", role="agent", content=content, thinking="", html="",
        finish=finish,
    )  # fmt: skip


def message_rows(store: Store) -> list[dict[str, Any]]:
    with store.read() as connection:
        return messages.listed(connection, "s")


# Messages


def test_a_message_begins_with_its_first_piece(store: Store) -> None:
    """Its ``seq`` is the number of its first event; its name is the member's."""
    apply(store, piece("Hel"), piece("lo", 3), first_seq=5)
    (row,) = message_rows(store)
    assert (row["seq"], row["status"], row["agent_name"], row["role"]) == (5, "streaming", "Alice", "agent")


@pytest.mark.parametrize(
    ("finish", "status"),
    [("stop", "completed"), ("length", "completed"), ("cut", "cut"), ("error", "failed")],
)
def test_how_a_message_ends(store: Store, finish: str, status: str) -> None:
    """streaming, completed, cut, failed: the words of the wire."""
    apply(store, piece("Hello"), whole("Hello", finish))
    (row,) = message_rows(store)
    assert (row["status"], row["finish"], row["content"], row["seq"]) == (status, finish, "Hello", 1)


def test_a_message_that_comes_whole(store: Store) -> None:
    """A message without pieces has the number of its completion."""
    apply(store, whole("Hello"), first_seq=9)
    (row,) = message_rows(store)
    assert (row["seq"], row["status"]) == (9, "completed")


def test_a_message_belongs_to_its_round(store: Store, archive: Archive, session: str) -> None:
    """A finished one to the round it says; one that is still being said to the round its node is in."""
    running = events.NodeStateChange(node_id="a", status="running", round=2)
    ended = whole("Hello", message_id="m1").model_copy(update={"round": 3})
    with store.write() as connection:
        Transaction(connection).write(
            [Record(session, None, (running, ended, piece("Hel", message_id="m2")))]
        )
    found = archive.snapshot("s")["messages"]
    assert [(message["message_id"], message["round"]) for message in found] == [("m1", 3), ("m2", 2)]


def test_a_discarded_message_stays_in_the_record(store: Store) -> None:
    """It is marked, not deleted."""
    apply(store, piece("Hel"), events.MessageDiscarded(message_id="m", node_id="a", reason="restart"))
    assert [row["status"] for row in message_rows(store)] == ["discarded"]


# Money


def usage(cost: float | None, price: Any) -> events.TokenUsage:
    return events.TokenUsage(
        node_id="a", agent_id="alice", input_tokens=100, output_tokens=10, estimated_cost_usd=cost, price=price,
        estimated=False,
    )  # fmt: skip


def test_unknown_is_unknown_and_never_zero(store: Store, archive: Archive) -> None:
    """Spent and unknown are two numbers; the cost is null until a price was known."""
    apply(store, usage(None, "unknown"))
    totals = archive.snapshot("s")["totals"]
    assert (totals["cost_usd"], totals["unknown_price_tokens"], totals["input_tokens"]) == (None, 110, 100)
    apply(store, usage(0.1, "known"), usage(0.2, "known"))
    totals = archive.snapshot("s")["totals"]
    assert (totals["cost_usd"], totals["unknown_price_tokens"], totals["input_tokens"]) == (0.3, 110, 300)


# The session


def test_sums_of_money_are_exact(store: Store) -> None:
    """A thousand calls of a tenth of a cent are a dollar, to the last nano-dollar."""
    call = events.TokenUsage(
        node_id="a", agent_id="alice", input_tokens=1, output_tokens=1, estimated_cost_usd=0.001, price="known",
        estimated=False,
    )  # fmt: skip
    apply(store, *[call] * 1_000)
    with store.read() as connection:
        assert sessions.columns(connection, "s", "cost_nano_usd") == {"cost_nano_usd": 10**9}


def test_the_last_word_on_the_budget_stands_in_the_row(store: Store) -> None:
    """So that the next run, and whoever resumes the meeting, knows how the money stands."""
    told = [
        events.Budget(
            reserved_usd=reserved, spent_usd=0.1, unknown=0, cap={"usd": 1.0, "tokens": None, "seconds": None},
            spent_tokens=10, reserved_tokens=0,
        )
        for reserved in (0.5, 0.0)
    ]  # fmt: skip
    apply(store, *told)
    with store.read() as connection:
        assert sessions.columns(connection, "s", "budget") == {"budget": told[-1].data()}


def test_time_without_pauses(store: Store, archive: Archive) -> None:
    """Elapsed time counts no pauses."""
    apply(store, events.ExecutionStarted(), at="2026-11-21T05:00:00.000Z")
    apply(store, events.ExecutionPaused(reason="user"), at="2026-11-21T05:00:10.000Z")
    assert archive.snapshot("s")["totals"]["elapsed_seconds"] == 10
    apply(store, events.ExecutionResumed(), at="2026-11-21T05:01:00.000Z")
    apply(store, events.ExecutionPaused(reason="user"), at="2026-11-21T05:01:05.000Z")
    apply(store, events.ExecutionCancelled(), at="2026-11-21T05:02:00.500Z")
    found = archive.snapshot("s")
    assert found["totals"]["elapsed_seconds"] == 15
    assert (found["started_at"], found["ended_at"]) == (
        "2026-11-21T05:00:00.000Z",
        "2026-11-21T05:02:00.500Z",
    )


def test_a_clock_that_goes_back(store: Store, archive: Archive) -> None:
    """Whatever the wall clock did, no time is negative."""
    apply(store, events.ExecutionStarted(), at="2026-11-21T05:00:00.000Z")
    apply(store, events.ExecutionPaused(reason="user"), at="2026-11-21T04:00:00.000Z")
    apply(store, events.ExecutionResumed(), at="2026-11-21T03:00:00.000Z")
    apply(store, events.ExecutionCompleted(), at="2026-11-21T02:00:00.000Z")
    assert archive.snapshot("s")["totals"]["elapsed_seconds"] == 0


def test_an_end_gives_the_meeting_back(store: Store) -> None:
    """With its last event a meeting has no owner any more."""
    with store.write() as connection:
        sessions.update(connection, "s", owner="me", lease_until=1.0)
    apply(store, events.ExecutionStarted(), events.ExecutionFailed(reason="why"))
    with store.read() as connection:
        row = sessions.get(connection, "s")
    assert (row["owner"], row["lease_until"], row["reason"]) == (None, None, "why")


def test_an_illegal_move_is_refused(store: Store) -> None:
    """A move that the session may not make raises, and its transaction changes nothing."""
    with pytest.raises(IllegalTransition):
        apply(store, events.ExecutionPaused(reason="user"))
    with store.read() as connection:
        assert sessions.get(connection, "s")["status"] == "pending"


def test_a_reason_goes_with_its_status(store: Store, archive: Archive) -> None:
    """A resumed meeting does not show why it was paused."""
    apply(store, events.ExecutionStarted(), events.ExecutionPaused(reason="user"))
    assert archive.snapshot("s")["reason"] == "user"
    apply(store, events.ExecutionResumed())
    assert archive.snapshot("s")["reason"] is None


def test_every_event_that_names_a_row_is_carried_into_it() -> None:
    """What has no rule here changes no row, and that is on purpose."""
    without = {kind.name for kind in events.EVENTS.values() if kind not in projections._CHANGES}
    assert without == {
        "session_created", "node:parallel_start", "error", "input_read", "score", "round_closed",
        "ballot_opened", "vote_cast", "ballot_closed", "tool_execution", "file_written", "memory_retrieved",
        "human_interaction_reminder", "human_interaction_expired",
    }  # fmt: skip


# Steps and receipts


def test_a_step_is_recorded_once(store: Store) -> None:
    """One answer that is not asked for again."""
    with store.write() as connection:
        steps.record(connection, "s", "a", {"content": "x"})
        assert steps.recorded(connection, "s") == {"a": {"content": "x"}}
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            steps.record(connection, "s", "a", {"content": "y"})
    with store.read() as connection:
        assert steps.recorded(connection, "other") == {}


def test_a_receipt_answers_again(store: Store) -> None:
    """The same id, session and command: the same answer; another command: conflict; another session: nothing."""
    with store.write() as connection:
        assert receipts.earlier(connection, "s", "c-1", "pause_session") is None
        receipts.keep(connection, "s", "c-1", "pause_session", {"status": "paused"})
        receipts.keep(connection, "s", None, "pause_session", {"status": "paused"})
    with store.read() as connection:
        assert receipts.earlier(connection, "s", "c-1", "pause_session") == {"status": "paused"}
        assert receipts.earlier(connection, "t", "c-1", "pause_session") is None
        assert receipts.earlier(connection, "s", None, "pause_session") is None
        with pytest.raises(Conflict):
            receipts.earlier(connection, "s", "c-1", "stop_session")


# Reading


def test_what_does_not_exist(archive: Archive) -> None:
    """A session that does not exist is not found, whatever is asked of it."""
    for ask in (archive.snapshot, archive.position, archive.usage, lambda s: archive.messages(s, 0, 10)):
        with pytest.raises(NotFound):
            ask("nothing")


def test_pages_of_meetings(store: Store, archive: Archive) -> None:
    """Newest first; every meeting once, those of the same millisecond too; the last page has no next."""
    for number in range(25):
        add_session(store, f"{number:02}", created_at=f"2026-11-22T05:00:0{number // 10}.000Z")
    seen: list[str] = []
    cursor = None
    for _ in range(10):
        page = archive.sessions(limit=4, cursor=cursor)
        seen += [item["session_id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [*(f"{number:02}" for number in reversed(range(25))), "s"]


def test_a_page_that_is_just_full(store: Store, archive: Archive) -> None:
    """When there is no more, there is no next."""
    assert archive.sessions(limit=1)["next"] is None
    add_session(store, "t")
    assert archive.sessions(limit=2)["next"] is None
    assert archive.sessions(limit=1)["next"] is not None


@pytest.mark.parametrize("cursor", ["", "x", "ä", "====", "YWJj", "gICA", "fHx8", "\0"])
def test_a_cursor_that_is_none_of_ours(archive: Archive, cursor: str) -> None:
    """A cursor that was made up is invalid, not an error of ours."""
    with pytest.raises(Invalid):
        archive.sessions(cursor=cursor)


def test_meetings_are_found_by_status_and_words(store: Store, archive: Archive) -> None:
    """Words are words: a percent sign stands for itself."""
    add_session(store, "t", subject="100 % sure", status="running")
    assert [i["session_id"] for i in archive.sessions(statuses=["running"])["items"]] == ["t"]
    assert [i["session_id"] for i in archive.sessions(words="0 % S")["items"]] == ["t"]
    assert archive.sessions(words="_")["items"] == []


def test_pages_of_messages(store: Store, archive: Archive) -> None:
    """In the order they began, by the number of their first event."""
    apply(store, *(whole(str(n), message_id=f"m{n}") for n in range(7)))
    first = archive.messages("s", 0, 3)
    assert [m["content"] for m in first["items"]] == ["0", "1", "2"]
    assert [m["content"] for m in archive.messages("s", first["next"], 10)["items"]] == ["3", "4", "5", "6"]
    assert archive.messages("s", 0, 7)["next"] is None


def test_pages_of_a_log(store: Store, archive: Archive, session: str) -> None:
    """Up to ``limit`` events that follow ``after``, in order; of this channel only."""
    other = add_session(store, "t")
    rows = [
        {
            "channel": channel,
            "seq": seq,
            "event": "x",
            "node_id": None,
            "at": "",
            "envelope": f'"{channel}{seq}é"',
        }
        for channel in (session, other)
        for seq in range(1, 8)
    ]
    with store.write() as connection:
        channels.append(connection, rows, {session: 7, other: 7})
    assert [seq for seq, _ in archive.events(session, 2, 3)] == [3, 4, 5]
    assert archive.events(session, 6, 3) == [(7, f'"{session}7é"'.encode())]
    assert archive.events(session, 7, 3) == []
    assert archive.newest([session, "session:nothing"]) == {session: 7}
    assert archive.newest(["*"]) == {session: 7, other: 7}


def test_a_finished_meeting_is_in_use_no_more(store: Store, archive: Archive, session: str) -> None:
    """A live feed follows meetings that are not over."""
    apply(store, events.ExecutionStarted(), events.ExecutionCompleted())
    assert archive.newest(["*"]) == {}


def test_nothing_is_left_of_a_forgotten_meeting(store: Store, archive: Archive, session: str) -> None:
    """Rows of every table."""
    apply(store, whole("Hello"))
    with store.write() as connection:
        steps.record(connection, "s", "a", {})
        receipts.keep(connection, "s", "c", "pause_session", {})
        sessions.delete(connection, "s")
    with store.read() as connection:
        for table in ("channels", "events", "sessions", "steps", "messages", "documents", "commands"):
            assert connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0

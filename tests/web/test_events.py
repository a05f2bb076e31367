"""The log over HTTP: pages of JSON, and a stream of server-sent events that curl can follow."""

import contextlib
import json

import pytest

from council.store import copies
from tests.live.serving import werkzeug
from tests.support import http
from tests.support.waiting import wait_until
from tests.web.conftest import assert_problem, client_of, events_of, start, wait_for_status

SESSIONS = "/api/v1/sessions"
STREAM = {"Accept": "text/event-stream"}


def test_an_envelope_has_exactly_its_fields(api, finished):
    """``event``, never ``type``; numbers from 1 without a gap; times in UTC with milliseconds."""
    events = events_of(api, finished)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    for event in events:
        assert list(event) == ["event", "session_id", "project_id", "node_id", "seq", "timestamp", "data"]
        assert event["session_id"] == finished
        assert event["project_id"] is None
        assert event["node_id"] == event["data"].get("node_id")
        assert len(event["timestamp"]) == len("2026-11-21T05:00:00.123Z")
        assert event["timestamp"].endswith("Z")
    assert (events[0]["event"], events[-1]["event"]) == ("session_created", "execution:completed")


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_pages_follow_one_another(api, finished, limit):
    """``next`` is where to go on, and null at the end: each event once."""
    whole = events_of(api, finished)
    seen, after = [], 0
    while after is not None:
        page = api.get(f"{SESSIONS}/{finished}/events?after={after}&limit={limit}").get_json()
        assert page.keys() == {"events", "next"}
        assert len(page["events"]) <= limit
        seen += page["events"]
        after = page["next"]
    assert seen == whole


def test_a_page_behind_the_end_is_empty(api, finished):
    page = api.get(f"{SESSIONS}/{finished}/events?after=100000").get_json()
    assert page == {"events": [], "next": None}


@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=x", "after=1.5", "limit=0", "limit=10001", "since=3", "after=99999999999999999"],
)
def test_a_wrong_query_is_refused(api, finished, query):
    """``since`` is the socket's word: not ignored here."""
    assert_problem(api.get(f"{SESSIONS}/{finished}/events?{query}"), 422, "invalid")
    if not query.startswith("limit"):
        answer = api.get(f"{SESSIONS}/{finished}/events?{query}", headers=STREAM)
        assert_problem(answer, 422, "invalid")


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 30])
def test_a_wrong_last_event_id_is_refused(api, finished, last):
    answer = api.get(f"{SESSIONS}/{finished}/events", headers=STREAM | {"Last-Event-ID": last})
    assert_problem(answer, 422, "invalid")


# The stream


@contextlib.contextmanager
def stream(port, session_id, query="", **headers):
    """The lines of an event stream."""
    address = f"http://127.0.0.1:{port}{SESSIONS}/{session_id}/events{query}"
    with http.stream("GET", address, headers=STREAM | headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == "text/event-stream"
        assert answer.headers["cache-control"] == "no-store"
        yield answer.iter_lines()


def take(lines, until):
    """(id, envelope) of each event, up to the first that is wanted."""
    found, number = [], None
    for line in lines:
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            found.append((number, json.loads(line[6:])))
            if until(found[-1][1]):
                break
        else:
            assert line == "" or line.startswith(":"), line
    return found


def is_the_end(envelope):
    return envelope["event"].startswith("execution:") and envelope["event"] != "execution:started"


@pytest.fixture
def quick_port(build):
    """A server whose streams notice soon that nobody listens."""
    council = build(live={"heartbeat_seconds": 0.2})
    with werkzeug(council.app) as port:
        yield council, port


def test_a_stream_brings_the_whole_log(quick_port):
    """``id:`` is the number, ``data:`` the whole envelope; nothing is missing, and the end closes nothing."""
    council, port = quick_port
    api = client_of(council)
    session_id = start(api)
    with stream(port, session_id) as lines:
        got = take(lines, is_the_end)
        assert next(line for line in lines if line.startswith(":")), "the stream was closed"
    events = events_of(api, session_id)
    assert [envelope for _, envelope in got] == events
    assert [number for number, _ in got] == [event["seq"] for event in events]


@pytest.mark.parametrize(
    ("query", "headers", "first"),
    [
        ("?after=5", {}, 6),
        ("", {"Last-Event-ID": "7"}, 8),
        ("?after=5", {"Last-Event-ID": "7"}, 8),
        ("?after=0", {"Last-Event-ID": ""}, 1),
    ],
)
def test_a_stream_begins_where_it_is_told(quick_port, query, headers, first):
    """A browser that reconnects sends Last-Event-ID to the same address: it wins over ``after``."""
    council, port = quick_port
    api = client_of(council)
    session_id = start(api)
    wait_for_status(api, session_id, "completed")
    with stream(port, session_id, query, **headers) as lines:
        got = take(lines, is_the_end)
    assert [number for number, _ in got] == list(range(first, len(events_of(api, session_id)) + 1))


def test_a_stream_goes_on_with_what_happens(quick_port, model):
    """Live: what is said while one listens arrives while it is said; idle, there are heartbeats."""
    council, port = quick_port
    api = client_of(council)
    model.hold("mid_stream", after_chunks=2)
    session_id = start(api)
    with stream(port, session_id) as lines:
        take(lines, lambda envelope: envelope["event"] == "token_stream")
        assert next(line for line in lines if line.startswith(":")), "no heartbeat"
        assert api.post(f"{SESSIONS}/{session_id}/input", json={"content": "I am here."}).status_code == 200
        take(lines, lambda envelope: envelope["event"] == "user_message")
        model.release()
        take(lines, is_the_end)


def test_a_stream_has_no_replay_limit(build):
    """However far behind: every event."""
    council = build(live={"heartbeat_seconds": 0.2, "replay_limit": 3})
    api = client_of(council)
    session_id = start(api)
    wait_for_status(api, session_id, "completed")
    with werkzeug(council.app) as port, stream(port, session_id) as lines:
        assert len(take(lines, is_the_end)) == len(events_of(api, session_id))


def test_a_reader_who_leaves_gives_back_its_place(quick_port):
    """At the next heartbeat at the latest."""
    council, port = quick_port
    session_id = start(client_of(council))
    with stream(port, session_id) as lines:
        take(lines, is_the_end)
        assert council.hub.count == 1
    wait_until(lambda: council.hub.count == 0, what="an empty hub")


def test_asking_for_the_head_of_a_stream_takes_no_place(council, api, finished):
    """HEAD: no body, and nobody who listens."""
    answer = api.head(f"{SESSIONS}/{finished}/events", headers=STREAM)
    answer.close()
    assert answer.status_code == 200
    assert council.hub.count == 0


def test_a_stream_takes_a_place(build):
    """A full server answers 503, and says when to come again."""
    council = build(max_clients=1, live={"heartbeat_seconds": 0.2})
    api = client_of(council)
    session_id = start(api)
    with werkzeug(council.app) as port, stream(port, session_id) as lines:
        take(lines, is_the_end)
        answer = api.get(f"{SESSIONS}/{session_id}/events", headers=STREAM)
        problem = assert_problem(answer, 503, "unavailable")
        assert problem["can_retry"] is True
        assert int(answer.headers["Retry-After"]) > 0
        assert api.get(f"{SESSIONS}/{session_id}/events").status_code == 200


def test_streams_end_with_the_server(quick_port):
    council, port = quick_port
    session_id = start(client_of(council))
    with stream(port, session_id) as lines:
        take(lines, is_the_end)
        council.close()
        assert list(take(lines, is_the_end)) == []


@pytest.mark.parametrize("query", ["epoch=another", "after=100000", "after=100000&epoch=another"])
def test_a_stream_of_another_log_is_refused(api, finished, query):
    """Numbers of a log that was rewritten since say nothing: nobody is sent the wrong half of it."""
    answer = api.get(f"{SESSIONS}/{finished}/events?{query}", headers=STREAM)
    assert "seq and epoch" in assert_problem(answer, 409, "other_epoch")["hint"]


def test_a_browser_that_comes_back_to_another_log_is_told(api, finished):
    """It sends the same address again, with the number it has: its source ends instead of going on wrongly."""
    epoch = api.get(f"{SESSIONS}/{finished}").get_json()["epoch"]
    path, headers = f"{SESSIONS}/{finished}/events?epoch={epoch}", STREAM | {"Last-Event-ID": "3"}
    begun = api.get(path, headers=headers, buffered=False)
    assert (begun.status_code, begun.headers["Council-Epoch"]) == (200, epoch)
    begun.close()
    copies.begin_new_epochs(copies.path_of(api.application.extensions["council"].settings.database))
    assert_problem(api.get(path, headers=headers), 409, "other_epoch")

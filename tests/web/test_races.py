"""Many at once: the same start, the same words, contrary wishes. One effect each, and a log without a gap."""

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from council.clock import Deadline
from tests.support import invariants
from tests.support.viewer import FINAL_EVENTS, Socket
from tests.support.waiting import wait_until
from tests.web.conftest import body_of, client_of, events_of, read, start, wait_for_status

SESSIONS = "/api/v1/sessions"
MANY = 12


def all_at_once(calls):
    """What each of these gives, called at the same moment on threads of their own."""
    ready = threading.Barrier(len(calls))

    def call(each):
        ready.wait(60)
        return each()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def test_the_same_start_many_times_at_once(council, api, model):
    """One 202, otherwise 200; one meeting, and its models are asked once."""
    body = body_of(session_id=str(uuid.uuid4()))
    answers = all_at_once([lambda: client_of(council).post(SESSIONS, json=body)] * MANY)
    assert Counter(answer.status_code for answer in answers) == {202: 1, 200: MANY - 1}
    wait_for_status(api, body["session_id"], "completed")
    assert len(model.requests) == 4
    assert [e["event"] for e in events_of(api, body["session_id"])].count("session_created") == 1


def test_the_same_key_without_an_id_many_times_at_once(council, api):
    headers = {"Idempotency-Key": "one"}
    calls = [lambda: client_of(council).post(SESSIONS, json=body_of(), headers=headers)] * MANY
    answers = all_at_once(calls)
    assert len({answer.get_json()["session_id"] for answer in answers}) == 1
    assert len(api.get(SESSIONS).get_json()["items"]) == 1


def test_the_same_words_many_times_at_once(council, api, held):
    """Under one key: said once, and everybody is given the same answer."""

    def say():
        return client_of(council).post(
            f"{SESSIONS}/{held}/input", json={"content": "Once."}, headers={"Idempotency-Key": "u"}
        )

    answers = all_at_once([say] * MANY)
    assert len({answer.text for answer in answers}) == 1
    assert sum(event["event"] == "user_message" for event in events_of(api, held)) == 1


@pytest.mark.parametrize("round_", range(3))
def test_contrary_wishes_at_once(council, api, model, held, round_):
    """Pauses, resumes and words at once, and then one stop: the log tells a story that may happen."""

    def send(action):
        return client_of(council).post(f"{SESSIONS}/{held}/control", json={"action": action})

    calls = [lambda: send("pause"), lambda: send("resume")] * (MANY // 2)
    answers = all_at_once(calls)
    assert {answer.status_code for answer in answers} == {200}
    model.release()
    answers = all_at_once([lambda: send("stop"), lambda: send("resume"), lambda: send("pause")])
    assert {answer.status_code for answer in answers} <= {200, 409}
    wait_until(lambda: read(api, held)["ended_at"], what="an end")
    assert read(api, held)["status"] in ("cancelled", "completed")
    invariants.check(council, held)


@pytest.mark.parametrize("action", ["pause", "stop"])
def test_a_wish_right_after_the_start(council, api, action):
    """However early it comes: it is paused, or stopped, not forgotten."""
    for _ in range(10):
        session_id = start(api)
        answer = api.post(f"{SESSIONS}/{session_id}/control", json={"action": action})
        status = answer.get_json()["status"] if answer.status_code == 200 else "completed"
        assert status in ("paused", "cancelled", "completed")
        wait_for_status(api, session_id, status)
        invariants.check(council, session_id)
        if status == "paused":
            api.post(f"{SESSIONS}/{session_id}/control", json={"action": "resume"})
            wait_for_status(api, session_id, "completed")


def test_viewers_who_come_at_any_moment(council, port, api):
    """Each of them sees the whole meeting once, whenever it joined; half of them with a log that grows meanwhile."""
    session_id = str(uuid.uuid4())

    def view(number):
        def watch():
            if number == 0:
                start_it(api, session_id)
            deadline = Deadline(60)
            while not deadline.passed():
                with Socket(port, session_id=session_id) as socket:
                    if socket.receive()["event"] == "hello":
                        return socket.receive_until(lambda m: m["event"] in FINAL_EVENTS)
            raise AssertionError("no such meeting for 60 seconds")

        return watch

    seen = all_at_once([view(number) for number in range(MANY)])
    log = events_of(api, session_id)
    assert all(each == log for each in seen)


def start_it(api, session_id):
    assert api.post(SESSIONS, json=body_of(session_id=session_id)).status_code == 202

"""A server that is ended in order: everybody is sent away to come back, and the meeting goes on."""

import signal
import threading

import pytest

from tests.faults.meeting import SPEAKERS, asked, start_meeting
from tests.support import http
from tests.support.server import AS_TYPED
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault


class EventStream:
    """A client of the server-sent events, on a thread; it ends with the server."""

    def __init__(self, server, session_id, after=0):
        self._address = f"{server.url}/api/v1/sessions/{session_id}/events"
        self._after = after
        self.seen: list[int] = []
        self._thread = threading.Thread(target=self._read, name="event-stream")
        self._thread.start()

    def _read(self):
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(self._after)}
        with http.stream("GET", self._address, headers=headers, timeout=30) as answer:
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    self.seen.append(int(line[4:]))
                if "execution:completed" in line:
                    return

    def join(self):
        self._thread.join(30)
        assert not self._thread.is_alive(), "the stream has no end"


def test_sigterm_sends_everybody_away_and_the_meeting_goes_on(serve_with_model, model, watch, check_all):
    """Sockets get 1012; what was in flight is discarded with reason restart, asked again, and seen once."""
    model.hold("mid_stream", after_chunks=3)
    # Its leases are given back: nobody waits for them to run out.
    server = serve_with_model(inside=AS_TYPED, engine__lease_seconds=30)
    session_id = start_meeting(server)
    viewers = [watch(server.port, session_id) for _ in range(3)]
    model.wait_until_held(2)
    for viewer in viewers:
        viewer.wait_for("token_stream", node_id="affirmative")
        viewer.wait_for("token_stream", node_id="negative")
    stream = EventStream(server, session_id)
    wait_until(lambda: len(stream.seen) >= viewers[0].last, what="what was said so far")

    server.stop()
    stream.join()
    for viewer in viewers:
        viewer.wait_for_ending(1012)
        assert viewer.endings[1012] == 1, "it was let in again by a server that ended"
        assert viewer.saw("message_discarded", node_id="affirmative", reason="restart")
        assert viewer.saw("message_discarded", node_id="negative", reason="restart")
    model.release()
    server.start()
    viewers[0].wait_for("execution:completed")

    log = check_all(server, session_id, viewers)
    assert asked(model, session_id) == {"affirmative": 2, "negative": 2, "adjudicator": 1, "end": 1}
    assert sum(event["event"] == "message_completed" for event in log) == len(SPEAKERS)
    rest = EventStream(server, session_id, after=stream.seen[-1])
    rest.join()
    assert stream.seen + rest.seen == [event["seq"] for event in log]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_master_and_worker_at_once(serve_with_model, model, watch, number):
    """As systemd or Ctrl-C in a terminal send it: the end is as orderly; nobody is let in meanwhile."""
    model.hold("mid_stream", after_chunks=3)
    server = serve_with_model(inside=AS_TYPED)
    session_id = start_meeting(server)
    viewer = watch(server.port, session_id)
    model.wait_until_held(2)
    viewer.wait_for("token_stream")
    server.signal(number)
    assert server.process.wait(60) == 0
    viewer.wait_for_ending(1012)
    assert viewer.saw("message_discarded", reason="restart")
    assert viewer.connections == 1
    assert "Traceback" not in server.text_of_log, server.text_of_log

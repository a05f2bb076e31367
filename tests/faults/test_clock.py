"""A wall clock that is set while everything runs: nobody loses a meeting or a socket by it."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from council.clock import monotonic
from tests.faults.meeting import asked, start_meeting
from tests.support.proxy import wait_out
from tests.support.viewer import Socket

pytestmark = pytest.mark.fault

SOURCE = Path(__file__).with_name("wall_clock.c")
HOUR = 3600
LEASE_SECONDS = 4.0  # No machine is so slow that it runs out by itself.
JUMPED_SECONDS = 2.5  # Each looks after leases every third of one: long enough for a wrong clock to cost one.


class WallClock:
    """The wall clock of the processes that run inside; to be set while they do."""

    def __init__(self, folder: Path) -> None:
        library, self._file = folder / "wall_clock.so", folder / "wall_clock"
        compiler = ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE)]
        subprocess.run(compiler, check=True)
        self.inside = ("env", f"LD_PRELOAD={library}", f"WALL_CLOCK_FILE={self._file}")
        self.jump(0)

    def jump(self, seconds: int) -> None:
        """From now on it is off by that many seconds."""
        self._file.write_text(str(seconds))


@pytest.fixture
def clock(tmp_path):
    if shutil.which("cc") is None:
        pytest.skip("no C compiler: the clock cannot be replaced")
    return WallClock(tmp_path)


@pytest.mark.parametrize("jump_seconds", [HOUR, pytest.param(-HOUR, marks=pytest.mark.long)])
def test_a_clock_that_jumps(serve_with_model, clock, model, watch, check_all, jump_seconds):
    """No lease is stolen, no socket dropped, no model asked twice, and heartbeats come no faster."""
    model.hold("mid_stream", after_chunks=3)
    jumping = serve_with_model(inside=clock.inside, engine__lease_seconds=LEASE_SECONDS)
    other = serve_with_model(data_dir=jumping.data_dir, engine__lease_seconds=LEASE_SECONDS)
    session_id = start_meeting(jumping)
    viewers = [watch(server.port, session_id) for server in (jumping, other)]
    for viewer in viewers:
        viewer.wait_for("token_stream")
    with Socket(jumping.port) as idle:
        assert idle.receive()["event"] == "hello"
        began = monotonic()
        clock.jump(jump_seconds)
        wait_out(JUMPED_SECONDS)
        assert idle.ask("ping")["event"] == "pong"
        clock.jump(0)
        idle.send("ping")
        heartbeats = sum(m["event"] == "heartbeat" for m in idle.receive_until(is_pong))
        assert heartbeats <= monotonic() - began + 1
        clock.jump(jump_seconds)
        model.release()
        for viewer in viewers:
            viewer.wait_for("execution:completed")
            assert viewer.connections == 1
    log = check_all(jumping, session_id, viewers)
    assert asked(model, session_id) == {"affirmative": 1, "negative": 1, "adjudicator": 1, "end": 1}
    assert other.metric("council_leases_taken_total") == 0
    said_at = datetime.fromisoformat(log[-1]["timestamp"])
    assert abs(said_at - datetime.now(UTC)) > timedelta(minutes=50), "the clock did not jump"


def is_pong(message):
    return message["event"] == "pong"

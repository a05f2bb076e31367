"""What the tests of faults share: two servers that are not meant to die, and the questions asked in the end."""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.meeting import Script
from tests.support import invariants
from tests.support.model_server import ScriptedModelServer
from tests.support.server import Server
from tests.support.viewer import Envelope, Viewer, check_viewers, read_log

LONG_TOO = "TEST_LONG_TOO"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What takes long, or repeats what a shorter test shows, runs when it is asked for."""
    if item.get_closest_marker("long") and LONG_TOO not in os.environ:
        pytest.skip("takes long; `make faults` runs it")


@pytest.fixture(scope="session")
def shared_model() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer(Script()) as server:
        yield server


@pytest.fixture
def model(shared_model: ScriptedModelServer) -> Iterator[ScriptedModelServer]:
    """A model server with a text for each speaker."""
    yield shared_model
    shared_model.release()
    shared_model.responder = Script()


@pytest.fixture(scope="session")
def shared_pair(
    tmp_path_factory: pytest.TempPathFactory, shared_model: ScriptedModelServer
) -> Iterator[tuple[Server, Server]]:
    data_dir = tmp_path_factory.mktemp("pair") / "instance"
    settings = _settings(shared_model) | {"engine__lease_seconds": 3}  # A late keeper does not lose one.
    first, second = (Server(data_dir, settings) for _ in range(2))
    try:
        first.start()
        second.start()
        yield first, second
    finally:
        first.stop()
        second.stop()


@pytest.fixture
def pair(shared_pair: tuple[Server, Server], model: ScriptedModelServer) -> tuple[Server, Server]:
    """Two real servers on one database, for all tests that leave them alive; starting some takes seconds."""
    return shared_pair


@pytest.fixture
def server(pair: tuple[Server, Server]) -> Server:
    """One of the two."""
    return pair[0]


@pytest.fixture
def serve_with_model(serve: Callable[..., Server], model: ScriptedModelServer) -> Callable[..., Server]:
    """Servers of the test's own, to be killed: they ask the scripted model, and their leases end soon."""

    def start(*, data_dir: Path | None = None, inside: Sequence[str] = (), **settings: Any) -> Server:
        return serve(data_dir=data_dir, inside=inside, **_settings(model) | settings)

    return start


def _settings(model: ScriptedModelServer) -> dict[str, Any]:
    return {
        "llm_base_url": model.url,
        "llm_model": "scripted",
        "engine__lease_seconds": 1,
        "live__heartbeat_seconds": 1,
        "live__poll_seconds": 0.1,
        "log_level": "WARNING",
    }


@pytest.fixture
def chance() -> random.Random:
    """Chance, other in each run; ``-p randomly_seed=…``, which a failing run shows, brings it back."""
    return random.Random(random.getrandbits(32))


@pytest.fixture
def watch() -> Iterator[Callable[..., Viewer]]:
    """A factory of viewers, which end with the test."""
    viewers: list[Viewer] = []

    def make(port: int, session_id: str, **more: Any) -> Viewer:
        viewers.append(Viewer(port, session_id, name=f"viewer-{len(viewers)}", **more))
        return viewers[-1]

    yield make
    for viewer in viewers:
        viewer.close()


@pytest.fixture
def check_all() -> Callable[..., list[Envelope]]:
    """The log is whole, the rows are its fold, each viewer saw all of it once and in order, and nothing crashed."""

    def check(server: Server, session_id: str, viewers: Iterable[Viewer]) -> list[Envelope]:
        viewers = list(viewers)
        log = read_log(server.get, session_id)
        snapshot = server.get(f"/api/v1/sessions/{session_id}")
        invariants.check_snapshot(snapshot, invariants.fold(log[: snapshot["seq"]]))
        for viewer in viewers:
            viewer.wait_for_seq(len(log))
        check_viewers(viewers, log)
        assert "Traceback" not in server.text_of_log, server.text_of_log[-5000:]
        return log

    return check

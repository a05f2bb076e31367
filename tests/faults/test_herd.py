"""Hundreds of viewers that come back in the same moment: all of them get all they missed."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from council.clock import monotonic
from tests.faults.meeting import start_meeting, worker_of
from tests.live.raw_client import TEXT, RawClient
from tests.support import invariants
from tests.support.model_server import Reply
from tests.support.probe import HealthProbe
from tests.support.process import resident_bytes
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault

EVENTS = 300
PIECE = "Whoever was away for a while has missed this sentence, and a few hundred like it. " * 4
BASE_BYTES = 60_000_000
BYTES_PER_CLIENT = 1_500_000


@pytest.mark.parametrize("clients", [100, pytest.param(300, marks=pytest.mark.long)])
def test_all_come_back_at_once(serve_with_model, model, watch, check_all, record_property, clients):
    """Each reads the meeting from its beginning, in order; /health is answered meanwhile, and memory is bounded."""
    model.responder = lambda request: Reply(PIECE * (EVENTS // 4), chunk_size=len(PIECE))
    server = serve_with_model(max_clients=clients + 5)
    session_id = start_meeting(server)
    witness = watch(server.port, session_id)
    witness.wait_for("execution:completed", timeout=60)
    top = len(check_all(server, session_id, [witness]))
    assert top >= EVENTS
    before = resident_bytes(worker_of(server))
    with HealthProbe(server.port) as probe, ThreadPoolExecutor(clients, "herd") as pool:
        wait_until(lambda: probe.answers, what="a first answer")
        began = monotonic()
        for seqs in list(pool.map(lambda _: read_all(server.port, session_id, top), range(clients))):
            invariants.check_client(seqs, top=top)
        seconds = monotonic() - began
    grown = resident_bytes(worker_of(server)) - before
    assert grown < BASE_BYTES + clients * BYTES_PER_CLIENT
    record_property("recovery_seconds", round(seconds, 2))
    record_property("health_p99_milliseconds", probe.p99_milliseconds)
    record_property("grown_megabytes", round(grown / 1e6, 1))


def read_all(port: int, session_id: str, top: int) -> list[int]:
    """The numbers of what a socket gives, up to the newest one."""
    seqs: list[int] = []
    with RawClient(port, f"/api/v1/ws?session_id={session_id}", timeout_seconds=60) as client:
        while not seqs or seqs[-1] < top:
            frame = client.receive()
            assert frame.opcode == TEXT, frame
            message = json.loads(frame.payload)
            if "seq" in message:
                seqs.append(message["seq"])
    return seqs

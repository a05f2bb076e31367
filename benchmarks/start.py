"""Starts: of the process until it serves, and of a meeting until its first event."""

import json
import statistics
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from simple_websocket import Client

from benchmarks.council_server import CouncilServer, council_server, empty_directory
from benchmarks.fake_model_server import fake_model_server, model
from benchmarks.measure import BenchmarkFailed, Case, family, resident_mb, shared_mb
from benchmarks.report import About, Column

WARM_DEBATES = 10

ABOUT = About(
    title="Starts",
    text=(
        "Cold start: from the command `gunicorn -c gunicorn.conf.py` to the first 200 of `/health`, compiled, on a "
        "database that exists and on none; memory is the worker's, and of both processes with shared pages counted "
        "once. First event: from sending `start_session` over an open socket to the meeting's first event, and to its "
        "first token, in a fresh process and in one that has held debates before."
    ),
    columns=(
        Column("seconds", "s to /health", 2),
        Column("resident_mb", "worker MB", 1),
        Column("both_mb", "both processes MB", 1),
        Column("first_ms", "first debate: first event ms", 1),
        Column("first_token_ms", "first debate: first token ms", 1),
        Column("warm_ms", "warm debate: first event ms", 1),
        Column("warm_token_ms", "warm debate: first token ms", 1),
    ),
    plots=(),
)


def cases(quick: bool) -> Iterator[Case]:
    yield Case("cold start", "council", cold_start)
    if not quick:
        yield Case("cold start, no database yet", "council", very_first_start)
    yield Case("first event", "council", first_events)


def cold_start() -> Mapping[str, float]:
    with empty_directory() as data_dir:
        start_on(data_dir)
        return start_on(data_dir)


def very_first_start() -> Mapping[str, float]:
    with empty_directory() as data_dir:
        return start_on(data_dir)


def start_on(data_dir: Path) -> Mapping[str, float]:
    began = time.monotonic()
    with council_server(data_dir=data_dir) as server:
        seconds = time.monotonic() - began
        both = sum(shared_mb(member) for member in family(server.program.pid))
        return {"seconds": seconds, "resident_mb": resident_mb(server.worker), "both_mb": both}


def first_events() -> Mapping[str, float]:
    with fake_model_server() as base_url, council_server(base_url) as server:
        first = debate(server)
        warm = [debate(server) for _ in range(WARM_DEBATES)]
    return {
        "first_ms": first[0],
        "first_token_ms": first[1],
        "warm_ms": statistics.median(event for event, _ in warm),
        "warm_token_ms": statistics.median(token for _, token in warm),
    }


def debate(server: CouncilServer) -> tuple[float, float]:
    """Holds one short debate; milliseconds from the command to the first event and to the first token."""
    data = {
        "template_id": "council_debate",
        "session_id": str(uuid.uuid4()),
        "subject": f"A bridge or a tunnel? [{model(50)}]",
    }
    moments: dict[str, float] = {}
    viewer = Client(f"ws://127.0.0.1:{server.port}/api/v1/ws")
    began = time.monotonic()
    viewer.send(json.dumps({"cmd": "start_session", "data": data}))
    while "execution:completed" not in moments:
        text = viewer.receive(timeout=30)
        if text is None:
            raise BenchmarkFailed("A debate did not end.")
        moments.setdefault(json.loads(text)["event"], 1000 * (time.monotonic() - began))
    viewer.close()
    return moments["session_created"], moments["token_stream"]

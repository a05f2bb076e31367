"""Idle sockets: what a viewer costs who only looks on."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.council_server import CouncilServer, council_server
from benchmarks.fake_model_server import fake_model_server, model
from benchmarks.measure import (
    PEERS_PYTHON,
    SERVER_CORE,
    Case,
    family,
    free_port,
    load,
    program,
    resident_mb,
    threads,
)
from benchmarks.report import About, Column, Plot

SOCKETS = 2000
QUICK_SOCKETS = 200
HEALTH_QUESTIONS = 20
SETTLE_SECONDS = 1.0
ESTABLISHED = "01"  # As /proc/net/tcp writes it.

ABOUT = About(
    title="Idle sockets",
    text=(
        f"{SOCKETS:,} viewers of one finished meeting in one process; resident memory and threads of the server, "
        "compared with those before. `/health` is asked on other connections meanwhile."
    ),
    columns=(
        Column("sockets", "sockets"),
        Column("kb_per_socket", "KB per socket", 1),
        Column("threads_per_socket", "threads per socket", 2),
        Column("connect_milliseconds", "ms to connect one", 2),
        Column("health_ms", "/health ms, slowest of 20", 1),
    ),
    plots=(Plot("2,000 idle", "kb_per_socket", "Resident memory per idle socket: KB"),),
)

PEERS = {
    "aiohttp": (PEERS_PYTHON, "-m", "benchmarks.peers.aiohttp_server"),
    "websockets": (PEERS_PYTHON, "-m", "benchmarks.peers.websockets_server"),
}


def cases(quick: bool) -> Iterator[Case]:
    count = QUICK_SOCKETS if quick else SOCKETS
    scenario = f"{count:,} idle"
    yield Case(scenario, "council", lambda: run_council(count))
    yield Case(scenario, "naive flask-sock", lambda: run_peer(naive(count), count))
    for name, command in () if quick else PEERS.items():
        yield Case(scenario, name, lambda a=command: run_peer(a, count))


def naive(count: int) -> tuple[str | Path, ...]:
    """flask-sock under gunicorn with a thread for each socket."""
    limits = ("--threads", str(count + 10), "--worker-connections", str(count + 100))
    app = "benchmarks.peers.naive_flask_sock:app"
    return (PEERS_PYTHON, "-m", "gunicorn", "-k", "gthread", *limits, "--bind", "127.0.0.1:{port}", app)


def run_council(count: int) -> Mapping[str, float]:
    with fake_model_server() as base_url, council_server(base_url, max_clients=count + 10) as server:
        session_id = server.start_session("council_debate", model(50))
        server.wait_completed(session_id)
        path = f"/api/v1/ws?session_id={session_id}&since=latest"
        return hold(server.program.pid, server.port, path, count, lambda: slowest_health(server))


def slowest_health(server: CouncilServer) -> Mapping[str, float]:
    def ask() -> float:
        began = time.monotonic()
        server.request("GET", "/health")
        return 1000 * (time.monotonic() - began)

    return {"health_ms": max(ask() for _ in range(HEALTH_QUESTIONS))}


def run_peer(command: tuple[str | Path, ...], count: int) -> Mapping[str, float]:
    port = free_port()
    words = [str(word).format(port=port) for word in command]
    plan = {"port": port, "viewers": count, "events": 0}
    with program(words, SERVER_CORE, env={"BENCH_PLAN": json.dumps(plan)}) as server:
        server.answer()
        return hold(server.pid, port, "/ws", count)


def hold(
    pid: int, port: int, path: str, count: int, meanwhile: Callable[[], Mapping[str, float]] = dict
) -> Mapping[str, float]:
    """What so many idle sockets cost the processes under ``pid``."""
    memory, running = resident(pid), all_threads(pid)
    began = time.monotonic()
    with load(port, [path], connections=count):
        seconds = time.monotonic() - began
        time.sleep(SETTLE_SECONDS)
        return {
            "sockets": established(port),
            "kb_per_socket": 1024 * (resident(pid) - memory) / count,
            "threads_per_socket": (all_threads(pid) - running) / count,
            "connect_milliseconds": 1000 * seconds / count,
            **meanwhile(),
        }


def resident(pid: int) -> float:
    return sum(resident_mb(member) for member in family(pid))


def all_threads(pid: int) -> int:
    return sum(threads(member) for member in family(pid))


def established(port: int) -> int:
    """Connections to this port that both sides hold open, as the kernel counts them."""
    local = f"0100007F:{port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1] == local and row[3] == ESTABLISHED for row in rows)

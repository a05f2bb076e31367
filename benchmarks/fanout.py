"""Fan-out: one process publishes events, a hundred viewers read them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import (
    ALL_CORES,
    HERE,
    PEERS_PYTHON,
    PYTHON,
    SERVER_CORE,
    BenchmarkFailed,
    Case,
    compiled,
    free_port,
    load,
    program,
)
from benchmarks.report import About, Column, Plot

VIEWERS = 100
GRACE_SECONDS = 2  # Who is further behind at the end of a steady stream has not delivered.

ABOUT = About(
    title="Fan-out to 100 viewers",
    text=(
        "One process publishes events of 250 bytes, each of which goes to 100 viewers. In a steady stream the honest "
        "columns are p99 and CPU; the rate of a burst shows what batches are worth. `council` is the hub alone, as "
        "after a commit; with the journal on, each event is stored in SQLite first and neighbours travel together. "
        "The busy thread is a Python loop in the server's own process, which then may use both cores. The stalled "
        "viewer never reads; the figures are those of the others. C sends prebuilt frames: the machine's limit."
    ),
    columns=(
        Column("deliveries_per_second", "deliveries/s"),
        Column("p50_us", "p50 µs"),
        Column("p99_us", "p99 µs"),
        Column("cpu_s_per_million", "CPU s per million", 2),
        Column("delivered_percent", "delivered %", 1),
        Column("lost", "lost"),
        Column("reordered", "reordered"),
        Column("load_client_percent", "load client, % of its core"),
    ),
    plots=(
        Plot("burst", "deliveries_per_second", "Burst to 100 viewers: deliveries/s"),
        Plot(
            "1,000 events/s",
            "cpu_s_per_million",
            "1,000 events/s to 100 viewers: CPU seconds per million deliveries",
        ),
        Plot("200 events/s", "p99_us", "200 events/s to 100 viewers: p99 in microseconds"),
        Plot("50 events/s beside a busy thread", "p50_us", "Beside a busy thread: p50 in microseconds"),
    ),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    rate: float = 0
    seconds: float = 0
    size: int = 250
    busy: bool = False
    stalled: int = 0


@dataclass(frozen=True, slots=True)
class Server:
    """How a contestant is started, and what it takes part in. ``burst`` events take it about a second."""

    name: str
    command: tuple[str | Path, ...]
    burst: int
    env: tuple[tuple[str, str], ...] = ()
    variant: str = ""
    takes: Callable[[Scenario], bool] = lambda scenario: True


SCENARIOS = (
    Scenario("burst"),
    Scenario("200 events/s", rate=200, seconds=6),
    Scenario("1,000 events/s", rate=1000, seconds=5),
    Scenario("50 events/s beside a busy thread", rate=50, seconds=6, busy=True),
    # 5 MB for each viewer: more than the kernel hides of a stalled one (2.6 MB on loopback).
    Scenario("1 KB at 500/s, none stalled", rate=500, seconds=10, size=1000),
    Scenario("1 KB at 500/s, one stalled", rate=500, seconds=10, size=1000, stalled=1),
)
QUICK = SCENARIOS[:2]
QUICK_SERVERS = ("council", "council, journal on", "aiohttp", "naive flask-sock")


def cases(quick: bool) -> Iterator[Case]:
    for scenario in QUICK if quick else SCENARIOS:
        for server in servers():
            if server.takes(scenario) and (server.name in QUICK_SERVERS or not quick):
                yield Case(scenario.name, server.name, lambda a=server, b=scenario: run(a, b, quick))


def servers() -> tuple[Server, ...]:
    limit = compiled(HERE / "load" / "limit.c")
    return (
        Server("council", gunicorn(PYTHON, "benchmarks.ours_fanout:app"), 50_000, variant="hub"),
        Server(
            "council, journal on", gunicorn(PYTHON, "benchmarks.ours_fanout:app"), 20_000, variant="journal"
        ),
        Server("aiohttp", (PEERS_PYTHON, "-m", "benchmarks.peers.aiohttp_server"), 3_000),
        Server("websockets", (PEERS_PYTHON, "-m", "benchmarks.peers.websockets_server"), 3_000),
        Server("naive flask-sock", gunicorn(PEERS_PYTHON, "benchmarks.peers.naive_flask_sock:app"), 2_000),
        Server("C, one send per event", (limit,), 5_000, takes=no_python_and_nobody_stalled),
        Server("C, 64 events per send", (limit,), 100_000, env=(("BENCH_BATCH", "64"),), takes=bursts),
    )


def no_python_and_nobody_stalled(scenario: Scenario) -> bool:
    """The limit has no busy thread to share a lock with, and waits for every viewer for ever."""
    return scenario.size == 250 and not scenario.busy


def bursts(scenario: Scenario) -> bool:
    return not scenario.rate


def gunicorn(python: Path, app: str) -> tuple[str | Path, ...]:
    workers = ("-k", "gthread", "--workers", "1", "--threads", "150")
    return (python, "-m", "gunicorn", *workers, "--log-level", "warning", "--bind", "127.0.0.1:{port}", app)


def run(server: Server, scenario: Scenario, quick: bool) -> Mapping[str, float]:
    seconds = min(scenario.seconds, 1) if quick else scenario.seconds
    events = int(scenario.rate * seconds) or server.burst // (4 if quick else 1)
    plan = {
        "port": free_port(),
        "viewers": VIEWERS,
        "events": events,
        "rate": scenario.rate,
        "size": scenario.size,
        "busy": scenario.busy,
        "variant": server.variant,
    }
    command = [str(word).format(port=plan["port"]) for word in server.command]
    env = {"BENCH_PLAN": json.dumps(plan), **dict(server.env)}
    # On one core the loop gets the GIL back before the busy thread wakes: the convoy needs a second one.
    with program(command, ALL_CORES if scenario.busy else SERVER_CORE, env=env) as publisher:
        publisher.answer()
        options = {
            "expect": events,
            "seconds": seconds + GRACE_SECONDS if seconds else 60,
            "idle": 3,
            "stalled": scenario.stalled,
        }
        with load(plan["port"], ["/ws"], connections=VIEWERS, **options) as viewers:
            publisher.tell("go")
            result = viewers.answer()
            publisher.tell("report")
            cpu = publisher.answer()["cpu_seconds"]
    if scenario.busy:
        cpu = None  # The busy thread's, nearly all of it.
    return figures(result, cpu, events * (VIEWERS - scenario.stalled))


def figures(result: Mapping[str, float], cpu_seconds: float | None, expected: int) -> Mapping[str, float]:
    frames = result["frames"]
    if not frames:
        raise BenchmarkFailed("Not one event arrived.")
    cost = {} if cpu_seconds is None else {"cpu_s_per_million": cpu_seconds / frames * 1e6}
    return cost | {
        "deliveries_per_second": result["frames_per_second"],
        "p50_us": result["p50_us"],
        "p99_us": result["p99_us"],
        "max_us": result["max_us"],
        "delivered_percent": 100 * frames / expected,
        "lost": result["lost"],
        "reordered": result["reordered"] + result["repeated"],
        "load_client_percent": 100 * result["load_share"],
    }

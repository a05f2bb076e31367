"""The engine: what an orchestrator costs for each chunk its models stream."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.council_server import council_server, start_spread
from benchmarks.fake_model_server import fake_model_server, model
from benchmarks.measure import (
    LOAD_CORE,
    PEERS_PYTHON,
    SERVER_CORE,
    BenchmarkFailed,
    Case,
    load,
    peak_mb,
    program,
)
from benchmarks.report import About, Column, Plot

SPEAKERS = 4
CHUNKS_PER_SECOND = 60
TEMPLATE = "council_debate"
REHEARSAL = model(50)

ABOUT = About(
    title="The engine",
    text=(
        "A debate: two members in parallel, a judge who reads both, a report; 2,000 chunks each, every one shown to "
        "one WebSocket viewer. At full speed CPU time is what differs; at 60 chunks a second per member it is the "
        "share of a core and the time from the model's chunk to the viewer. The peers show each chunk by itself and "
        "keep no log. `council` is the whole product under gunicorn: HTTP, engine, provider, log in SQLite, sockets; "
        "it gathers text for 50 ms before it stores and shows it, which its latency includes."
    ),
    columns=(
        Column("cpu_ms_per_1000", "CPU ms per 1,000 chunks", 1),
        Column("core_percent", "% of a core", 1),
        Column("p50_us", "p50 µs"),
        Column("p99_us", "p99 µs"),
        Column("delivered_percent", "delivered %", 1),
        Column("peak_mb", "peak MB"),
        Column("start_cpu_seconds", "CPU s to be ready", 2),
    ),
    plots=(
        Plot(
            "one debate, full speed", "cpu_ms_per_1000", "CPU milliseconds per 1,000 chunks, with one viewer"
        ),
        Plot(
            "20 debates at 60 chunks/s", "core_percent", "20 debates at 60 chunks/s per member: % of a core"
        ),
        Plot("20 debates at 60 chunks/s", "p99_us", "20 debates at 60 chunks/s: p99 in microseconds"),
    ),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    debates: int
    chunks: int
    rate: float = 0

    @property
    def expected(self) -> int:
        return self.debates * self.chunks * SPEAKERS


SCENARIOS = (
    Scenario("one debate, full speed", debates=1, chunks=2000),
    Scenario("20 debates at 60 chunks/s", debates=20, chunks=600, rate=CHUNKS_PER_SECOND),
)
QUICK = (Scenario("one debate, full speed", debates=1, chunks=1000),)

CROWD = Scenario("80 debates at 60 chunks/s", debates=80, chunks=600, rate=CHUNKS_PER_SECOND)
FLOOR = "httpx2 and json on threads"

PEERS = {
    FLOOR: "benchmarks.peers.raw_threads",
    "openai SDK on threads": "benchmarks.peers.sdk_threads",
    "LangGraph": "benchmarks.peers.langgraph_debate",
}


def cases(quick: bool) -> Iterator[Case]:
    for scenario in QUICK if quick else (*SCENARIOS, CROWD):
        yield Case(scenario.name, "council", lambda a=scenario: run_council(a))
        for name, module in PEERS.items():
            if scenario is not CROWD or name == FLOOR:  # More than a core for the others.
                yield Case(scenario.name, name, lambda a=module, b=scenario: run_peer(a, b))


def run_council(scenario: Scenario) -> Mapping[str, float]:
    with fake_model_server() as base_url, council_server(base_url) as server:
        server.wait_completed(server.start_session(TEMPLATE, REHEARSAL))
        cpu, began = server.cpu_seconds(), time.monotonic()
        ids = start_spread(server, TEMPLATE, order(scenario), scenario.debates)
        paths = [f"/api/v1/ws?session_id={session_id}" for session_id in ids]
        end = {"last": '"execution:completed"', "seconds": 120, "idle": 10, "every_stamp": True}
        with load(server.port, paths, connections=len(paths), **end) as viewers:
            seen = viewers.answer()
            taken = {
                "cpu_seconds": server.cpu_seconds() - cpu,
                "seconds": time.monotonic() - began,
                "chunks": seen["stamps"] or scenario.expected * seen["finished"] // scenario.debates,
                "peak_mb": peak_mb(server.worker),
            }
    if seen["lost"] or seen["reordered"]:
        raise BenchmarkFailed(f"{seen['lost']} events lost, {seen['reordered']} reordered.")
    return figures(taken | {key: seen[key] for key in ("p50_us", "p99_us") if seen["timed"]}, scenario)


def order(scenario: Scenario) -> str:
    return model(scenario.chunks, scenario.rate, stamped=scenario.rate > 0)


def run_peer(module: str, scenario: Scenario) -> Mapping[str, float]:
    with fake_model_server() as base_url:
        plan = {
            "base_url": base_url,
            "model": order(scenario),
            "debates": scenario.debates,
            "viewer_core": max(LOAD_CORE),
        }
        env = {"BENCH_PLAN": json.dumps(plan)}
        with program([PEERS_PYTHON, "-m", module], SERVER_CORE, env=env) as peer:
            ready = peer.answer()
            peer.tell("go")
            return figures(peer.answer() | {"start_cpu_seconds": ready["start_cpu_seconds"]}, scenario)


def figures(taken: Mapping[str, float], scenario: Scenario) -> Mapping[str, float]:
    if not taken["chunks"]:
        raise BenchmarkFailed("Not one chunk was shown.")
    shown = {key: taken[key] for key in ("p50_us", "p99_us", "peak_mb", "start_cpu_seconds") if key in taken}
    return shown | {
        "cpu_ms_per_1000": taken["cpu_seconds"] / taken["chunks"] * 1e6,
        "core_percent": 100 * taken["cpu_seconds"] / taken["seconds"],
        "delivered_percent": 100 * taken["chunks"] / scenario.expected,
    }

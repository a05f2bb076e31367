"""The whole pipeline: from a model's chunk over engine, log and socket to the viewers of many meetings."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.council_app import MEMBERS, TEMPLATE_ID
from benchmarks.council_server import council_server, start_spread
from benchmarks.fake_model_server import fake_model_server, model
from benchmarks.measure import BenchmarkFailed, Case, load, peak_mb, threads
from benchmarks.report import About, Column, Plot

TOKENS_PER_SECOND = 60
VIEWERS_EACH = 2

ABOUT = About(
    title="The whole pipeline",
    text=(
        "Meetings of three members who speak at the same time at 60 tokens a second, each meeting with two viewers, "
        "served by gunicorn with the settings of production. Latency is from the model's chunk to the viewer's socket; "
        "the text is gathered for 50 ms and stored in between, which the latency includes."
    ),
    columns=(
        Column("p50_us", "p50 µs"),
        Column("p99_us", "p99 µs"),
        Column("max_us", "max µs"),
        Column("core_percent", "% of a core", 1),
        Column("delivered_percent", "delivered %", 1),
        Column("lost", "lost"),
        Column("reordered", "reordered"),
        Column("tokens_per_event", "tokens per event", 1),
        Column("peak_mb", "peak MB"),
        Column("threads", "threads"),
    ),
    plots=(
        Plot("20 meetings x 3 members", "p50_us", "Model chunk to socket, 20 meetings: p50 in microseconds"),
        Plot("20 meetings x 3 members", "p99_us", "Model chunk to socket, 20 meetings: p99 in microseconds"),
    ),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    meetings: int
    seconds: float = 12

    @property
    def viewers(self) -> int:
        return self.meetings * VIEWERS_EACH


SCENARIOS = (Scenario("1 meeting x 3 members", 1), Scenario("20 meetings x 3 members", 20))
QUICK = (Scenario("20 meetings x 3 members", 20, seconds=2),)


def cases(quick: bool) -> Iterator[Case]:
    for scenario in QUICK if quick else SCENARIOS:
        yield Case(scenario.name, "council", lambda a=scenario: run(a))


def run(scenario: Scenario) -> Mapping[str, float]:
    chunks = int(scenario.seconds * TOKENS_PER_SECOND)
    with fake_model_server() as base_url, council_server(base_url) as server:
        server.wait_completed(server.start_session(TEMPLATE_ID, model(50)))
        cpu, began = server.cpu_seconds(), time.monotonic()
        ids = start_spread(
            server, TEMPLATE_ID, model(chunks, TOKENS_PER_SECOND, stamped=True), scenario.meetings
        )
        paths = [f"/api/v1/ws?session_id={session_id}" for session_id in ids]
        end = {"last": '"execution:completed"', "seconds": scenario.seconds + 30, "every_stamp": True}
        with load(server.port, paths, connections=scenario.viewers, **end) as viewers:
            running = threads(server.worker)
            seen = viewers.answer()
            cpu_seconds, seconds = server.cpu_seconds() - cpu, time.monotonic() - began
            peak = peak_mb(server.worker)
    if not seen["timed"]:
        raise BenchmarkFailed("Not one token was timed.")
    return {
        "p50_us": seen["p50_us"],
        "p99_us": seen["p99_us"],
        "max_us": seen["max_us"],
        "core_percent": 100 * cpu_seconds / seconds,
        "delivered_percent": 100 * seen["stamps"] / (scenario.viewers * len(MEMBERS) * chunks),
        "lost": seen["lost"],
        "reordered": seen["reordered"] + seen["repeated"],
        "tokens_per_event": seen["stamps"] / seen["frames"],
        "peak_mb": peak,
        "threads": running,
    }

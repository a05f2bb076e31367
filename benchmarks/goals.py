"""What Council wants to reach, each goal as a number to be compared with a measured one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.results import Saved

Measure = Callable[[Mapping[str, Saved]], float]


@dataclass(frozen=True, slots=True)
class Goal:
    """``measure`` picks a figure or a ratio of two from the results; it raises KeyError when they are not there."""

    what: str
    kind: Literal["at least", "at most"]
    limit: float
    unit: str
    measure: Measure

    def met(self, value: float) -> bool:
        return value >= self.limit if self.kind == "at least" else value <= self.limit


@dataclass(frozen=True, slots=True)
class Verdict:
    goal: Goal
    value: float | None  # None: not measured.

    @property
    def word(self) -> str:
        if self.value is None:
            return "not measured"
        return "met" if self.goal.met(self.value) else "not met"

    @property
    def margin(self) -> float | None:
        """How many times better than the goal; below 1 it is not met."""
        if self.value is None or not self.value or not self.goal.limit:
            return None
        return self.value / self.goal.limit if self.goal.kind == "at least" else self.goal.limit / self.value


def judge(results: Mapping[str, Saved]) -> list[Verdict]:
    return [Verdict(goal, _measured(goal, results)) for goal in GOALS]


def _measured(goal: Goal, results: Mapping[str, Saved]) -> float | None:
    try:
        return goal.measure(results)
    except (KeyError, ZeroDivisionError):
        return None


def figure(benchmark: str, scenario: str, contestant: str, key: str) -> Measure:
    return lambda results: results[benchmark].scenarios[scenario][contestant][key].median


def ratio(over: Measure, under: Measure) -> Measure:
    return lambda results: over(results) / under(results)


def _fanout(scenario: str, key: str, ours: str, theirs: str) -> Measure:
    return ratio(figure("fanout", scenario, ours, key), figure("fanout", scenario, theirs, key))


def _pair(key: str) -> Measure:
    """With one viewer stalled, compared with none stalled."""
    return ratio(
        figure("fanout", "1 KB at 500/s, one stalled", "council", key),
        figure("fanout", "1 KB at 500/s, none stalled", "council", key),
    )


HUB, JOURNAL = "council", "council, journal on"
BUSY = "50 events/s beside a busy thread"
STALLED = "1 KB at 500/s, one stalled"
LIVE, LONG_MEETING = "12 members at 80 tokens/s", "a meeting of 2,000 messages is opened"
HALF = "half an hour of 12 members at 80 tokens/s"
FULL_SPEED, PACED = "one debate, full speed", "20 debates at 60 chunks/s"

GOALS = (
    Goal(
        "burst to 100 viewers, journal off",
        "at least",
        20,
        "x aiohttp",
        _fanout("burst", "deliveries_per_second", HUB, "aiohttp"),
    ),
    Goal(
        "burst to 100 viewers, journal on",
        "at least",
        5,
        "x aiohttp",
        _fanout("burst", "deliveries_per_second", JOURNAL, "aiohttp"),
    ),
    Goal(
        "200 events/s to 100 viewers: p99",
        "at most",
        1,
        "x aiohttp",
        _fanout("200 events/s", "p99_us", HUB, "aiohttp"),
    ),
    Goal(
        "200 events/s to 100 viewers: CPU per delivery",
        "at most",
        1,
        "x aiohttp",
        _fanout("200 events/s", "cpu_s_per_million", HUB, "aiohttp"),
    ),
    Goal(
        "1,000 events/s to 100 viewers, grouped by the journal: CPU per delivery",
        "at most",
        1 / 3,
        "x aiohttp",
        _fanout("1,000 events/s", "cpu_s_per_million", JOURNAL, "aiohttp"),
    ),
    Goal(
        "50 events/s beside a busy thread: p50",
        "at most",
        1 / 3,
        "x naive",
        _fanout(BUSY, "p50_us", HUB, "naive flask-sock"),
    ),
    Goal(
        "50 events/s beside a busy thread: p50",
        "at most",
        1 / 10,
        "x aiohttp",
        _fanout(BUSY, "p50_us", HUB, "aiohttp"),
    ),
    Goal("one viewer stalled: p99 of the 99 others", "at most", 1.5, "x none stalled", _pair("p99_us")),
    Goal(
        "one viewer stalled: lost by the others",
        "at most",
        0,
        "events",
        figure("fanout", STALLED, HUB, "lost"),
    ),
    Goal(
        "one viewer stalled: reordered or repeated",
        "at most",
        0,
        "events",
        figure("fanout", STALLED, HUB, "reordered"),
    ),
    Goal(
        "20 meetings x 3 members x 60 tokens/s: p99 from model chunk to socket",
        "at most",
        60_000,
        "us",
        figure("pipeline", "20 meetings x 3 members", HUB, "p99_us"),
    ),
    Goal(
        "20 meetings x 3 members x 60 tokens/s: CPU",
        "at most",
        100,
        "% of a core",
        figure("pipeline", "20 meetings x 3 members", HUB, "core_percent"),
    ),
    Goal(
        "engine with log and one viewer: CPU per 1,000 chunks",
        "at most",
        30,
        "ms",
        figure("engine", FULL_SPEED, HUB, "cpu_ms_per_1000"),
    ),
    Goal(
        "SDK threads' CPU per 1,000 chunks",
        "at least",
        3.5,
        "x council",
        ratio(
            figure("engine", FULL_SPEED, "openai SDK on threads", "cpu_ms_per_1000"),
            figure("engine", FULL_SPEED, HUB, "cpu_ms_per_1000"),
        ),
    ),
    Goal(
        "LangGraph's CPU per 1,000 chunks",
        "at least",
        8,
        "x council",
        ratio(
            figure("engine", FULL_SPEED, "LangGraph", "cpu_ms_per_1000"),
            figure("engine", FULL_SPEED, HUB, "cpu_ms_per_1000"),
        ),
    ),
    Goal(
        "20 debates x 60 chunks/s: CPU",
        "at most",
        20,
        "% of a core",
        figure("engine", PACED, HUB, "core_percent"),
    ),
    Goal(
        "80 debates x 60 chunks/s on one core: p99",
        "at most",
        80_000,
        "us",
        figure("engine", "80 debates at 60 chunks/s", HUB, "p99_us"),
    ),
    Goal(
        "first event after the start of a warm debate",
        "at most",
        5,
        "ms",
        figure("start", "first event", HUB, "warm_ms"),
    ),
    Goal(
        "first event after the start of the first debate",
        "at most",
        40,
        "ms",
        figure("start", "first event", HUB, "first_ms"),
    ),
    Goal(
        "replay of 10,000 events to one client",
        "at least",
        200_000,
        "events/s",
        figure("replay", "10,000 events", HUB, "events_per_second"),
    ),
    Goal(
        "an idle socket: memory", "at most", 64, "KB", figure("sockets", "2,000 idle", HUB, "kb_per_socket")
    ),
    Goal(
        "an idle socket: threads",
        "at most",
        2,
        "",
        figure("sockets", "2,000 idle", HUB, "threads_per_socket"),
    ),
    Goal("sockets in one process", "at least", 2000, "", figure("sockets", "2,000 idle", HUB, "sockets")),
    Goal("cold start to serving", "at most", 1.2, "s", figure("start", "cold start", HUB, "seconds")),
    Goal(
        "cold start to serving: memory",
        "at most",
        80,
        "MB",
        figure("start", "cold start", HUB, "resident_mb"),
    ),
    Goal(
        "12 members at 80 tokens/s in Chromium: tasks over 50 ms",
        "at most",
        0,
        "tasks",
        figure("page", LIVE, HUB, "long_tasks"),
    ),
    Goal(
        "12 members at 80 tokens/s in Chromium: frames",
        "at least",
        50,
        "/s",
        figure("page", LIVE, HUB, "frames_per_second"),
    ),
    Goal(
        "a meeting of 2,000 messages opens in Chromium",
        "at most",
        1_000,
        "ms",
        figure("page", LONG_MEETING, HUB, "connected_ms"),
    ),
    Goal(
        "half an hour of their tokens in Chromium: memory in the end",
        "at most",
        1.2,
        "x after ten minutes",
        ratio(figure("half_hour", HALF, HUB, "heap_3_mb"), figure("half_hour", HALF, HUB, "heap_1_mb")),
    ),
)

"""What /metrics says: every metric with its help, and where its numbers come from when somebody asks."""

import platform
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from prometheus_client import ProcessCollector
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from council.events import SessionStatus
from council.live.audience import Refusal
from council.live.condition import Condition
from council.meters import Distribution
from council.parts import Parts
from council.web.requests import Requests

Kind = Literal["counter", "gauge", "histogram"]
Merge = Literal["livesum", "livemax", "livemostrecent"]
"""How several processes' gauges become one: those of processes that live, added up, the largest, or the newest."""


@dataclass(frozen=True, slots=True)
class About:
    """One metric. A counter's name gets ``_total`` when it is told."""

    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    merge: Merge = "livesum"


METRICS: dict[str, About] = {
    # The process
    "council_build_info": About(
        "gauge", "The version that runs; always 1.", ("version", "python"), "livemax"
    ),
    "council_process_start_time_seconds": About("gauge", "When it started (Unix time).", merge="livemax"),
    "council_process_resident_memory_bytes": About("gauge", "Memory it holds (RSS)."),
    "council_process_open_fds": About("gauge", "File descriptors it holds open."),
    "council_process_max_fds": About("gauge", "File descriptors it may hold open.", merge="livemax"),
    "council_process_cpu_seconds": About("counter", "Processor time it has used."),
    "council_process_threads": About("gauge", "Python threads that live."),
    # HTTP
    "council_http_requests": About(
        "counter", "Requests answered; sockets are counted apart.", ("method", "route", "status")
    ),
    "council_http_request_seconds": About(
        "histogram", "Time from a request to the head of its answer.", ("method", "route")
    ),
    # Listeners
    "council_connections": About("gauge", "Sockets and event streams that are open.", ("kind",)),
    "council_connections_opened": About("counter", "Sockets and event streams opened so far.", ("kind",)),
    "council_connections_refused": About("counter", "Those that were not let in, by why.", ("reason",)),
    "council_connections_closed": About(
        "counter", "Those that ended, by close code and reason.", ("kind", "code", "reason")
    ),
    "council_evictions": About("counter", "Listeners let go of because they took too little.", ("reason",)),
    "council_sent_frames": About("counter", "Frames taken for sending, once for each listener.", ("kind",)),
    "council_sent_bytes": About("counter", "Bytes sent to listeners.", ("kind",)),
    "council_queue_batches": About("gauge", "Batches that wait in the queues of all listeners."),
    "council_queue_batches_max": About("gauge", "Batches in the longest queue.", merge="livemax"),
    "council_lag_events": About("gauge", "Events that listeners still have to read from the store, in all."),
    "council_lag_events_max": About("gauge", "The same, of the one furthest behind.", merge="livemax"),
    # What is said
    "council_broadcast_batch_events": About("histogram", "Events that were shown together."),
    "council_broadcast_deliveries": About("counter", "Batches offered, once for each listener."),
    "council_journal_batch_events": About("histogram", "Events stored in one transaction."),
    "council_journal_commit_seconds": About(
        "histogram", "Time of one transaction, further attempts included."
    ),
    "council_journal_stored_seconds": About(
        "histogram", "From the moment an event is recorded until it is committed; the oldest of each batch."
    ),
    "council_journal_shown_seconds": About(
        "histogram", "From the moment an event is recorded until it is sent; the oldest of each batch."
    ),
    "council_journal_pending_records": About("gauge", "Records that wait to be stored."),
    "council_database_retries": About("counter", "Transactions tried again because the database was busy."),
    "council_database_up": About(
        "gauge", "Whether the database answered this scrape.", merge="livemostrecent"
    ),
    # Meetings
    "council_sessions": About("gauge", "Meetings by status, in the database.", ("status",), "livemostrecent"),
    "council_sessions_running": About("gauge", "Meetings that run in this process."),
    "council_session_turns": About(
        "counter", "Meetings created, started, paused, resumed and finished here.", ("turn",)
    ),
    "council_leases_taken": About("counter", "Meetings this process took up."),
    "council_leases_taken_over": About("counter", "Those of them whose process had died."),
    "council_leases_lost": About(
        "counter", "Meetings this process had to let go: another has them, or the database did not answer."
    ),
    # Models
    "council_model_calls": About(
        "counter", "Model calls that ended, by how they did.", ("provider", "outcome")
    ),
    "council_model_calls_open": About("gauge", "Model calls under way.", ("provider",)),
    "council_model_call_seconds": About(
        "histogram", "How long a call takes, pauses included.", ("provider",)
    ),
    "council_model_first_token_seconds": About(
        "histogram", "How long a model is silent before its first token.", ("provider",)
    ),
    "council_model_input_tokens": About("counter", "Tokens sent to models.", ("provider",)),
    "council_model_output_tokens": About("counter", "Tokens that came from models.", ("provider",)),
    "council_model_cost_usd": About(
        "counter", "What calls with a known price have cost (USD).", ("provider",)
    ),
    "council_model_unpriced_calls": About("counter", "Calls whose price nobody knows.", ("provider",)),
}

Labels = tuple[str, ...]
Numbers = Mapping[Labels, float]
Spreads = Mapping[Labels, Distribution]
_ONE: Labels = ()


class Measures(Collector):
    """Reads what the parts have counted when it is asked, and counts nothing itself."""

    def __init__(self, parts: Parts, requests: Requests, version: str) -> None:
        self._parts = parts
        self._requests = requests
        self._version = version
        self._process = ProcessCollector(namespace="council", registry=None)

    def collect(self) -> Iterator[Metric]:
        yield from self._process_metrics()
        yield from self._http_metrics()
        yield from self._listener_metrics()
        yield from self._journal_metrics()
        yield from self._session_metrics()
        yield from self._model_metrics()

    def describe(self) -> Iterable[Metric]:
        return []

    def _process_metrics(self) -> Iterator[Metric]:
        yield _gauge("council_build_info", {(self._version, platform.python_version()): 1})
        yield _gauge("council_process_threads", {_ONE: threading.active_count()})
        for found in self._process.collect():
            if found.name in METRICS:
                told = _counter if METRICS[found.name].kind == "counter" else _gauge
                yield told(found.name, {_ONE: found.samples[0].value})

    def _http_metrics(self) -> Iterator[Metric]:
        answered = self._requests.copy()
        counts: dict[Labels, float] = {
            (method, route, str(status)): count for (method, route, status), count in answered.counts.items()
        }
        yield _counter("council_http_requests", counts)
        seconds: Spreads = {which: spread for which, spread in answered.seconds.items()}
        yield _histogram("council_http_request_seconds", seconds)

    def _listener_metrics(self) -> Iterator[Metric]:
        audience = self._parts.hub.audience()
        present = audience.present
        yield _gauge("council_connections", _by_kind(present))
        yield _counter("council_connections_opened", _with_labels(audience.entered))
        refused: dict[Labels, float] = {(why,): audience.refused[why] for why in get_args(Refusal)}
        yield _counter("council_connections_refused", refused)
        ended: Counter[Labels] = Counter()
        for (kind, code, reason), count in audience.left.items():
            ended[kind, _known_code(code), reason] += count
        yield _counter("council_connections_closed", ended)
        reasons = self._parts.hub.reasons()
        yield _counter("council_evictions", {(r,): reasons.get(r, 0) for r in ("slow", "stalled")})
        yield _counter("council_sent_frames", _with_labels(audience.frames))
        yield _counter("council_sent_bytes", _with_labels(audience.octets))
        yield from _queues(present)

    def _journal_metrics(self) -> Iterator[Metric]:
        journal, broadcasts = self._parts.journal, self._parts.hub.broadcasts
        commits = journal.commits
        yield _histogram("council_broadcast_batch_events", {_ONE: broadcasts.sizes})
        yield _counter("council_broadcast_deliveries", {_ONE: broadcasts.deliveries})
        yield _histogram("council_journal_batch_events", {_ONE: commits.sizes})
        yield _histogram("council_journal_commit_seconds", {_ONE: commits.seconds})
        yield _histogram("council_journal_stored_seconds", {_ONE: commits.stored})
        yield _histogram("council_journal_shown_seconds", {_ONE: commits.shown})
        yield _gauge("council_journal_pending_records", {_ONE: journal.pending})
        yield _counter("council_database_retries", {_ONE: commits.retries})

    def _session_metrics(self) -> Iterator[Metric]:
        runs = self._parts.supervisor.runs()
        statuses = self._statuses()
        yield _gauge("council_database_up", {_ONE: statuses is not None})
        yield _gauge("council_sessions", statuses or {})
        yield _gauge("council_sessions_running", {_ONE: runs.running})
        yield _counter("council_session_turns", _with_labels(dict(self._parts.journal.commits.turns)))
        yield _counter("council_leases_taken", {_ONE: runs.taken})
        yield _counter("council_leases_taken_over", {_ONE: runs.taken_over})
        yield _counter("council_leases_lost", {_ONE: runs.lost})

    def _statuses(self) -> Numbers | None:
        """How many meetings have each status, those that none has included; ``None`` when the database is away."""
        try:
            found = self._parts.archive.statuses()
        except SQLAlchemyError:
            return None
        return {(status,): found.get(status, 0) for status in get_args(SessionStatus)}

    def _model_metrics(self) -> Iterator[Metric]:
        accounts = self._parts.callbook.accounts()
        outcomes: dict[Labels, float] = {
            (p, outcome): n for p, account in accounts.items() for outcome, n in account.outcomes.items()
        }
        yield _counter("council_model_calls", outcomes)
        yield _gauge("council_model_calls_open", {(p,): a.open for p, a in accounts.items()})
        yield _histogram("council_model_call_seconds", {(p,): a.seconds for p, a in accounts.items()})
        yield _histogram(
            "council_model_first_token_seconds", {(p,): a.first_token for p, a in accounts.items()}
        )
        yield _counter("council_model_input_tokens", {(p,): a.input_tokens for p, a in accounts.items()})
        yield _counter("council_model_output_tokens", {(p,): a.output_tokens for p, a in accounts.items()})
        yield _counter("council_model_cost_usd", {(p,): float(a.usd) for p, a in accounts.items()})
        yield _counter("council_model_unpriced_calls", {(p,): a.unpriced for p, a in accounts.items()})


# Listeners


def _by_kind(present: Iterable[Condition]) -> dict[Labels, float]:
    found: dict[Labels, float] = {("socket",): 0, ("stream",): 0}
    for each in present:
        found[each.kind,] += 1
    return found


def _queues(present: tuple[Condition, ...]) -> Iterator[Metric]:
    queued, lags = [each.queued for each in present], [each.lag for each in present]
    yield _gauge("council_queue_batches", {_ONE: sum(queued)})
    yield _gauge("council_queue_batches_max", {_ONE: max(queued, default=0)})
    yield _gauge("council_lag_events", {_ONE: sum(lags)})
    yield _gauge("council_lag_events_max", {_ONE: max(lags, default=0)})


_CODES = frozenset({*range(1000, 1004), *range(1005, 1015), 4401, 4403, 4404})


def _known_code(code: int) -> str:
    """A peer may send any of thousands; there are only so many labels."""
    return str(code) if code in _CODES else "other"


def _with_labels(counts: Mapping[str, float]) -> dict[Labels, float]:
    return {(name,): count for name, count in counts.items()}


# Families


def _gauge(name: str, numbers: Numbers) -> Metric:
    about = METRICS[name]
    family = GaugeMetricFamily(name, about.help, labels=about.labels)
    for labels, value in numbers.items():
        family.add_metric(labels, float(value))
    return family


def _counter(name: str, numbers: Numbers) -> Metric:
    about = METRICS[name]
    family = CounterMetricFamily(name, about.help, labels=about.labels)
    for labels, value in numbers.items():
        family.add_metric(labels, float(value))
    return family


def _histogram(name: str, spreads: Spreads) -> Metric:
    about = METRICS[name]
    family = HistogramMetricFamily(name, about.help, labels=about.labels)
    for labels, spread in spreads.items():
        family.add_metric(labels, spread.copy().cumulative(), spread.total)
    return family

"""Everything at once, and for long: meetings, viewers, remarks and approvals, while faults come by lot: ``make soak``.

``python -m tests.faults.soak [--minutes 30] [--clients 200] [--meetings 20] [--seed N]``. In the end each invariant is
asked; what was found goes to the terminal and to docs/reference/reliability.md. The same seed draws the same faults.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx2

from council.clock import Deadline, monotonic
from tests.faults.meeting import Script, worker_of
from tests.faults.page import SOAK, write_page
from tests.faults.results import here, save
from tests.faults.soak_check import Findings, rows
from tests.faults.soak_faults import Faults
from tests.faults.soak_host import REVIEWED, Host
from tests.support.model_server import ScriptedModelServer
from tests.support.probe import HealthProbe
from tests.support.process import descriptors_of, resident_bytes, threads_of
from tests.support.proxy import Proxy
from tests.support.server import Server
from tests.support.waiting import wait_until

LEASE_SECONDS = 2.0
LAG_SECONDS = 10.0
REST_SECONDS = 30.0
SPARE_THREADS = 5  # Beside one for each meeting at a time, which stays for the next one.


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how much, and how often something goes wrong."""

    minutes: float = 30.0
    clients: int = 200
    meetings: int = 20
    seed: int = 1
    calm_seconds: tuple[float, float] = (5.0, 40.0)  # Between two faults.
    pieces: int = 60  # Of what a member says, ten characters each.


@dataclass(slots=True)
class Report:
    """What was done, and what became of each invariant."""

    plan: Plan
    told: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return all(row["held"] is not False for row in self.rows)


def main(arguments: list[str] | None = None) -> int:
    plan = _parse(arguments)
    report = soak(plan)
    print(f"\n{report.told}\n")
    for row in report.rows:
        held = {True: "held", False: "DID NOT HOLD", None: "written down"}[row["held"]]
        print(f"{row['number']:>2}. {held}: {row['what']} {row['found']}")
    command = f"python -m tests.faults.soak --minutes {plan.minutes:g} --clients {plan.clients}"
    command += f" --meetings {plan.meetings} --seed {plan.seed}"
    save(SOAK, {"told": report.told, "where": here(), "command": command, "rows": report.rows})
    write_page()
    return 0 if report.held else 1


def soak(plan: Plan) -> Report:
    """One server, its faults, and as many meetings and viewers as the plan says."""
    with tempfile.TemporaryDirectory() as folder, ScriptedModelServer(_script(plan)) as model:
        server = Server(Path(folder) / "instance", _settings(plan, model))
        server.start()
        try:
            with Proxy(server.port) as proxy:
                return _Soak(plan, server, proxy).run()
        finally:
            server.stop()


class _Soak:
    """One soak, from the first meeting to the last question."""

    def __init__(self, plan: Plan, server: Server, proxy: Proxy) -> None:
        self._plan = plan
        self._server = server
        self._over = Event()  # No more faults, and no more meetings.
        self._faults = Faults(server, proxy, random.Random(plan.seed), self._over)
        self._proxy = proxy
        self._made: Counter[str] = Counter()
        self._worker = worker_of(server)
        self._descriptors, self._threads = descriptors_of(self._worker), threads_of(self._worker)
        self._resident = self._first_resident = resident_bytes(self._worker)
        self._began = monotonic()

    def run(self) -> Report:
        answer = self._server.post("/api/v1/templates", REVIEWED)
        assert answer.status_code == 201, answer.text
        share, rest = divmod(self._plan.clients, self._plan.meetings)
        hosts = [
            Host(n, self._plan.seed, self._server, self._proxy.port, share + (n < rest), self._over)
            for n in range(self._plan.meetings)
        ]
        with HealthProbe(self._server.port) as probe:
            broken = self._make_faults()
        self._over.set()
        lag = self._lag()
        for host in hosts:
            host.join()
        findings = Findings([host.tally for host in hosts], self._faults, self._server, LEASE_SECONDS)
        findings.broken_off = broken
        findings.lag_seconds = lag
        findings.health_p99_milliseconds = probe.p99_milliseconds
        findings.grown_bytes = self._resident - self._first_resident
        findings.clients = self._plan.clients
        findings.descriptors_left, findings.threads_left = self._rest()
        findings.threads_allowed = self._plan.meetings + SPARE_THREADS
        return Report(self._plan, self._told(findings), rows(findings))

    def _make_faults(self) -> list[str]:
        """Until the time is over; what kept one from being made."""
        deadline = Deadline(60 * self._plan.minutes)
        chance = random.Random(f"{self._plan.seed} calm")
        while not deadline.passed():
            self._stay_calm(min(chance.uniform(*self._plan.calm_seconds), deadline.remaining() or 0))
            if deadline.passed():
                break
            try:
                name = self._faults.make()
            except (AssertionError, OSError, httpx2.HTTPError) as problem:
                return [f"{type(problem).__name__}: {str(problem)[:300]}"]
            self._made[name] += 1
            print(f"{monotonic() - self._began:7.1f} s  {name}", flush=True)
        return []

    def _stay_calm(self, seconds: float) -> None:
        """Nothing goes wrong for a while; memory is looked at each second."""
        deadline = Deadline(seconds)
        while not deadline.passed():
            Event().wait(min(1.0, deadline.remaining() or 0))
            self._look_at_memory()

    def _look_at_memory(self) -> None:
        try:
            self._resident = max(self._resident, resident_bytes(worker_of(self._server)))
        except (OSError, ValueError):  # Between two workers.
            return

    def _lag(self) -> float | None:
        """Seconds until nobody lags behind; None when somebody still does."""
        began = monotonic()
        try:
            wait_until(lambda: self._metric("council_lag_events") == 0, LAG_SECONDS, what="no lag")
        except AssertionError:
            return None
        return round(monotonic() - began, 1)

    def _rest(self) -> tuple[int, int]:
        """Descriptors and threads above those of the beginning, once all have left."""
        with suppress(AssertionError):  # Their number tells.
            wait_until(lambda: not self._connections(), REST_SECONDS, what="the end of all sockets")
        worker = worker_of(self._server)
        return descriptors_of(worker) - self._descriptors, threads_of(worker) - self._threads

    def _connections(self) -> float:
        return self._metric('council_connections{kind="socket"}')

    def _metric(self, sample: str) -> float:
        try:
            return self._server.metric(sample)
        except httpx2.HTTPError:
            return -1.0

    def _told(self, findings: Findings) -> str:
        tallies, plan = findings.tallies, self._plan
        faults = ", ".join(f"{count} x {name}" for name, count in sorted(self._made.items()))
        return (
            f"{plan.minutes:g} minutes, {plan.clients} clients, {plan.meetings} meetings at a time, seed {plan.seed}: "
            f"{sum(t.meetings for t in tallies):,} meetings, {sum(t.events for t in tallies):,} events, "
            f"{sum(t.connections for t in tallies):,} connections, {sum(t.commands for t in tallies):,} commands. "
            f"{self._made.total()} faults: {faults or 'none'}."
        )


def _script(plan: Plan) -> Script:
    return Script(pieces=plan.pieces, delay_seconds=0.1)


def _settings(plan: Plan, model: ScriptedModelServer) -> dict[str, object]:
    return {
        "llm_base_url": model.url,
        "llm_model": "scripted",
        "max_clients": plan.clients + 50,
        "engine__lease_seconds": LEASE_SECONDS,
        "engine__max_crashes": 1000,
        "live__heartbeat_seconds": 1,
        "log_level": "WARNING",
    }


def _parse(arguments: list[str] | None) -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=Plan.minutes)
    parser.add_argument("--clients", type=int, default=Plan.clients)
    parser.add_argument("--meetings", type=int, default=Plan.meetings)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10_000))
    found = parser.parse_args(arguments)
    return Plan(found.minutes, found.clients, found.meetings, found.seed)


if __name__ == "__main__":
    sys.exit(main())

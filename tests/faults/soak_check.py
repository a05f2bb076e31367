"""The ten invariants, asked of what a soak left behind: one row each."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.faults.soak_faults import Faults, Kill
from tests.faults.soak_host import Tally
from tests.faults.table import INVARIANTS
from tests.support.server import Server

TAKEOVER_SECONDS = 2.0  # Beyond the lease, and beyond the start of a process that can take over.
BASE_BYTES = 60_000_000
BYTES_PER_CLIENT = 1_500_000
DESCRIPTORS = 60  # Connections to the database that stay open.
LAG_SECONDS = 10.0

_TAKEN_OVER = re.compile(r"^(\S+Z) \[warning\s*\] lease\.taken_over .*session_id=(\S+)", re.MULTILINE)
_TRACEBACK = re.compile(r"^Traceback .*\n(?:[ ].*\n|\n)*(.*)", re.MULTILINE)

Row = dict[str, Any]


@dataclass(slots=True)
class Findings:
    """All that is asked in the end."""

    tallies: list[Tally]
    faults: Faults
    server: Server
    lease_seconds: float
    broken_off: list[str] = field(default_factory=list)
    lag_seconds: float | None = None
    health_p99_milliseconds: float = 0.0
    grown_bytes: int = 0
    clients: int = 0
    descriptors_left: int = 0
    threads_left: int = 0
    threads_allowed: int = 0

    def broken(self, number: int) -> list[str]:
        """What hosts found wrong with an invariant."""
        return [line for tally in self.tallies for line in tally.broken.get(number, [])]


def rows(found: Findings) -> list[Row]:
    return [
        _of_hosts(found, 1, f"{sum(t.connections for t in found.tallies):,} connections were made."),
        _of_hosts(found, 2, "Compared for each viewer, with the above."),
        _of_hosts(found, 3, f"{sum(t.meetings for t in found.tallies):,} logs were read and folded."),
        _take_overs(found),
        _rest(found),
        _row(6, None, f"p99 {found.health_p99_milliseconds:g} ms, while it was there."),
        _memory(found),
        _log(found),
        _lag(found),
        _of_hosts(found, 10, f"{sum(t.commands for t in found.tallies):,} were sent, most of them twice."),
    ]


def _of_hosts(found: Findings, number: int, told: str) -> Row:
    broken = found.broken(number)
    return _row(number, not broken, _with(told, broken))


def _take_overs(found: Findings) -> Row:
    """The first word of each meeting that was taken over, after each kill."""
    late = [seconds for kill in found.faults.kills for seconds in _after(kill, found)]
    broken = found.broken(4) + found.broken_off
    told = f"{len(late)} take-overs after {len(found.faults.kills)} kills"
    if late:
        told += f", at most {max(late):.1f} s after the lease's end and the next process's start"
    held = not broken and all(seconds <= TAKEOVER_SECONDS for seconds in late)
    return _row(4, held, _with(f"{told}.", broken))


def _after(kill: Kill, found: Findings) -> list[float]:
    """How long each was nobody's, beyond what is inevitable, up to the next fault."""
    until = min((at for at in found.faults.begun if at > kill.ready_at), default=datetime.now(UTC))
    first: dict[str, float] = {}
    for at, session_id in _TAKEN_OVER.findall(found.server.text_of_log):
        moment = datetime.fromisoformat(at)
        if kill.at < moment < until:
            lease = (moment - kill.at).total_seconds() - found.lease_seconds
            start = (moment - kill.ready_at).total_seconds()
            first.setdefault(session_id, max(0.0, min(lease, start)))
    return list(first.values())


def _rest(found: Findings) -> Row:
    held = found.descriptors_left <= DESCRIPTORS and found.threads_left <= found.threads_allowed
    told = (
        f"{found.descriptors_left} descriptors and {found.threads_left} threads more in the end, of {DESCRIPTORS} that "
        f"may stay open for the database and {found.threads_allowed} that may wait for the next meeting."
    )
    return _row(5, held, told)


def _memory(found: Findings) -> Row:
    limit = BASE_BYTES + found.clients * BYTES_PER_CLIENT
    told = f"{found.grown_bytes / 1e6:.0f} MB at most, of {limit / 1e6:.0f} MB allowed."
    return _row(7, found.grown_bytes <= limit, told)


def _log(found: Findings) -> Row:
    endings = sum((tally.endings for tally in found.tallies), start=type(found.tallies[0].endings)())
    codes = ", ".join(f"{count} x {code}" for code, count in sorted(endings.items()))
    told = f"Connections ended with {codes}."
    starved, others = _tracebacks(found.server.text_of_log)
    kinds = "".join(f" {count} x {end[:150]}." for end, count in others.most_common(5))
    told = f"{others.total()} tracebacks, and {starved} for want of a descriptor.{kinds} {told}"
    return _row(8, not others, told)


def _tracebacks(log: str) -> tuple[int, Counter[str]]:
    """How many end with a lack of descriptors, which the fault itself is, and how all others end."""
    ends = Counter(found.group(1) for found in _TRACEBACK.finditer(log))
    starved = [end for end in ends if "Too many open files" in end or "unable to open database file" in end]
    return sum(ends.pop(end) for end in starved), ends


def _lag(found: Findings) -> Row:
    seconds = found.lag_seconds
    told = f"some still did after {LAG_SECONDS:g} s" if seconds is None else f"after {seconds:g} s"
    return _row(9, seconds is not None, f"Nobody: {told}." if seconds is not None else f"Not so: {told}.")


def _with(told: str, broken: list[str]) -> str:
    if not broken:
        return told
    return f"{told} {len(broken)} broken, as: {broken[0]}"


def _row(number: int, held: bool | None, found: str) -> Row:
    plain = " ".join(found.replace("|", "/").replace("`", "'").split())
    return {"number": number, "what": INVARIANTS[number - 1], "held": held, "found": plain}

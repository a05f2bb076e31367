"""What every measured server has in common: its plan, its orders and the events it publishes.

The plan comes as JSON in ``BENCH_PLAN``. On standard output the server says ``{"ready": true}``;
on standard input it hears ``go`` (publish) and ``report`` (answer with the CPU time since ``go``);
in the end it is killed. Imports nothing but the standard library: it runs in any environment.
"""

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SETTLE_SECONDS = 0.2
BYTES_AROUND = 100  # What an event takes besides its padding.


@dataclass(frozen=True, slots=True)
class Plan:
    """What one fan-out run publishes. ``rate`` 0 is a burst: as fast as it goes."""

    port: int
    viewers: int
    events: int
    rate: float = 0
    size: int = 250
    busy: bool = False
    variant: str = ""


def read_plan() -> Plan:
    return Plan(**json.loads(os.environ["BENCH_PLAN"]))


def schedule(plan: Plan) -> Iterator[tuple[int, float]]:
    """Each event's number with the ``time.monotonic()`` at which it is due; 0 in a burst."""
    start = time.monotonic()
    for seq in range(1, plan.events + 1):
        yield seq, start + seq / plan.rate if plan.rate else 0.0


def event(plan: Plan, seq: int) -> dict:
    """One event of about ``plan.size`` bytes of JSON."""
    return {
        "event": "token_stream",
        "session_id": "bench",
        "seq": seq,
        "data": {"node_id": "n", "chunk": chunk(plan.size - BYTES_AROUND)},
    }


def chunk(length: int) -> str:
    """A piece of text that begins with the time it was made, as the load client looks for it."""
    return f" t={time.monotonic_ns() // 1000} ".ljust(length, "x")


def publish_in_thread(plan: Plan, publish: Callable[[int], None]) -> None:
    """Calls ``publish`` with each event's number at its time."""
    for seq, due in schedule(plan):
        if (wait := due - time.monotonic()) > 0:
            time.sleep(wait)
        publish(seq)


def obey(plan: Plan, viewers: Callable[[], int], publish: Callable[[], None]) -> None:
    """Follows the runner's orders on a thread of its own; ``publish`` may return before all is sent."""
    threading.Thread(target=_obey, args=(plan, viewers, publish), name="orders", daemon=True).start()


def _obey(plan: Plan, viewers: Callable[[], int], publish: Callable[[], None]) -> None:
    say({"ready": True})
    started_cpu = 0.0
    for order in sys.stdin:
        match order.strip():
            case "go":
                _wait_for_viewers(plan, viewers)
                if plan.busy:
                    threading.Thread(target=_spin, name="busy", daemon=True).start()
                started_cpu = cpu_seconds()
                publish()
            case "report":
                say({"cpu_seconds": cpu_seconds() - started_cpu})


def _wait_for_viewers(plan: Plan, viewers: Callable[[], int]) -> None:
    while viewers() < plan.viewers:
        time.sleep(0.01)
    time.sleep(SETTLE_SECONDS)


def _spin() -> None:
    """Someone else's work in pure Python: parsing, rendering, counting."""
    number = 0
    while True:
        number += 1


def say(message: dict) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

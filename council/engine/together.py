"""Several jobs of one node at once, each on a thread of its own; nobody goes on before all have ended."""

import contextvars
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from council.engine.turn import Turn
from council.errors import Fenced, GaveWay, Interrupted, ShuttingDown, Stopped, Suspended

T = TypeVar("T")
GRAVEST_FIRST: tuple[type[Interrupted], ...] = (Fenced, ShuttingDown, Stopped, GaveWay, Suspended)


def together(turn: Turn, jobs: Mapping[str, Callable[[], T]], *, at_once: int = 50) -> dict[str, T]:
    """Each job's result by its name. Blocks until all have ended.

    Raises the gravest Interrupted of any job, else the first job's error in their order. At most ``at_once`` run
    at the same time.
    """
    results: dict[str, T] = {}
    problems: dict[str, BaseException] = {}
    places = threading.Semaphore(at_once)

    def take(name: str, job: Callable[[], T]) -> None:
        with places:
            try:
                results[name] = job()  # Each thread writes a key of its own; they are read after the join.
            except BaseException as problem:  # top of a job's thread: raised again where all are joined
                problems[name] = problem

    prefix = f"node-{turn.record.session_id[:8]}-{turn.key}"
    threads = [
        threading.Thread(
            target=contextvars.copy_context().run,
            args=(take, name, job),
            name=f"{prefix}-{name}",
            daemon=True,
        )
        for name, job in jobs.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise _gravest([problems[name] for name in jobs if name in problems])
    return {name: results[name] for name in jobs}


def _gravest(problems: list[BaseException]) -> BaseException:
    for kind in GRAVEST_FIRST:
        for problem in problems:
            if isinstance(problem, kind):
                return problem
    return problems[0]

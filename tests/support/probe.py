"""How long ``/health`` takes while something bad happens: one small request after another, on a thread."""

import http.client
import threading
from types import TracebackType
from typing import Self

from council.clock import monotonic

PAUSE_SECONDS = 0.02
PATIENCE_SECONDS = 30.0


class HealthProbe:
    """``with HealthProbe(port) as probe:`` asks until the end; what was refused is counted, not timed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._over = threading.Event()
        self._seconds: list[float] = []  # Only the probe's thread writes here, until it is joined.
        self.refused = 0
        self._thread = threading.Thread(target=self._run, name="health-probe", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def answers(self) -> int:
        """How many there were so far."""
        return len(self._seconds)

    @property
    def p99_milliseconds(self) -> float:
        """The slowest but one in a hundred; with fewer, the slowest. Raises AssertionError when none came."""
        ordered = sorted(self._seconds)
        assert ordered, "/health was never answered"
        return round(1000 * ordered[int(0.99 * (len(ordered) - 1))], 1)

    def _run(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            began = monotonic()
            try:
                self._ask()
            except OSError:
                self.refused += 1
            else:
                self._seconds.append(monotonic() - began)

    def _ask(self) -> None:
        """Raises OSError for everything but the one right answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status != 200:
                raise OSError("the answer is no answer")
        except http.client.HTTPException as problem:
            raise OSError("half an answer") from problem
        finally:
            connection.close()

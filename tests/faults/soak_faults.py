"""What goes wrong in a soak: one fault after another, drawn by lot, each made and taken back."""

import os
import random
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from tests.faults.limits import no_files_over, no_new_descriptors
from tests.faults.meeting import worker_of
from tests.faults.test_bad_frames import bad_frame
from tests.live.raw_client import RawClient
from tests.support.proxy import Link, Proxy, Toxics
from tests.support.server import Server
from tests.support.waiting import wait_until

QUOTA_BYTES = 20_000


@dataclass(frozen=True, slots=True)
class Kill:
    """A process that died at one moment, and the one that was ready at another."""

    at: datetime
    ready_at: datetime


class Faults:
    """Makes them. The lot is drawn from a seed, so that it falls in the same order again."""

    def __init__(self, server: Server, proxy: Proxy, chance: random.Random, over: Event) -> None:
        self._server = server
        self._proxy = proxy
        self._chance = chance
        self._over = over
        self.kills: list[Kill] = []
        self.begun: list[datetime] = []  # All of them.
        self._kinds: dict[str, Callable[[], None]] = {
            "kill -9": self._kill,
            "SIGTERM": self._restart,
            "kill -9 of the worker": self._kill_worker,
            "pause of 1 s": self._pause,
            "network down": self._cut_all,
            "resets": self._reset_some,
            "stalls": self._stall_some,
            "slow network": self._slow_down,
            "database locked": self._lock,
            "disk full": self._fill,
            "no descriptors": self._take_descriptors,
            "bad frames": self._send_rubbish,
        }

    def make(self) -> str:
        """One of them; its name."""
        name = self._chance.choice(list(self._kinds))
        self.begun.append(datetime.now(UTC))
        self._kinds[name]()
        return name

    def _last(self, most_seconds: float) -> None:
        self._over.wait(self._chance.uniform(0.3, most_seconds))

    # The process

    def _kill(self) -> None:
        at = datetime.now(UTC)
        self._server.kill()
        self._last(2)
        self._server.start()
        self.kills.append(Kill(at, datetime.now(UTC)))

    def _restart(self) -> None:
        self._server.stop()
        self._last(2)
        self._server.start()

    def _kill_worker(self) -> None:
        at, worker = datetime.now(UTC), worker_of(self._server)
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: self._has_another_worker(worker), what="another worker")
        self._server.wait_until_ready()
        self.kills.append(Kill(at, datetime.now(UTC)))

    def _has_another_worker(self, worker: int) -> bool:
        with suppress(ValueError):  # None, for a moment.
            return worker_of(self._server) != worker
        return False

    def _pause(self) -> None:
        self._server.signal(signal.SIGSTOP)
        Event().wait(1)
        self._server.signal(signal.SIGCONT)

    # The network

    def _cut_all(self) -> None:
        self._proxy.down()
        self._last(3)
        self._proxy.up()

    def _reset_some(self) -> None:
        for link in self._some_links():
            link.reset()

    def _stall_some(self) -> None:
        links = self._some_links()
        for link in links:
            link.stall(self._chance.choice(("up", "down")))
        self._last(8)
        for link in links:
            link.flow()

    def _slow_down(self) -> None:
        toxics = self._chance.choice(
            [
                Toxics(slice_bytes=self._chance.randint(1, 50)),
                Toxics(latency_seconds=0.05),
                Toxics(bytes_per_second=20_000, slice_bytes=500),
                Toxics(cut_after_bytes=self._chance.randint(1, 30_000)),
            ]
        )
        self._proxy.set_toxics(lambda: toxics)
        self._reset_some()  # Who comes back has the slow network.
        self._last(5)
        self._proxy.set_toxics(Toxics)

    def _some_links(self) -> list[Link]:
        links = self._proxy.links
        return self._chance.sample(links, len(links) // 3)

    # What the process needs

    def _lock(self) -> None:
        path = self._server.data_dir / "council.db"
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            self._last(2)
            connection.execute("ROLLBACK")

    def _fill(self) -> None:
        with no_files_over(worker_of(self._server), QUOTA_BYTES):
            self._last(3)

    def _take_descriptors(self) -> None:
        with no_new_descriptors(worker_of(self._server)):
            self._last(3)

    def _send_rubbish(self) -> None:
        for _ in range(50):
            with suppress(OSError, EOFError), RawClient(self._server.port, "/api/v1/ws") as client:
                client.send(bad_frame(self._chance)[0])
                client.receive()

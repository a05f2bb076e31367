"""The parts of a running Council, and the order in which they start and end."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from council.bus.base import Bus
from council.engine.callbook import Callbook
from council.engine.control import Control
from council.engine.drafting import Drafter
from council.engine.estimator import Estimator
from council.engine.supervisor import Supervisor
from council.errors import CouncilError
from council.live.hub import Hub
from council.live.journal import Journal
from council.live.turnstile import Turnstile
from council.live.watch import Watcher
from council.llm.catalogue import Catalogue
from council.llm.own import OwnEndpoints
from council.llm.prices import Prices
from council.meeting import markdown
from council.people.people import People
from council.settings import Settings
from council.store.archive import Archive
from council.store.engine import Store
from council.store.library import Library
from council.store.memory import Memory
from council.trace import close_tracing

log = structlog.get_logger(__name__)


class Beside(Protocol):
    """Something that looks on while the parts run. Both are called once."""

    def start(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Parts:
    """Made by ``create_app``; started after the fork, by whoever serves."""

    settings: Settings
    store: Store
    archive: Archive
    library: Library
    catalogue: Catalogue
    prices: Prices
    bus: Bus
    hub: Hub
    turnstile: Turnstile
    journal: Journal
    supervisor: Supervisor
    control: Control
    estimator: Estimator
    drafter: Drafter
    people: People
    callbook: Callbook
    own_endpoints: OwnEndpoints
    beside: list[Beside] = field(default_factory=list)  # What starts and ends with them.
    _watcher: Watcher | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)  # Guards _state.
    _state: str = "made"

    def __post_init__(self) -> None:
        self._warm_up = threading.Thread(target=self._fetch_ahead, name="warm-up", daemon=True)

    def start(self) -> None:
        """Begin to commit, to listen and to run meetings; unfinished ones go on. Idempotent."""
        with self._lock:
            if self._state != "made":
                return
            self._state = "running"
        self.bus.listen(self.hub.publish)
        self.journal.start(self.supervisor.lose)
        self.supervisor.start()
        Memory(self.store, self.library).sweep()
        self._warm_up.start()
        self.people.doorkeeper.start()
        self._watcher = Watcher(self.hub, self.archive.newest, poll_seconds=self.settings.live.poll_seconds)
        for each in self.beside:
            each.start()
        log.info("server.ready", host=self.settings.host, port=self.settings.port, pid=os.getpid())

    def _fetch_ahead(self) -> None:
        """What is wrong with a provider or the database is told to the first who needs it."""
        markdown.prepare()
        with suppress(CouncilError, SQLAlchemyError):
            self.catalogue.warm_up()

    @property
    def running(self) -> bool:
        return self._state == "running"

    def close(self) -> None:
        """End runs, store what they said, then send everybody away to come back. Idempotent."""
        with self._lock:
            if self._state != "running":
                return
            self._state = "closed"
        log.info("server.stopping", pid=os.getpid())
        self.journal.hurry()
        self.people.doorkeeper.close()
        self.drafter.close()
        self.supervisor.close()
        self.journal.close()
        if self._watcher:
            self._watcher.close()
        self._warm_up.join()
        self.hub.shutdown()
        for each in self.beside:
            each.close()
        self.bus.close()
        self.store.close()
        close_tracing()
        log.info("server.stopped", pid=os.getpid())

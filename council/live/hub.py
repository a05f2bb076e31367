"""Who is listening to which channel in this process."""

import threading
from collections import Counter
from typing import Protocol

from council.clock import Deadline
from council.errors import Unavailable
from council.live.cursors import EVERYTHING
from council.live.frames import Batch

SERVICE_RESTART = 1012
NO_SUCH_SESSION = 4404


class Listener(Protocol):
    """A client or an event feed. None of these blocks or raises."""

    reason: str

    def offer(self, batch: Batch) -> None: ...

    def notice(self, channel: str, newest_seq: int) -> None: ...

    def unsubscribe(self, channel: str) -> None: ...

    def close(self, code: int = 1000, reason: str = "") -> None: ...

    def evict(self, code: int = 1013) -> None: ...


class Hub:
    """All listeners of this process. Every method may be called from any thread."""

    def __init__(self, max_clients: int) -> None:
        self._max_clients = max_clients
        self._lock = threading.Lock()  # Guards all that follows. Held for set operations only.
        self._left = threading.Condition(self._lock)
        self._channels_of: dict[Listener, set[str]] = {}
        self._listeners: dict[str, tuple[Listener, ...]] = {}  # Tuples are replaced, never changed.
        self._reasons: Counter[str] = Counter()
        self._closing = False

    def register(self, client: Listener) -> None:
        """Raises Unavailable when there are enough or the process ends."""
        with self._lock:
            if self._closing:
                raise Unavailable("The server is restarting.")
            if len(self._channels_of) >= self._max_clients:
                raise Unavailable("There are as many viewers as this server takes.")
            self._channels_of[client] = set()

    def unregister(self, client: Listener) -> None:
        with self._lock:
            if client in self._channels_of:
                for channel in self._channels_of.pop(client):
                    self._remove(channel, client)
                self._reasons[client.reason or "closed"] += 1
                self._left.notify_all()

    def subscribe(self, client: Listener, channel: str) -> None:
        """From now on the client is offered what is published; then tell the client itself from where."""
        with self._lock:
            channels = self._channels_of.get(client)
            if channels is not None and channel not in channels:
                channels.add(channel)
                self._listeners[channel] = (*self._listeners.get(channel, ()), client)

    def unsubscribe(self, client: Listener, channel: str) -> None:
        with self._lock:
            channels = self._channels_of.get(client, set())
            if channel in channels:
                channels.remove(channel)
                self._remove(channel, client)

    def publish(self, batch: Batch) -> None:
        """Offer a batch to everybody who listens: the bus' callback."""
        for listener in self._who_listens(batch.channel):
            listener.offer(batch)

    def notice(self, channel: str, newest_seq: int) -> None:
        """Tell everybody who listens how far the store is."""
        for listener in self._who_listens(channel):
            listener.notice(channel, newest_seq)

    def dismiss(self, channel: str, code: int, reason: str) -> None:
        """A channel is gone for good: who listens to nothing else is closed, and a live feed goes on."""
        with self._lock:
            clients = self._listeners.get(channel, ())
            only = tuple(client for client in clients if self._channels_of[client] == {channel})
        for client in only:
            client.close(code, reason)
        for client in clients:
            client.unsubscribe(channel)
            self.unsubscribe(client, channel)

    def channels(self) -> set[str]:
        """Channels with listeners here; ``*`` is among them when there is a live feed."""
        with self._lock:
            return set(self._listeners)

    @property
    def count(self) -> int:
        with self._lock:
            return len(self._channels_of)

    @property
    def full(self) -> bool:
        """Would ``register`` refuse? Asked before the upgrade, while a 503 is still possible."""
        with self._lock:
            return self._closing or len(self._channels_of) >= self._max_clients

    def reasons(self) -> dict[str, int]:
        """How many left, by reason."""
        with self._lock:
            return dict(self._reasons)

    def shutdown(
        self, code: int = SERVICE_RESTART, reason: str = "restart", timeout_seconds: float = 2.0
    ) -> None:
        """Refuse new listeners, close all there are, evict who has not left in time. Any number of times."""
        with self._lock:
            self._closing = True
            clients = tuple(self._channels_of)
        for client in clients:
            client.close(code, reason)
        for client in self._wait_until_empty(Deadline(timeout_seconds)):
            client.evict(code)

    def _wait_until_empty(self, deadline: Deadline) -> tuple[Listener, ...]:
        with self._lock:
            self._left.wait_for(lambda: not self._channels_of, deadline.remaining())
            return tuple(self._channels_of)

    def _who_listens(self, channel: str) -> tuple[Listener, ...]:
        with self._lock:
            return self._listeners.get(channel, ()) + self._listeners.get(EVERYTHING, ())

    def _remove(self, channel: str, client: Listener) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        rest = tuple(other for other in self._listeners[channel] if other is not client)
        if rest:
            self._listeners[channel] = rest
        else:
            del self._listeners[channel]

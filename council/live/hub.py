"""Who is listening to which channel in this process."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from council.clock import Deadline
from council.errors import RateLimited, Unavailable
from council.live.audience import Audience, Broadcasts, Guestbook, Refusal, with_present
from council.live.condition import Condition
from council.live.cursors import EVERYTHING
from council.live.frames import Batch

SERVICE_RESTART = 1012
SIGN_IN_NEEDED = 4401
NOT_YOURS = 4403
NO_SUCH_SESSION = 4404

Hears = Callable[[str], bool]
"""Whether what happens on a channel is for somebody who listens to all of them."""


class Listener(Protocol):
    """A client or an event feed. None of these blocks or raises."""

    reason: str

    @property
    def condition(self) -> Condition: ...

    def offer(self, batch: Batch) -> None: ...

    def notice(self, channel: str, newest_seq: int) -> None: ...

    def unsubscribe(self, channel: str) -> None: ...

    def close(self, code: int = 1000, reason: str = "") -> None: ...

    def evict(self, code: int = 1013) -> None: ...


@dataclass(frozen=True, slots=True)
class Guest:
    """On whose behalf somebody listens; all ``None`` where nobody signs in, ``address`` for one of this machine."""

    user_id: str | None = None
    credential_id: str | None = None
    level: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """One listener, and what it listens to."""

    listener: Listener
    guest: Guest
    channels: frozenset[str]


class Hub:
    """All listeners of this process. Every method may be called from any thread."""

    def __init__(
        self, max_clients: int, *, per_user: int | None = None, per_address: int | None = None
    ) -> None:
        self._max_clients = max_clients
        self._per_user = per_user
        self._per_address = per_address
        self._lock = threading.Lock()  # Guards all that follows. Held for set operations only.
        self._left = threading.Condition(self._lock)
        self._channels_of: dict[Listener, set[str]] = {}
        self._guests: dict[Listener, Guest] = {}
        self._hears: dict[Listener, Hears] = {}  # Of those who listen to everything that is for them.
        self._listeners: dict[str, tuple[Listener, ...]] = {}  # Tuples are replaced, never changed.
        self._seen: dict[str, int] = {}  # The newest number that somebody has seen of what is listened to.
        self._book = Guestbook()
        self._closing = False
        self.broadcasts = Broadcasts()

    def register(self, client: Listener, guest: Guest | None = None) -> None:
        """Raises Unavailable when there are enough or the process ends, RateLimited when the guest has enough."""
        guest, kind = guest or Guest(), client.condition.kind
        with self._lock:
            self._refuse(guest)
            self._channels_of[client] = set()
            self._guests[client] = guest
            self._book.enter(kind)

    def unregister(self, client: Listener) -> None:
        last = client.condition
        with self._lock:
            if client in self._channels_of:
                for channel in self._channels_of.pop(client):
                    self._remove(channel, client)
                self._guests.pop(client, None)
                self._hears.pop(client, None)
                self._book.leave(last)
                self._left.notify_all()

    def subscribe(
        self, client: Listener, channel: str, hears: Hears | None = None, *, seq: int | None = None
    ) -> None:
        """From now on the client is offered what is published; then tell the client itself from where.

        Who listens to everything may ``hear`` a part of it only: asked for each batch, without the lock. ``seq`` is
        the newest number that the store had; ``None``: the channel may not exist yet.
        """
        with self._lock:
            channels = self._channels_of.get(client)
            if channels is not None and seq is not None:
                self._see(channel, seq)
            if channels is not None and channel not in channels:
                if hears is not None:
                    self._hears[client] = hears
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
        listeners = self._who_listens(batch.channel)
        self.broadcasts.count(batch, len(listeners))
        for listener in listeners:
            listener.offer(batch)

    def notice(self, channel: str, newest_seq: int) -> None:
        """Tell everybody who listens how far the store is."""
        with self._lock:
            if channel in self._listeners:
                self._see(channel, newest_seq)
        for listener in self._who_listens(channel):
            listener.notice(channel, newest_seq)

    def dismiss(self, channel: str, code: int, reason: str) -> None:
        """A channel is gone for good: who listens to nothing else is closed, and a live feed goes on."""
        with self._lock:
            clients = self._listeners.get(channel, ())
            self._seen.pop(channel, None)  # Whoever comes meanwhile is told of another log.
            only = tuple(client for client in clients if self._channels_of[client] == {channel})
        for client in only:
            client.close(code, reason)
        for client in clients:
            client.unsubscribe(channel)
            self.unsubscribe(client, channel)

    def attendance(self) -> list[Attendance]:
        """Who listens to what."""
        with self._lock:
            return [
                Attendance(client, self._guests[client], frozenset(channels))
                for client, channels in self._channels_of.items()
            ]

    def channels(self) -> dict[str, int | None]:
        """Channels with listeners here, ``*`` among them when there is a live feed, and the newest number that was
        seen of each; ``None``: nobody has seen that it exists."""
        with self._lock:
            return {channel: self._seen.get(channel) for channel in self._listeners}

    @property
    def count(self) -> int:
        with self._lock:
            return len(self._channels_of)

    @property
    def full(self) -> bool:
        """Would ``register`` refuse? Asked before the upgrade, while a 503 is still possible."""
        with self._lock:
            return self._closing or len(self._channels_of) >= self._max_clients

    def refuse_when_full(self) -> None:
        """Before the upgrade, while a 503 is still possible. Raises Unavailable."""
        with self._lock:
            self._refuse_when_full()

    def turned_away(self, why: Refusal) -> None:
        """Somebody was refused before they came here."""
        with self._lock:
            self._book.refuse(why)

    def reasons(self) -> dict[str, int]:
        """How many left, by reason."""
        with self._lock:
            return self._book.reasons()

    def audience(self) -> Audience:
        """Everybody, in numbers."""
        with self._lock:
            clients, past = tuple(self._channels_of), self._book.copy()
        return with_present(past, [client.condition for client in clients])

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
            direct, everything = self._listeners.get(channel, ()), self._listeners.get(EVERYTHING, ())
            if not everything or not self._hears:
                return direct + everything
            hears = {client: self._hears[client] for client in everything if client in self._hears}
        return direct + tuple(c for c in everything if c not in hears or hears[c](channel))

    def _refuse(self, guest: Guest) -> None:
        """Requires holding _lock."""
        self._refuse_when_full()
        self._refuse_too_many(guest)

    def _refuse_when_full(self) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        if self._closing:
            self._book.refuse("ending")
            raise Unavailable("The server is restarting.")
        if len(self._channels_of) >= self._max_clients:
            self._book.refuse("full")
            raise Unavailable("There are as many viewers as this server takes.")

    def _refuse_too_many(self, guest: Guest) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        limits: tuple[tuple[str, int | None, Refusal, str], ...] = (
            ("user_id", self._per_user, "user", "you"),
            ("address", self._per_address, "address", "your address"),
        )
        for mine, most, why, whose in limits:
            key = getattr(guest, mine)
            if key is None or most is None:
                continue
            if sum(getattr(other, mine) == key for other in self._guests.values()) >= most:
                self._book.refuse(why)
                raise RateLimited(
                    f"{most} sockets of {whose} are open already.", hint="Close some pages, then try again."
                )

    def _remove(self, channel: str, client: Listener) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        rest = tuple(other for other in self._listeners[channel] if other is not client)
        if rest:
            self._listeners[channel] = rest
        else:
            del self._listeners[channel]
            self._seen.pop(channel, None)

    def _see(self, channel: str, seq: int) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        self._seen[channel] = max(seq, self._seen.get(channel, 0))

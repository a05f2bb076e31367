"""A client that behaves as the wire asks: it comes back with what it has, and writes down all it was sent."""

import contextlib
import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from tests.live import raw_client
from tests.live.raw_client import RawClient

Envelope = dict[str, Any]
STAYS_CLOSED = (1000, 4401, 4403, 4404)
_BACK_OFF_SECONDS = 0.05  # A page waits 1, 2, 4 … seconds; a test has no time for that.


class Socket:
    """One WebSocket that speaks our commands and events. Every wait ends with TimeoutError."""

    def __init__(
        self,
        port: int,
        *,
        timeout_seconds: float = 30,
        path: str = "/api/v1/ws",
        token: str | None = None,
        **query: object,
    ) -> None:
        given = {name: str(value) for name, value in query.items() if value is not None}
        who = {"Authorization": f"Bearer {token}"} if token else {}
        self._raw = RawClient(port, f"{path}?{urlencode(given)}", timeout_seconds=timeout_seconds, **who)
        self.head = self._raw.head.decode("latin-1")
        self.close_code: int | None = None
        if not self.head.startswith("HTTP/1.1 101"):
            self._raw.socket.close()
            raise ConnectionRefusedError(self.head.splitlines()[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def receive(self) -> Envelope:
        """The next message. Raises EOFError when there are no more; ``close_code`` says why, if it was said."""
        while True:
            frame = self._raw.receive()
            if frame.opcode == raw_client.TEXT:
                message: Envelope = json.loads(frame.payload)
                return message
            if frame.opcode == raw_client.PING:
                self._raw.send(raw_client.frame(raw_client.PONG, frame.payload))
            elif frame.opcode == raw_client.CLOSE:
                self.close_code = struct.unpack("!H", frame.payload[:2])[0] if frame.payload else 1005
                with contextlib.suppress(OSError):
                    self._raw.send(raw_client.close(self.close_code))
                raise EOFError(f"closed with {self.close_code}")

    def receive_until(self, wanted: Callable[[Envelope], Any]) -> list[Envelope]:
        """All messages up to the one that is wanted."""
        found = []
        while not found or not wanted(found[-1]):
            found.append(self.receive())
        return found

    def until_event(self, name: str) -> list[Envelope]:
        """All messages up to the first event of that name."""
        return self.receive_until(lambda message: message["event"] == name)

    def until_closed(self) -> int | None:
        """Read on to the end; the close code."""
        with contextlib.suppress(EOFError):
            while True:
                self.receive()
        return self.close_code

    def send(self, cmd: str, command_id: str | None = None, **data: object) -> None:
        message: Envelope = {"cmd": cmd, "data": data}
        if command_id is not None:
            message["id"] = command_id
        self.send_text(json.dumps(message))

    def send_text(self, text: str) -> None:
        self._raw.send(raw_client.text(text))

    def send_octets(self, octets: bytes) -> None:
        self._raw.send(octets)

    def ask(self, cmd: str, command_id: str | None = None, **data: object) -> Envelope:
        """Send a command and give its answer; events that come before it are lost."""
        self.send(cmd, command_id, **data)
        return self.answer()

    def answer(self) -> Envelope:
        """The next answer to a command: it has no number, and is neither hello nor heartbeat."""
        return self.receive_until(lambda m: "seq" not in m and m["event"] not in ("hello", "heartbeat"))[-1]

    def abandon(self) -> None:
        """End it from another thread, without a word."""
        with contextlib.suppress(OSError):
            self._raw.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._raw.socket.close()


class Viewer:
    """Follows one meeting on a thread of its own, over any number of connections."""

    def __init__(
        self,
        port: int,
        session_id: str,
        *,
        name: str = "viewer",
        dead_seconds: float = 30.0,
        token: str | None = None,
    ) -> None:
        self.session_id = session_id
        self.name = name
        self._port = port
        self._token = token
        self._dead_seconds = dead_seconds  # Nothing for so long: the connection is dead.
        self._changed = threading.Condition()  # Guards everything below.
        self._events: list[Envelope] = []
        self._texts: dict[str, list[str]] = {}
        self._epoch: str | None = None
        self._faults: list[str] = []
        self._endings: Counter[int] = Counter()
        self._connections = 0
        self._socket: Socket | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._follow, name=f"viewer-{name}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What it saw

    @property
    def events(self) -> list[Envelope]:
        """Every event it applied, in order."""
        with self._changed:
            return list(self._events)

    @property
    def last(self) -> int:
        with self._changed:
            return self._last

    @property
    def faults(self) -> list[str]:
        """Whatever a server must not do: a gap, a repetition, a wrong hello."""
        with self._changed:
            return list(self._faults)

    @property
    def connections(self) -> int:
        """How often it was connected."""
        with self._changed:
            return self._connections

    @property
    def endings(self) -> dict[int, int]:
        """How its connections ended, by close code; 1006 is a cut, 1005 a close without a code."""
        with self._changed:
            return dict(self._endings)

    def text_of(self, message_id: str) -> tuple[str, str]:
        """The answer and the thinking of a message, as its pieces made them."""
        with self._changed:
            said, thought = self._texts.get(message_id, ["", ""])
            return said, thought

    def saw(self, event: str, **data: object) -> bool:
        """Whether there was such an event with these fields."""
        return any(
            each["event"] == event and all(each["data"].get(name) == value for name, value in data.items())
            for each in self.events
        )

    # What one can do with it

    def wait_for(self, event: str, timeout: float = 60.0, **data: object) -> None:
        """Wait until it has seen such an event. Raises AssertionError."""
        self._wait(lambda: self._has(event, data), timeout, f"{event} {data}")

    def wait_for_seq(self, seq: int, timeout: float = 60.0) -> None:
        self._wait(lambda: self._last >= seq, timeout, f"number {seq}")

    def wait_for_ending(self, code: int, timeout: float = 60.0) -> None:
        """Wait until a connection ended with that code."""
        self._wait(lambda: self._endings[code] > 0, timeout, f"an end with {code}")

    def wait_until_connected(self, times: int = 1, timeout: float = 60.0) -> None:
        self._wait(lambda: self._connections >= times, timeout, f"connection {times}")

    def cut(self) -> None:
        """Lose the connection, as a laptop that is closed."""
        with self._changed:
            if self._socket:
                self._socket.abandon()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.cut()
        self._thread.join()

    def _wait(self, condition: Callable[[], bool], timeout: float, what: str) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise AssertionError(
                    f"{self.name} did not see {what} within {timeout:g} s; it has {self._last} events, "
                    f"{self._connections} connections that ended {dict(self._endings)}, faults {self._faults}"
                )

    # Its thread

    @property
    def _last(self) -> int:
        return self._events[-1]["seq"] if self._events else 0

    def _has(self, event: str, data: dict[str, object]) -> bool:
        return any(
            each["event"] == event and all(each["data"].get(name) == value for name, value in data.items())
            for each in self._events
        )

    def _follow(self) -> None:
        while not self._closed:
            code = self._connect_once()
            with self._changed:
                self._endings[code] += 1
                self._changed.notify_all()
                if code in STAYS_CLOSED:
                    return
                self._changed.wait_for(lambda: self._closed, _BACK_OFF_SECONDS)

    def _connect_once(self) -> int:
        """One connection, to its end; the close code, 1006 when there was none."""
        since, epoch = self.last, self._epoch
        try:
            connection = Socket(
                self._port,
                token=self._token,
                session_id=self.session_id,
                since=since,
                epoch=epoch,
                timeout_seconds=self._dead_seconds,
            )
        except (OSError, EOFError):
            return 1006
        with connection, self._attached(connection):
            try:
                self._greet(connection.receive(), since)
                while True:
                    self._take(connection.receive())
            except (OSError, EOFError):
                return connection.close_code or 1006

    @contextlib.contextmanager
    def _attached(self, connection: Socket) -> Any:
        with self._changed:
            self._socket = connection
            self._connections += 1
            self._changed.notify_all()
            if self._closed:
                connection.abandon()
        try:
            yield
        finally:
            with self._changed:
                self._socket = None

    def _greet(self, hello: Envelope, since: int) -> None:
        if hello["event"] != "hello":
            return self._blame(f"the first message is {hello}")
        terms = hello["data"]["channels"].get(f"session:{self.session_id}")
        if not terms or terms["since"] != since or terms["seq"] < since or not terms["recovered"]:
            self._blame(f"hello to since={since}: {terms}")
        with self._changed:
            self._epoch = terms["epoch"]

    def _take(self, message: Envelope) -> None:
        match message["event"]:
            case "heartbeat":
                said = message["data"]["channels"].get(f"session:{self.session_id}")
                if said != self.last:
                    self._blame(f"a heartbeat at {said}, after {self.last}")
            case _ if "seq" in message:
                self._apply(message)

    def _apply(self, envelope: Envelope) -> None:
        with self._changed:
            if envelope["seq"] != self._last + 1:
                self._faults.append(f"{envelope['seq']} after {self._last}")
            if envelope["seq"] > self._last:
                self._events.append(envelope)
                if envelope["event"] == "token_stream":
                    self._add_piece(**envelope["data"])
            self._changed.notify_all()

    def _add_piece(self, message_id: str, offset: int, chunk: str, is_thinking: bool, **_: object) -> None:
        texts = self._texts.setdefault(message_id, ["", ""])
        if len(texts[is_thinking]) != offset:
            self._faults.append(f"a piece at {offset}, after {len(texts[is_thinking])} characters")
        texts[is_thinking] = texts[is_thinking][:offset] + chunk

    def _blame(self, what: str) -> None:
        with self._changed:
            self._faults.append(what)


# What must hold, besides support/invariants.py


def check_viewers(viewers: Iterable[Viewer], log: Sequence[Envelope]) -> None:
    """I1, I2: each saw every event of the log once and in order, and the pieces make the texts."""
    for viewer in viewers:
        assert viewer.faults == [], f"{viewer.name}: {viewer.faults[:5]}"
        assert viewer.events == list(log), f"{viewer.name} saw another meeting than the log holds"
        for event in log:
            if event["event"] == "message_completed":
                data = event["data"]
                assert viewer.text_of(data["message_id"]) == (data["content"], data["thinking"])


FINAL_EVENTS = ("execution:completed", "execution:failed", "execution:cancelled")


def read_log(get: Callable[[str], Any], session_id: str, page: int = 1000) -> list[Envelope]:
    """The whole log over REST; ``get`` gives the JSON of a path."""
    events: list[Envelope] = []
    after: int | None = 0
    while after is not None:
        answer = get(f"/api/v1/sessions/{session_id}/events?after={after}&limit={page}")
        events += answer["events"]
        after = answer["next"]
    return events

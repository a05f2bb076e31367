"""The WebSocket protocol as a server reads it (RFC 6455), strict and without any I/O.

Octets in, events out. Text is checked as it arrives, so bad UTF-8 is refused at the first octet that shows
it, and a message that announces more than the limit is refused before it is read.
"""

from codecs import IncrementalDecoder, getincrementaldecoder
from dataclasses import dataclass, field

from council.live.frames import NO_CODE

PROTOCOL_ERROR = 1002
BAD_UTF8 = 1007
TOO_LARGE = 1009

_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
_OPCODES = frozenset((_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG))
_MAX_CONTROL_BYTES = 125

_new_utf8_decoder = getincrementaldecoder("utf-8")


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Binary:
    data: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    payload: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """The peer closes; ``code`` is 1005 when it gave none."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The peer broke the protocol; ``code`` is what it is closed with."""

    code: int
    reason: str


Event = Text | Binary | Ping | Pong | Close | Failed


class Protocol:
    """One peer's side of a conversation. Not thread-safe: only the reader has it."""

    def __init__(self, max_message_bytes: int) -> None:
        self._max_message_bytes = max_message_bytes
        self._buffer = bytearray()
        self._frame: _Frame | None = None
        self._message: _Message | None = None
        self._over = False

    def feed(self, octets: bytes) -> list[Event]:
        """What these octets complete. After Close or Failed, which come last, everything is ignored."""
        events: list[Event] = []
        if not self._over:
            self._buffer += octets
            try:
                self._parse(events)
            except _Violation as violation:
                events.append(Failed(violation.code, violation.reason))
                self._over = True
        if self._over:
            self._buffer.clear()
        return events

    def _parse(self, events: list[Event]) -> None:
        while not self._over:
            if self._frame is None:
                self._frame = self._take_header()
            if self._frame is None:
                return
            frame = self._frame
            event = self._take_control(frame) if frame.is_control else self._take_data(frame)
            if event is not None:
                events.append(event)
            if frame.missing:
                return
            self._frame = None

    # Header

    def _take_header(self) -> "_Frame | None":
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        self._check_start(first, second)
        length = second & 0x7F
        length_bytes = {126: 2, 127: 8}.get(length, 0)
        end = 2 + length_bytes + 4
        if len(buffer) < end:
            return None
        if length_bytes:
            length = _long_length(buffer[2 : 2 + length_bytes])
        frame = _Frame(first & 0x0F, bool(first & 0x80), length, bytes(buffer[end - 4 : end]))
        self._check_order(frame)
        del buffer[:end]
        return frame

    def _check_start(self, first: int, second: int) -> None:
        opcode = first & 0x0F
        if first & 0x70:
            raise _Violation("a reserved bit is set")
        if opcode not in _OPCODES:
            raise _Violation("the opcode is reserved")
        if not second & 0x80:
            raise _Violation("the frame is not masked")
        if opcode >= _CLOSE and not first & 0x80:
            raise _Violation("the control frame is fragmented")
        if opcode >= _CLOSE and second & 0x7F > _MAX_CONTROL_BYTES:
            raise _Violation("the control frame is too long")

    def _check_order(self, frame: "_Frame") -> None:
        if frame.is_control:
            return
        if frame.opcode == _CONTINUATION and self._message is None:
            raise _Violation("there is nothing to continue")
        if frame.opcode != _CONTINUATION and self._message is not None:
            raise _Violation("the message before is not finished")
        had = self._message.size if self._message else 0
        if had + frame.length > self._max_message_bytes:
            raise _Violation(f"more than {self._max_message_bytes} bytes in one message", TOO_LARGE)

    # Payload

    def _take_control(self, frame: "_Frame") -> Event | None:
        if len(self._buffer) < frame.length:
            return None
        payload = self._take_payload(frame)
        match frame.opcode:
            case 9:
                return Ping(payload)
            case 10:
                return Pong(payload)
            case _:
                self._over = True
                return _parse_close(payload)

    def _take_data(self, frame: "_Frame") -> Event | None:
        if self._message is None:
            self._message = _Message(is_text=frame.opcode == _TEXT)
        message = self._message
        message.add(self._take_payload(frame), final=frame.is_final and not frame.missing)
        if frame.missing or not frame.is_final:
            return None
        self._message = None
        return message.as_event()

    def _take_payload(self, frame: "_Frame") -> bytes:
        octets = bytes(self._buffer[: frame.missing])
        del self._buffer[: len(octets)]
        return frame.unmask(octets)


class _Violation(Exception):
    def __init__(self, reason: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class _Frame:
    """A frame whose header has been read; ``missing`` octets of its payload have not."""

    __slots__ = ("_mask", "is_control", "is_final", "length", "missing", "opcode")

    def __init__(self, opcode: int, is_final: bool, length: int, mask: bytes) -> None:
        self.opcode = opcode
        self.is_final = is_final
        self.is_control = opcode >= _CLOSE
        self.length = length
        self.missing = length
        self._mask = mask

    def unmask(self, octets: bytes) -> bytes:
        """The next octets of the payload in clear."""
        count = len(octets)
        turn = (self.length - self.missing) % 4
        self.missing -= count
        mask = (self._mask[turn:] + self._mask[:turn]) * (count // 4 + 1)
        # One XOR of two large integers: Python's quickest way without a C extension.
        clear = int.from_bytes(octets, "little") ^ int.from_bytes(mask[:count], "little")
        return clear.to_bytes(count, "little")


@dataclass(slots=True)
class _Message:
    """A message of which at least the first header has come."""

    is_text: bool
    size: int = 0
    pieces: list[str] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    decoder: IncrementalDecoder = field(default_factory=_new_utf8_decoder)

    def add(self, octets: bytes, *, final: bool) -> None:
        self.size += len(octets)
        if not self.is_text:
            self.octets += octets
            return
        try:
            self.pieces.append(self.decoder.decode(octets, final))
        except UnicodeDecodeError as problem:
            raise _Violation("the text is not UTF-8", BAD_UTF8) from problem

    def as_event(self) -> Event:
        return Text("".join(self.pieces)) if self.is_text else Binary(bytes(self.octets))


def _long_length(octets: bytearray) -> int:
    length = int.from_bytes(octets, "big")
    if length >> 63:
        raise _Violation("the length has its highest bit set")
    if length < (126 if len(octets) == 2 else 65_536):
        raise _Violation("the length is not written in the shortest way")
    return length


def _parse_close(payload: bytes) -> Close:
    if not payload:
        return Close(NO_CODE, "")
    if len(payload) == 1:
        raise _Violation("the close code is cut")
    code = int.from_bytes(payload[:2], "big")
    if not _may_travel(code):
        raise _Violation("the close code is not valid")
    try:
        return Close(code, payload[2:].decode())
    except UnicodeDecodeError as problem:
        raise _Violation("the close reason is not UTF-8", BAD_UTF8) from problem


def _may_travel(code: int) -> bool:
    """RFC 6455, 7.4, and IANA's register, which added 1012 to 1014; 1004 to 1006 and 1015 never travel."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999

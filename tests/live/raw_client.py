"""A WebSocket client that sends whatever it is told, right or wrong, and says exactly what came back."""

import os
import socket
import struct
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Frame(NamedTuple):
    opcode: int
    payload: bytes
    is_final: bool = True


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """A client's frame; ``length`` announces another length than the payload's."""
    announced = len(payload) if length is None else length
    start = bytes((fin << 7 | rsv << 4 | opcode,))
    flag = 0x80 if masked else 0
    if announced < 126:
        header = start + bytes((flag | announced,))
    elif announced < 65_536:
        header = start + struct.pack("!BH", flag | 126, announced)
    else:
        header = start + struct.pack("!BQ", flag | 127, announced)
    if not masked:
        return header + payload
    mask = os.urandom(4)
    return header + mask + _masked(payload, mask)


def text(message: str, **more: bool) -> bytes:
    return frame(TEXT, message.encode(), **more)


def close(code: int | None = None, reason: bytes = b"") -> bytes:
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


class RawClient:
    """One connection. Every wait ends after ``timeout_seconds`` with TimeoutError."""

    def __init__(
        self,
        port: int,
        path: str = "/echo",
        *,
        timeout_seconds: float = 30,
        receive_buffer_bytes: int | None = None,
        **headers: str | None,
    ) -> None:
        """``headers`` are of the handshake."""
        self.socket = socket.socket()
        if receive_buffer_bytes is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.socket.settimeout(timeout_seconds)
        self._buffer = bytearray()
        try:
            self.socket.connect(("127.0.0.1", port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.sendall(handshake(path, **headers))
            self.head = self._read_head()
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def receive(self) -> Frame:
        """The next frame; raises EOFError at a clean end, ConnectionResetError at a reset."""
        first, second = self._read(2)
        length = second & 0x7F
        if second & 0x80:
            raise AssertionError("A server's frame is masked.")
        if length == 126:
            (length,) = struct.unpack("!H", self._read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._read(8))
        if first & 0x70:
            raise AssertionError("A reserved bit is set in a server's frame.")
        return Frame(first & 0x0F, self._read(length), bool(first & 0x80))

    def receive_close(self) -> int | None:
        """The code of a close frame, which must come next, followed by a clean end of the TCP connection."""
        answer = self.receive()
        assert answer.opcode == CLOSE, answer
        self.expect_end()
        return struct.unpack("!H", answer.payload[:2])[0] if answer.payload else None

    def expect_end(self) -> None:
        assert not self._buffer, f"octets after the close frame: {bytes(self._buffer)!r}"
        assert self.socket.recv(1) == b"", "octets after the close frame"

    def _read_head(self) -> bytes:
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer[:] = rest
        return head

    def _read(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        octets = bytes(self._buffer[:count])
        del self._buffer[:count]
        return octets

    def _more(self) -> None:
        octets = self.socket.recv(262_144)
        if not octets:
            raise EOFError("the server ended the connection")
        self._buffer += octets


def handshake(path: str = "/echo", **headers: str | None) -> bytes:
    """An opening handshake; ``headers`` change or (None) leave out one of its fields."""
    fields: dict[str, str | None] = {
        "Host": "127.0.0.1",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    } | headers
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items() if value is not None]
    return f"GET {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


def _masked(payload: bytes, mask: bytes) -> bytes:
    key = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload) ^ int.from_bytes(key)).to_bytes(len(payload))

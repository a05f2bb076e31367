"""Octets for all viewers: each event is framed once, and what was stored together travels together."""

from collections.abc import Iterable
from dataclasses import dataclass
from struct import pack
from typing import Self

NO_CODE = 1005  # Stands for a close frame without a code; never travels itself.

_MAX_REASON_BYTES = 123


@dataclass(frozen=True, slots=True)
class Batch:
    """Neighbouring events of one channel, encoded and framed once for everybody."""

    channel: str
    first_seq: int
    last_seq: int
    frames: bytes  # One text frame per event, joined.
    envelopes: tuple[bytes, ...]  # The same events as JSON texts.

    @classmethod
    def of(cls, channel: str, first_seq: int, envelopes: Iterable[bytes]) -> Self:
        """A batch of at least one event, the first of which has the number ``first_seq``."""
        texts = tuple(envelopes)
        last_seq = first_seq + len(texts) - 1
        return cls(channel, first_seq, last_seq, b"".join(map(text_frame, texts)), texts)


def text_frame(payload: bytes) -> bytes:
    """A whole text message. A server's frames are not masked, so the octets are the same for every viewer."""
    return _header(0x81, len(payload)) + payload


def binary_frame(payload: bytes) -> bytes:
    return _header(0x82, len(payload)) + payload


def ping_frame(payload: bytes = b"") -> bytes:
    return _header(0x89, len(payload)) + payload


def pong_frame(payload: bytes = b"") -> bytes:
    return _header(0x8A, len(payload)) + payload


def close_frame(code: int = NO_CODE, reason: str = "") -> bytes:
    """A close frame; the reason is cut to the 123 octets a control frame has room for."""
    if code == NO_CODE:
        return _header(0x88, 0)
    told = reason.encode("utf-8", "replace")[:_MAX_REASON_BYTES].decode("utf-8", "ignore").encode()
    return _header(0x88, 2 + len(told)) + pack("!H", code) + told


def _header(first_octet: int, length: int) -> bytes:
    if length < 126:
        return bytes((first_octet, length))
    if length < 65_536:
        return pack("!BBH", first_octet, 126, length)
    return pack("!BBQ", first_octet, 127, length)

"""What a server's octets look like (RFC 6455, 5.2)."""

import pytest

from council.live.frames import Batch, binary_frame, close_frame, ping_frame, pong_frame, text_frame


@pytest.mark.parametrize(
    ("length", "header"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_length(length: int, header: bytes) -> None:
    """The minimal number of bytes MUST be used to encode the length; a server's frame is not masked."""
    assert text_frame(b"x" * length) == header + b"x" * length


def test_opcodes() -> None:
    """Text is 1, binary 2, ping 9 and pong 10; each frame here is a whole message."""
    assert [frame[0] for frame in (text_frame(b""), binary_frame(b""), ping_frame(), pong_frame(b""))] == [
        0x81,
        0x82,
        0x89,
        0x8A,
    ]


def test_close_frame() -> None:
    """The first two bytes of a close frame's body are the code, the rest is the reason."""
    assert close_frame(1012, "restart") == b"\x88\x09\x03\xf4restart"
    assert close_frame() == b"\x88\x00"


def test_close_reason_is_cut_between_characters() -> None:
    """A control frame has at most 125 bytes; a cut reason is still UTF-8."""
    frame = close_frame(1000, "会" * 100)
    assert frame[1] <= 125
    assert frame[4:].decode() == "会" * 41


def test_batch() -> None:
    """A batch has one frame per event, in order, and knows its first and last number."""
    batch = Batch.of("session:a", 7, [b"{}", b"[]"])
    assert (batch.first_seq, batch.last_seq) == (7, 8)
    assert batch.frames == text_frame(b"{}") + text_frame(b"[]")
    assert batch.envelopes == (b"{}", b"[]")

"""The server's reading side of RFC 6455, without a socket."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.live.protocol import Binary, Close, Event, Failed, Ping, Pong, Protocol, Text
from tests.live.raw_client import BINARY, CONTINUATION, PING, PONG, TEXT, close, frame, text

LIMIT = 70_000


def read(*pieces: bytes) -> list[Event]:
    protocol = Protocol(LIMIT)
    return [event for piece in pieces for event in protocol.feed(piece)]


def octet_by_octet(octets: bytes) -> list[bytes]:
    return [octets[at : at + 1] for at in range(len(octets))]


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 128, 65_535, 65_536, 70_000])
def test_text_of_every_length_form(length: int) -> None:
    """The payload length is 7 bits, 7+16 bits or 7+64 bits."""
    assert read(text("x" * length)) == [Text("x" * length)]
    assert read(frame(BINARY, b"x" * length)) == [Binary(b"x" * length)]


@given(st.lists(st.text(max_size=200), max_size=5), st.integers(1, 7))
def test_delivery_in_any_pieces(messages: list[str], size: int) -> None:
    """The same messages come out however TCP cuts the octets."""
    octets = b"".join(text(message) for message in messages)
    pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
    assert read(*pieces) == [Text(message) for message in messages]


@given(st.text(min_size=1, max_size=50), st.data())
def test_fragments(message: str, data: st.DataObject) -> None:
    """A message may be fragmented anywhere, also within a character, with control frames in between."""
    octets = message.encode()
    cut = data.draw(st.integers(0, len(octets)))
    sent = frame(TEXT, octets[:cut], fin=False) + frame(PING, b"?") + frame(CONTINUATION, octets[cut:])
    assert read(sent) == [Ping(b"?"), Text(message)]


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_reserved_opcodes(opcode: int) -> None:
    """If an unknown opcode is received, the receiving endpoint MUST fail the connection."""
    assert [code_of(event) for event in read(frame(opcode))] == [1002]


@pytest.mark.parametrize("rsv", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, CONTINUATION, PING, PONG])
def test_reserved_bits(rsv: int, opcode: int) -> None:
    """Reserved bits MUST be 0 unless an extension is negotiated; none ever is."""
    assert [code_of(event) for event in read(frame(opcode, b"x", rsv=rsv))] == [1002]


@pytest.mark.parametrize(
    "octets",
    [
        frame(TEXT, b"x", masked=False),
        frame(PING, b"x" * 126),
        frame(PING, fin=False),
        frame(CONTINUATION, b"x"),
        frame(CONTINUATION, b"x", fin=False),
        frame(TEXT, b"x", fin=False) + frame(TEXT, b"x"),
        frame(TEXT, b"x", fin=False) + frame(BINARY, b"x"),
        bytes((0x81, 0xFE, 0, 125)) + b"mask" + b"x" * 125,
        bytes((0x81, 0xFF)) + (65_535).to_bytes(8, "big") + b"mask",
        bytes((0x82, 0xFF)) + (1 << 63).to_bytes(8, "big") + b"mask",
    ],
    ids=[
        "not masked",
        "long control frame",
        "fragmented control frame",
        "nothing to continue",
        "nothing to go on with",
        "text within text",
        "binary within text",
        "two bytes where one does",
        "eight bytes where two do",
        "a length of 2^63",
    ],
)
def test_violations(octets: bytes) -> None:
    """Each of these fails the connection with 1002, whether it comes at once or octet by octet."""
    assert [code_of(event) for event in read(octets)] == [1002]
    assert [code_of(event) for event in read(*octet_by_octet(octets))] == [1002]


def test_nothing_after_a_violation() -> None:
    """An endpoint that fails the connection does not go on to process data."""
    assert len(read(frame(3) + text("too late"), text("much too late"))) == 1


@pytest.mark.parametrize(
    "bad", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80"]
)
def test_bad_utf8(bad: bytes) -> None:
    """A text message that is not UTF-8 fails the connection with 1007; binary ones may hold anything."""
    assert [code_of(event) for event in read(frame(TEXT, b"ok " + bad))] == [1007]
    assert read(frame(BINARY, bad)) == [Binary(bad)]


def test_bad_utf8_is_refused_at_its_first_octet() -> None:
    """Bad UTF-8 is refused as soon as it shows, though frame and message go on."""
    octets = frame(TEXT, "κόσμε".encode() + b"\xf4\x90\x80\x80" + b"edited")
    until_bad = len(octets) - len(b"\x80\x80edited")
    assert read(octets[: until_bad - 1]) == []
    assert [code_of(event) for event in read(octets[:until_bad])] == [1007]


def test_a_message_that_ends_within_a_character() -> None:
    """A message that ends within a character is not UTF-8."""
    assert [code_of(event) for event in read(frame(TEXT, "会".encode()[:2]))] == [1007]


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4999])
def test_close_codes_that_may_travel(code: int) -> None:
    """Codes defined by the RFC or IANA's register, and 3000 to 4999, may be sent."""
    assert read(close(code, b"why")) == [Close(code, "why")]


@pytest.mark.parametrize("code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
def test_close_codes_that_may_not(code: int) -> None:
    """1004, 1005, 1006 and 1015 MUST NOT be sent, nor any that is not defined."""
    assert [code_of(event) for event in read(close(code))] == [1002]


def test_close_bodies() -> None:
    """A close frame's body is empty, or a code and a reason in UTF-8."""
    assert read(close()) == [Close(1005, "")]
    assert [code_of(event) for event in read(frame(8, b"\x03"))] == [1002]
    assert [code_of(event) for event in read(close(1000, b"\xff"))] == [1007]
    assert read(close(1000, b"x" * 123)) == [Close(1000, "x" * 123)]


def test_nothing_after_close() -> None:
    """After a close frame everything is ignored."""
    assert read(close(1000) + text("too late") + frame(PING)) == [Close(1000, "")]


def test_too_large() -> None:
    """A message over the limit is refused with 1009 when its header says so, before it is read."""
    assert [code_of(event) for event in read(frame(TEXT, length=LIMIT + 1))] == [1009]
    half = frame(TEXT, b"x" * LIMIT, fin=False)
    assert [code_of(event) for event in read(half + frame(CONTINUATION, b"x"))] == [1009]


def test_pongs_and_many_pings() -> None:
    """Every ping is told of with its payload, in order; unasked pongs too."""
    pings = [frame(PING, bytes((n,)) * 125) for n in range(100)]
    assert read(b"".join(pings)) == [Ping(bytes((n,)) * 125) for n in range(100)]
    assert read(frame(PONG, b"unasked")) == [Pong(b"unasked")]


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_octets_break_the_reader(octets: bytes, size: int) -> None:
    """Whatever comes, the reader tells of events, the last of which says why it ended."""
    pieces = list(itertools.batched(octets, size)) if hasattr(itertools, "batched") else [octets]
    events = read(*map(bytes, pieces))
    assert all(not isinstance(event, Failed | Close) for event in events[:-1])


def code_of(event: Event) -> int | None:
    return event.code if isinstance(event, Failed) else None

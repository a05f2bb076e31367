"""RFC 6455 against a real gunicorn: the ground that outside conformance suites cover."""

import socket
import struct

import pytest

from tests.live.raw_client import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Frame,
    RawClient,
    close,
    frame,
    handshake,
    text,
)


@pytest.fixture
def client(echo_server: int) -> RawClient:
    with RawClient(echo_server) as client:
        yield client


def end_cleanly(client: RawClient) -> None:
    client.send(close(1000))
    assert client.receive_close() == 1000


def octet_by_octet(client: RawClient, octets: bytes) -> None:
    for at in range(len(octets)):
        client.send(octets[at : at + 1])


# Handshake


def test_handshake(client: RawClient) -> None:
    """The server answers 101 with the key's digest and without any extension."""
    head = client.head.decode().lower()
    assert head.startswith("http/1.1 101 ")
    assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
    assert "extensions" not in head


def test_compression_is_declined(echo_server: int) -> None:
    """An extension that is offered is declined by leaving it out."""
    with socket.create_connection(("127.0.0.1", echo_server), 10) as plain:
        plain.sendall(handshake(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits"))
        head = plain.recv(4096)
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"xtensions" not in head


@pytest.mark.parametrize(
    "fields",
    [
        {"Sec_WebSocket_Key": None},
        {"Sec_WebSocket_Key": "short"},
        {"Sec_WebSocket_Key": "!!!!"},
        {"Sec_WebSocket_Version": None},
        {"Sec_WebSocket_Version": "8"},
    ],
)
def test_bad_handshakes(echo_server: int, fields: dict[str, str | None]) -> None:
    """A request that is not a valid handshake is answered with 400 in our error shape, and the version we speak."""
    with socket.create_connection(("127.0.0.1", echo_server), 10) as plain:
        plain.sendall(handshake(**fields))
        answer = b""
        while b"}}" not in answer:
            answer += plain.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Sec-WebSocket-Version: 13" in answer
    assert b'"code":"malformed"' in answer


# 1 Framing


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_every_length(client: RawClient, opcode: int, length: int) -> None:
    """A message of every form of length comes back as it was."""
    client.send(frame(opcode, b"*" * length))
    assert client.receive() == Frame(opcode, b"*" * length)
    end_cleanly(client)


@pytest.mark.parametrize("size", [1, 997, 2048])
def test_chopped_octets(client: RawClient, size: int) -> None:
    """A message comes back however TCP cuts its octets."""
    octets = text("κόσμε" * 400)
    for at in range(0, len(octets), size):
        client.send(octets[at : at + size])
    assert client.receive() == Frame(TEXT, ("κόσμε" * 400).encode())
    end_cleanly(client)


# 2 Pings and pongs


@pytest.mark.parametrize("payload", [b"", b"Hello, world!", bytes(range(125)), b"\xfe" * 125])
def test_ping(client: RawClient, payload: bytes) -> None:
    """A pong has the payload of its ping."""
    client.send(frame(PING, payload))
    assert client.receive() == Frame(PONG, payload)
    end_cleanly(client)


def test_ping_octet_by_octet(client: RawClient) -> None:
    """A ping is answered when it is whole."""
    octet_by_octet(client, frame(PING, b"\xfe" * 125))
    assert client.receive() == Frame(PONG, b"\xfe" * 125)
    end_cleanly(client)


def test_long_ping(client: RawClient) -> None:
    """All control frames MUST have a payload length of 125 bytes or less."""
    client.send(frame(PING, b"\xfe" * 126))
    assert client.receive_close() == 1002


def test_pongs_nobody_asked_for(client: RawClient) -> None:
    """A response to an unsolicited pong is not expected."""
    client.send(frame(PONG) + frame(PONG, b"payload") + frame(PING, b"!"))
    assert client.receive() == Frame(PONG, b"!")
    end_cleanly(client)


@pytest.mark.parametrize("chopped", [False, True])
def test_many_pings(client: RawClient, chopped: bool) -> None:
    """Every ping gets its pong, in order."""
    payloads = [f"payload-{number}".encode() for number in range(10 if chopped else 1000)]
    octets = b"".join(frame(PING, payload) for payload in payloads)
    if chopped:
        octet_by_octet(client, octets)
    else:
        client.send(octets)
    assert [client.receive() for _ in payloads] == [Frame(PONG, payload) for payload in payloads]
    end_cleanly(client)


# 3, 4 Reserved bits and opcodes


@pytest.mark.parametrize("rsv", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING])
def test_reserved_bits(client: RawClient, opcode: int, rsv: int) -> None:
    """What came before a frame with a reserved bit is echoed, the frame is refused with 1002, nothing follows."""
    client.send(text("before") + frame(opcode, b"x", rsv=rsv) + frame(PING))
    assert client.receive() == Frame(TEXT, b"before")
    assert client.receive_close() == 1002


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"reserved"])
def test_reserved_opcodes(client: RawClient, opcode: int, payload: bytes) -> None:
    """An unknown opcode fails the connection, after the answer to what came before."""
    client.send(text("before") + frame(opcode, payload) + frame(PING))
    assert client.receive() == Frame(TEXT, b"before")
    assert client.receive_close() == 1002


def test_unmasked(client: RawClient) -> None:
    """The server MUST close the connection upon receiving a frame that is not masked."""
    client.send(frame(TEXT, b"x", masked=False))
    assert client.receive_close() == 1002


# 5 Fragmentation


@pytest.mark.parametrize("chopped", [False, True])
def test_fragments_with_pings_between(client: RawClient, chopped: bool) -> None:
    """Control frames may be injected in the middle of a fragmented message; their answers do not wait for its end."""
    pieces = [frame(TEXT, b"one ", fin=False), frame(PING, b"1"), frame(CONTINUATION, b"two ", fin=False)]
    pieces += [frame(PING, b"2"), frame(CONTINUATION, b"three")]
    if chopped:
        octet_by_octet(client, b"".join(pieces))
    else:
        client.send(b"".join(pieces))
    expected = [Frame(PONG, b"1"), Frame(PONG, b"2"), Frame(TEXT, b"one two three")]
    assert [client.receive() for _ in expected] == expected
    end_cleanly(client)


def test_ping_is_answered_before_the_message_ends(client: RawClient) -> None:
    """A pong is sent as soon as practical, also within somebody's unfinished message."""
    client.send(frame(TEXT, b"half", fin=False) + frame(PING, b"?"))
    assert client.receive() == Frame(PONG, b"?")
    client.send(frame(CONTINUATION, b" done"))
    assert client.receive() == Frame(TEXT, b"half done")
    end_cleanly(client)


@pytest.mark.parametrize("control", [PING, PONG])
def test_fragmented_control_frame(client: RawClient, control: int) -> None:
    """Control frames MUST NOT be fragmented."""
    client.send(frame(control, b"x", fin=False) + frame(CONTINUATION, b"y"))
    assert client.receive_close() == 1002


@pytest.mark.parametrize("fin", [False, True])
def test_nothing_to_continue(client: RawClient, fin: bool) -> None:
    """A continuation without a beginning fails the connection, also after a whole message."""
    client.send(text("whole") + frame(CONTINUATION, b"x", fin=fin))
    assert client.receive() == Frame(TEXT, b"whole")
    assert client.receive_close() == 1002


def test_message_within_a_message(client: RawClient) -> None:
    """Fragments of different messages MUST NOT be interleaved."""
    client.send(frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"))
    assert client.receive_close() == 1002


def test_empty_fragments(client: RawClient) -> None:
    """A message may be made of nothing."""
    client.send(frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) + frame(CONTINUATION))
    assert client.receive() == Frame(TEXT, b"")
    end_cleanly(client)


# 6 UTF-8

GOOD = [
    "",
    "Hello-µ@ßöäüàá-UTF-8!!",
    "κόσμε",
    "\x00",
    "\ud7ff",
    "\ue000",
    "\ufffd",
    "\uffff",
    "\U0010ffff",
    "\U0001fffe",
]
BAD = [
    "80", "bf", "8080", "c0", "c0af", "c1bf", "e080af", "e0809f", "f08080af", "f8808080af", "fc80808080af", "fe", "ff",
    "eda080", "edad bf", "edbfbf", "eda080edb080", "f4908080", "f7bfbfbf", "f888808080", "ce",
    "cebae1bdb9cf83cebcceb5eda080656469746564",
]  # fmt: skip


@pytest.mark.parametrize("message", GOOD, ids=ascii)
def test_good_utf8(client: RawClient, message: str) -> None:
    """Every Unicode text comes back, also in fragments of one octet."""
    octets = message.encode()
    client.send(text(message))
    assert client.receive() == Frame(TEXT, octets)
    pieces = [
        frame(CONTINUATION if at else TEXT, octets[at : at + 1], fin=False) for at in range(len(octets))
    ]
    client.send(b"".join(pieces) + frame(CONTINUATION if pieces else TEXT))
    assert client.receive() == Frame(TEXT, octets)
    end_cleanly(client)


@pytest.mark.parametrize("bad", BAD)
def test_bad_utf8(echo_server: int, bad: str) -> None:
    """Text that is not UTF-8 fails the connection with 1007: in one frame, in fragments, and octet by octet."""
    octets = bytes.fromhex(bad)
    fragments = frame(TEXT, octets[:1], fin=False) + frame(CONTINUATION, octets[1:])
    for sent in (frame(TEXT, octets), fragments):
        with RawClient(echo_server) as client:
            client.send(sent)
            assert client.receive_close() == 1007
    with RawClient(echo_server) as client:
        for octet in frame(TEXT, octets):
            try:
                client.send(bytes((octet,)))
            except OSError:
                break  # It was refused before its last octet, as it may be.
        assert client.receive_close() == 1007


def test_bad_utf8_fails_fast(client: RawClient) -> None:
    """Bad UTF-8 is refused at once, though neither the frame nor the message has ended."""
    octets = "κόσμε".encode() + b"\xf4\x90"
    client.send(frame(TEXT, octets + b"\x80\x80edited", length=len(octets) + 100))
    assert client.receive_close() == 1007


def test_bad_utf8_fails_fast_between_fragments(client: RawClient) -> None:
    """The first fragment that is no UTF-8 is refused, whatever would have followed."""
    client.send(
        frame(TEXT, "κόσμε".encode(), fin=False) + frame(CONTINUATION, b"\xf4\x90\x80\x80", fin=False)
    )
    assert client.receive_close() == 1007


# 7 Close


def test_close_without_a_code(client: RawClient) -> None:
    """A close frame without a body is answered by one without."""
    client.send(close())
    assert client.receive_close() is None


@pytest.mark.parametrize(
    "code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999]
)
def test_valid_close_codes(client: RawClient, code: int) -> None:
    """An endpoint typically echoes the status code it received."""
    client.send(close(code, b"because"))
    assert client.receive_close() == code


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
def test_invalid_close_codes(client: RawClient, code: int) -> None:
    """A code that must not travel is a protocol error."""
    client.send(close(code))
    assert client.receive_close() == 1002


@pytest.mark.parametrize(
    ("body", "code"), [(b"\x03", 1002), (struct.pack("!H", 1000) + b"\xce\xba\xed\xa0\x80", 1007)]
)
def test_bad_close_bodies(client: RawClient, body: bytes, code: int) -> None:
    """Half a code is a protocol error, a reason that is not UTF-8 is bad data."""
    client.send(frame(8, body))
    assert client.receive_close() == code


def test_close_reasons(echo_server: int) -> None:
    """A reason has up to 123 octets; a longer one is a protocol error."""
    for length, code in ((0, 1000), (123, 1000), (124, 1002)):
        with RawClient(echo_server) as client:
            client.send(close(1000, b"*" * length))
            assert client.receive_close() == code


@pytest.mark.parametrize(
    "late",
    [text("late"), frame(PING, b"late"), close(1001), frame(TEXT, b"*" * 300_000)],
    ids=["text", "ping", "close", "long text"],
)
def test_nothing_is_answered_after_close(client: RawClient, late: bytes) -> None:
    """After its close frame a peer has nothing more to say; what came before is answered."""
    client.send(text("before") + close(1000) + late[:30_000])
    assert client.receive() == Frame(TEXT, b"before")
    assert client.receive().opcode == 8


def test_close_within_a_message(client: RawClient) -> None:
    """A close frame may come in the middle of a fragmented message, which is then lost."""
    client.send(frame(TEXT, b"half", fin=False) + close(1000))
    assert client.receive_close() == 1000


def test_large_message_then_close(client: RawClient) -> None:
    """What was asked for before the close is flushed before the reply to it."""
    client.send(text("*" * 262_144) + close(1000))
    assert client.receive() == Frame(TEXT, b"*" * 262_144)
    assert client.receive_close() == 1000


# 9 Size


@pytest.mark.parametrize("megabytes", [1, 4, 16])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_large_messages(client: RawClient, opcode: int, megabytes: int) -> None:
    """A message up to the limit comes back whole."""
    payload = b"BAsd7&jh23" * (megabytes * 1024 * 1024 // 10)
    client.send(frame(opcode, payload))
    assert client.receive() == Frame(opcode, payload)
    end_cleanly(client)


@pytest.mark.parametrize("size", [64, 4096])
def test_large_message_in_small_fragments(client: RawClient, size: int) -> None:
    """Fragments may be of any size."""
    payload = b"*" * (1 << 20)
    pieces = [
        frame(CONTINUATION if at else TEXT, payload[at : at + size], fin=False)
        for at in range(0, 1 << 20, size)
    ]
    client.send(b"".join(pieces) + frame(CONTINUATION))
    assert client.receive() == Frame(TEXT, payload)
    end_cleanly(client)


def test_over_the_limit(client: RawClient) -> None:
    """A message that says it is over the limit is refused with 1009."""
    client.send(frame(BINARY, b"x", length=(16 << 20) + 1))
    assert client.receive_close() == 1009


def test_many_round_trips(client: RawClient) -> None:
    """Many small messages come back one by one."""
    for number in range(1000):
        client.send(text(str(number)))
        assert client.receive() == Frame(TEXT, str(number).encode())
    end_cleanly(client)


# 10 Fragmentation by the server


def test_echo_is_not_fragmented(client: RawClient) -> None:
    """A message that came in fragments goes back as one frame: one event is one frame, always."""
    payload = b"*" * 65_536
    client.send(frame(TEXT, payload[:1300], fin=False) + frame(CONTINUATION, payload[1300:]))
    assert client.receive() == Frame(TEXT, payload, is_final=True)
    end_cleanly(client)

"""Ten thousand ways to be wrong: each is refused with the right code, and the server goes on."""

import random
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.live.raw_client import BINARY, CONTINUATION, PING, PONG, TEXT, Frame, RawClient, close, frame, text
from tests.live.serving import gunicorn
from tests.support.waiting import wait_until

SOCKETS = 500
FRAMES_PER_SOCKET = 20
BAD_CODES = (0, 999, 1004, 1005, 1006, 1015, 5000)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "gunicorn.log"


@pytest.fixture
def port(log: Path) -> Iterator[int]:
    with gunicorn("tests.live.echo:app", log) as port:
        yield port


def bad_frame(chance: random.Random) -> tuple[bytes, int]:
    """One wrong frame, and the code it must be refused with."""
    rubbish = chance.randbytes(chance.randrange(1, 60))
    return chance.choice(
        [
            (frame(TEXT, rubbish, rsv=chance.randrange(1, 8)), 1002),
            (frame(chance.choice([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), rubbish), 1002),
            (frame(TEXT, rubbish, masked=False), 1002),
            (frame(chance.choice([PING, PONG, 8]), b"x" * chance.randrange(126, 300)), 1002),
            (frame(PING, rubbish, fin=False), 1002),
            (frame(CONTINUATION, rubbish), 1002),
            (frame(TEXT, b"ok \xf0\x9f", fin=False) + frame(CONTINUATION, b"\x28" + rubbish), 1007),
            (close(chance.choice(BAD_CODES)), 1002),
            (close(1000, b"\xff"), 1007),
            (frame(BINARY, length=1 << 63), 1002),
            (frame(BINARY, length=(16 << 20) + chance.randrange(1, 1 << 40)), 1009),
        ]
    )


def test_ten_thousand_bad_frames(
    port: int, log: Path, record_property: Callable[[str, object], None]
) -> None:
    """Whatever is wrong first decides the code; the 19 wrong frames behind it are not answered; no traceback."""
    chance = random.Random(6455)
    for _ in range(SOCKETS):
        wrong = [bad_frame(chance) for _ in range(FRAMES_PER_SOCKET)]
        with RawClient(port) as client:
            client.send(b"".join(octets for octets, _ in wrong))
            assert client.receive_close() == wrong[0][1]
    assert_still_well(port, log)
    record_property("frames", SOCKETS * FRAMES_PER_SOCKET)


def test_cut_off_anywhere(port: int, log: Path) -> None:
    """A peer that resets the connection within a frame frees its thread: more of them than there are threads."""
    octets = text("a message that never ends" * 20)
    for number in range(100):
        with RawClient(port) as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00" + b"\x00" * 4)
            client.send(octets[: number * 5])
    assert_still_well(port, log)


def test_flood_of_pings_that_reads_nothing(port: int, log: Path) -> None:
    """Who floods and never reads is held up by TCP, and costs nobody else anything."""
    with RawClient(port, receive_buffer_bytes=4096) as flood:
        flood.socket.settimeout(0.3)
        with suppress(TimeoutError):
            while True:
                flood.send(frame(PING, b"x" * 125) * 100)
        assert_still_well(port, log)


def assert_still_well(port: int, log: Path) -> None:
    with RawClient(port) as client:
        client.send(text("still there?"))
        assert client.receive() == Frame(TEXT, b"still there?")
    wait_until(lambda: "Traceback" not in log.read_text(), what="a log without tracebacks")

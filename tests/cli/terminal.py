"""A terminal with a command in it: what it shows is read, and keys are pressed."""

import codecs
import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence

from tests.support.server import ROOT

CTRL_C = "\x03"
ROWS, COLUMNS = 30, 100


class Terminal:
    """``python -m council`` in a process of its own, on a pseudo-terminal."""

    def __init__(self, arguments: Sequence[str], settings: dict[str, object]) -> None:
        self._own, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        given = {f"COUNCIL_{name}".upper(): str(value) for name, value in settings.items()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COUNCIL_")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *arguments],
            cwd=ROOT,
            env=kept | given | {"TERM": "xterm-256color"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # A read may end within a character.
        self._seen = 0  # Characters that an ``expect`` has found already.

    def expect(self, words: str, timeout: float = 60.0) -> None:
        """Wait until these words are shown, after those that were waited for before. Raises AssertionError."""
        deadline = time.monotonic() + timeout
        while words not in self.shown[self._seen :]:
            assert time.monotonic() < deadline, f"no {words!r} in {self.shown[self._seen :][-3000:]!r}"
            self._read(deadline, words)
        self._seen = self.shown.index(words, self._seen) + len(words)

    def type(self, keys: str) -> None:
        os.write(self._own, keys.encode())

    def end(self, timeout: float = 60.0) -> int:
        """Wait until the command has ended; its exit code."""
        deadline = time.monotonic() + timeout
        with contextlib.suppress(EOFError):
            while True:
                assert time.monotonic() < deadline, f"it goes on: {self.shown[-3000:]!r}"
                self._read(deadline, "")
        return self._process.wait(60)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(10)
        os.close(self._own)

    def _read(self, deadline: float, words: str) -> None:
        ready, _, _ = select.select([self._own], [], [], max(0.0, deadline - time.monotonic()))
        try:
            octets = os.read(self._own, 65_536) if ready else b""
        except OSError:  # Linux says so when the other side is closed.
            octets = b""
        if ready and not octets:
            if words:
                raise AssertionError(f"it ended without {words!r}: {self.shown[-3000:]!r}")
            raise EOFError
        self.shown += self._decoder.decode(octets)


_START = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from council.cli import main
main()
"""
"""Ctrl+C reaches only who has the terminal as its own."""

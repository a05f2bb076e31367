"""Servers that start quickly: forked from a process that has loaded the code already.

The process is the fork server of ``multiprocessing``; it comes with the first server and goes with the tests. What is
served and how is the same as from ``python -m gunicorn``; only the end of the process skips the interpreter's own.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gunicorn.app import wsgiapp
from gunicorn.workers import gthread

import council.application

ROOT = Path(__file__).parents[2]
_LOADED = (wsgiapp, gthread, council.application)
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


class Child:
    """One server's process, with the names of ``subprocess.Popen``."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        told = (tuple(arguments), dict(environment), str(log))
        self._process = _context.Process(
            target=_serve, args=told, daemon=True
        )  # What nobody stopped ends with the tests.
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("gunicorn", timeout or 0)
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()


def _serve(arguments: tuple[str, ...], environment: dict[str, str], log: str) -> None:
    """Become gunicorn: a session, an environment and a log of its own."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.chdir(ROOT)
    sys.argv = ["gunicorn", *arguments]
    wsgiapp.run()

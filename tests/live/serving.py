"""Real servers for tests: gunicorn in a process of its own, Werkzeug on a thread."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]


@contextmanager
def gunicorn(target: str, log: Path, *, threads: int = 64) -> Iterator[int]:
    """Serve ``module:app``; gives the port. Its log is in ``log``."""
    port = _free_port()
    options = [
        "-k",
        "gthread",
        "--threads",
        str(threads),
        "-b",
        f"127.0.0.1:{port}",
        "--graceful-timeout",
        "3",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, target], cwd=ROOT, stdout=output, stderr=output
        )
        try:
            wait_until(lambda: _accepts(port), timeout=90, what="gunicorn to listen")
            yield port
        finally:
            process.terminate()
            process.wait(timeout=60)


@contextmanager
def werkzeug(app: Flask) -> Iterator[int]:
    """Serve an app of this process, a thread for each request; gives the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False  # So that server_close() waits for them.
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="werkzeug")
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _accepts(port: int) -> bool:
    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False

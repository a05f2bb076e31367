"""How gunicorn serves Council. Addresses and limits come from COUNCIL_* settings; see docs/reference/settings.md."""

import errno
import os
import socket
import struct
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import structlog
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from council import __version__
from council.application import prepare
from council.errors import CouncilError
from council.live.libc import has_free
from council.log import configure_logging
from council.settings import load_settings
from council.web.shared_measures import forget_process, shared_folder


def _or_exit(step):
    """What the step gives; an error that a deployer can mend is told in a sentence, not in a traceback."""
    try:
        return step()
    except CouncilError as problem:
        sys.exit(f"Council does not start. {problem.message} {problem.hint}")


_HANDSHAKE_SECONDS = 10
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_NO_ROOM_SECONDS = 0.05
_SPARE_DESCRIPTORS = 8

_settings = _or_exit(load_settings)


class _Lines(Logger):
    """What gunicorn itself has to say, as lines like all others."""

    def setup(self, cfg):
        super().setup(cfg)
        _or_exit(lambda: configure_logging(_settings))


class _Worker(ThreadWorker):
    """gunicorn's own would end, with every meeting in it, for want of a descriptor: here those who knock wait."""

    told = False

    def accept(self, listener):
        try:
            _keep_some_free(listener.fileno())
            super().accept(listener)
            self.told = False
        except OSError as problem:
            if problem.errno not in _NO_ROOM:
                raise
            self._wait_for_room(problem)

    def _wait_for_room(self, problem):
        if not self.told:
            self.told = True
            structlog.get_logger("council").error("server.takes_no_more", error=str(problem))
        time.sleep(_NO_ROOM_SECONDS)  # They knock on: without a pause this thread would do nothing else.


def _keep_some_free(fd):
    """Raises OSError when hardly a descriptor is left: those who are in need them more than those who knock."""
    if not has_free(_SPARE_DESCRIPTORS, fd):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


logger_class = _Lines

_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host
bind = [f"{_host}:{_settings.port}"]

worker_class = _Worker
workers = (
    1  # Sockets and meetings live on threads; a second process is a second deployment, on the same database.
)
threads = (
    _settings.max_clients + 32
)  # Every socket has a thread; the rest keeps /health and the pages answering.
worker_connections = threads + 200
max_requests = (
    0  # A worker that recycles itself would wait for its sockets, and nobody could connect meanwhile.
)
timeout = 60  # The worker's main loop says that it lives; requests themselves may take as long as they like.
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
forwarded_allow_ips = ""  # Whose X-Forwarded headers count is Council's own setting: COUNCIL_TRUSTED_PROXIES.
accesslog = None  # Council writes a line for each request itself, with what it knows of it.
errorlog = "-"
loglevel = "warning"
worker_tmp_dir = (
    "/dev/shm" if os.path.isdir("/dev/shm") else None
)  # A slow disk must not look like a dead worker.


def on_starting(server):
    """Before the fork: what would make every worker fail is found here, once."""
    if _serves_council(server):
        structlog.get_logger("council").info(
            "server.starting", version=__version__, host=_settings.host, port=_settings.port, pid=os.getpid()
        )
        _or_exit(lambda: prepare(_settings))


def when_ready(server):
    """A client that sends half a request must not hold a thread for ever: accepted sockets inherit this."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", _HANDSHAKE_SECONDS, 0)
        )
    if _serves_council(server):
        shown = "localhost" if _settings.host == "0.0.0.0" else _host
        print(f"Council is at http://{shown}:{_settings.port}", flush=True)


def post_worker_init(worker):
    """Start the threads after the fork, and end them in order before the worker waits for its connections."""
    parts = getattr(worker.app.callable, "extensions", {}).get("council")
    if parts is None:
        return  # Some other application, as the echo server of the tests.
    parts.start()
    _start_threads(worker)
    _chain_shutdown(worker, parts)


def _start_threads(worker):
    """All at once: starting them one by one, as hundreds knock, keeps whoever knocks after them waiting.

    Where the system gives fewer, half of those are left to meetings and to the sockets' writers.
    """
    pool, are_there = worker.tpool, threading.Event()
    try:
        for _ in range(worker.cfg.threads):
            pool.submit(are_there.wait)
    except RuntimeError:
        worker.tpool = ThreadPoolExecutor(max(1, len(pool._threads) // 2))
        structlog.get_logger("council").error(
            "server.few_threads", wanted=worker.cfg.threads, has=len(pool._threads)
        )
        pool.shutdown(wait=False)
    are_there.set()


def child_exit(server, worker):
    """With PROMETHEUS_MULTIPROC_DIR: what a dead worker counted stays, what it was at is over."""
    folder = shared_folder()
    if folder is not None:
        forget_process(folder, worker.pid)


def _chain_shutdown(worker, parts):
    import signal

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        before = signal.getsignal(number)

        def leave(signum, frame, before=before):
            threading.Thread(target=parts.close, name="shutdown").start()
            if callable(before):
                before(signum, frame)

        signal.signal(number, leave)


def _serves_council(server):
    return "wsgi:app" in str(server.app.app_uri)

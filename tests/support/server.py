"""The product itself in a process of its own, as a deployer starts it, and the ways it may end."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2

from tests.support import database, http, nursery
from tests.support.nursery import ROOT
from tests.support.waiting import wait_until

ARGUMENTS = ("-c", "gunicorn.conf.py", "wsgi:app")
AS_TYPED = ("env",)  # For ``inside``: an interpreter of its own, for tests of how it ends.


class Server:
    """gunicorn with our configuration, on a port and a data directory that outlive its process."""

    def __init__(
        self, data_dir: Path, settings: dict[str, object], *, inside: Sequence[str] = (), forked: bool = False
    ) -> None:
        """``inside`` is a command that runs the server's own: ``("env", "TZ=UTC")``.

        A ``forked`` one comes from the nursery, a second sooner; tests alone may have it.
        """
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.parent / f"server-{self.port}.log"
        self.data_dir = data_dir
        self.token: str | None = None
        self._settings = settings
        self._inside = inside
        self._forked = forked
        self.process: subprocess.Popen[bytes] | nursery.Child | None = None

    def start(self) -> None:
        """Start it, and wait until it is ready. Raises AssertionError with its log when it is not."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        if not self._inside:
            database.lay_out(self.data_dir)
        self.process = self._fork() if self._forked else self._run()
        self.wait_until_ready()

    def _run(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*self._inside, sys.executable, "-m", "gunicorn", *ARGUMENTS],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _fork(self) -> nursery.Child:
        return nursery.Child(ARGUMENTS, self._environment(), self.log)

    def wait_until_ready(self) -> None:
        """Raises AssertionError with its log when it ended."""
        wait_until(self._is_ready, timeout=90, what="a ready server")

    def stop(self) -> None:
        """End it in order (SIGTERM), and wait."""
        if self._running:
            assert self.process is not None
            self.process.terminate()
            self.process.wait(60)

    def kill(self) -> None:
        """kill -9, the master and its worker at once: nothing is tidied up."""
        if self._running:
            self.signal(signal.SIGKILL)
            assert self.process is not None
            self.process.wait(60)

    def signal(self, number: int) -> None:
        """Send a signal to the master and its worker."""
        assert self.process is not None
        os.killpg(self.process.pid, number)

    def get(self, path: str, **more: Any) -> Any:
        """GET a path of the API; its JSON."""
        answer = self._ask("GET", path, **more)
        answer.raise_for_status()
        return answer.json()

    def metric(self, sample: str) -> float:
        """One sample of /metrics, by its name with its labels; 0 when nothing was counted yet."""
        answer = http.get(f"{self.url}/metrics", timeout=30)
        answer.raise_for_status()
        found = [
            line.rpartition(" ")[2] for line in answer.text.splitlines() if line.startswith(f"{sample} ")
        ]
        return float(found[0]) if found else 0.0

    def post(self, path: str, body: object, **more: Any) -> httpx2.Response:
        return self._ask("POST", path, json=body, **more)

    @property
    def headers(self) -> dict[str, str]:
        """Who asks."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def text_of_log(self) -> str:
        return self.log.read_text(errors="replace")

    def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx2.Response:
        given = self.headers | (headers or {})
        return http.request(method, f"{self.url}{path}", headers=given, timeout=30, **more)

    @property
    def _running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _is_ready(self) -> bool:
        if not self._running:
            raise AssertionError(f"the server ended: {self.text_of_log[-3000:]}")
        try:
            return http.get(f"{self.url}/ready", timeout=10).status_code == 200
        except httpx2.HTTPError:
            return False

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COUNCIL_")}
        given = {f"COUNCIL_{name}".upper(): str(value) for name, value in self._settings.items()}
        return (
            kept
            | {
                "COUNCIL_HOST": "127.0.0.1",
                "COUNCIL_PORT": str(self.port),
                "COUNCIL_DATA_DIR": str(self.data_dir),
            }
            | given
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port

"""Council under its own gunicorn configuration, on a database of its own, asking the fake model server."""

import http.client
import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.fake_model_server import model
from benchmarks.measure import (
    BUILD,
    PYTHON,
    ROOT,
    SERVER_CORE,
    BenchmarkFailed,
    Program,
    free_port,
    program,
    wait_until,
)

MAX_CLIENTS = 200
APP = "benchmarks.council_app:bench_app()"
FINAL = ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class CouncilServer:
    """A running server. Requests are made on connections of their own, as curl does."""

    program: Program
    port: int
    data_dir: Path

    @property
    def worker(self) -> int:
        """The worker's process, gunicorn's only child."""
        return measure.family(self.program.pid)[1]

    def cpu_seconds(self) -> float:
        return measure.cpu_seconds(self.program.pid)

    def start_session(self, template_id: str, order: str, session_id: str | None = None) -> str:
        """Starts a meeting whose members answer as ``order`` says; its id."""
        body = {
            "template_id": template_id,
            "session_id": session_id or str(uuid.uuid4()),
            "subject": f"A bridge or a tunnel? [{order}]",
        }
        return self.request("POST", "/api/v1/sessions", body)["session_id"]

    def wait_completed(self, session_id: str, seconds: float = 60) -> dict[str, Any]:
        """The snapshot of a completed meeting. Raises BenchmarkFailed when it ended otherwise."""

        def finished() -> dict[str, Any] | None:
            snapshot = self.request("GET", f"/api/v1/sessions/{session_id}")
            return snapshot if snapshot["status"] in FINAL else None

        snapshot = wait_until(finished, seconds, "the end of a meeting")
        if snapshot["status"] != "completed":
            raise BenchmarkFailed(f"A meeting is {snapshot['status']}.")
        return snapshot

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read() or b"{}")
        finally:
            connection.close()
        if response.status >= 400:
            raise BenchmarkFailed(f"{method} {path}: {response.status} {answer}")
        return answer

    def healthy(self) -> bool:
        if self.program.ended:
            raise BenchmarkFailed("Council did not start.")
        try:
            return self.request("GET", "/health")["status"] == "alive"
        except OSError:
            return False


@contextmanager
def council_server(
    base_url: str = "http://127.0.0.1:9/v1",
    *,
    max_clients: int = MAX_CLIENTS,
    data_dir: Path | None = None,
    app: str = APP,
) -> Iterator[CouncilServer]:
    """A server that answers /health, on a new database unless it is given one; ``base_url`` is the models'."""
    with empty_directory() as fresh:
        port, home = free_port(), data_dir or fresh
        env = {
            "COUNCIL_PORT": str(port),
            "COUNCIL_DATA_DIR": str(home),
            "COUNCIL_MAX_CLIENTS": str(max_clients),
            "COUNCIL_LLM_BASE_URL": base_url,
            "COUNCIL_LLM_MODEL": model(50),
            "COUNCIL_LOG_LEVEL": "WARNING",
        }
        command = (PYTHON, "-m", "gunicorn", "-c", "gunicorn.conf.py", app)
        with program(command, SERVER_CORE, env=env, cwd=ROOT) as running:
            server = CouncilServer(running, port, home)
            wait_until(server.healthy, 30, "Council to serve")
            yield server


@contextmanager
def empty_directory() -> Iterator[Path]:
    """For a database; on the same disk as the project, gone afterwards."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="data-", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


def start_spread(server: CouncilServer, template_id: str, order: str, count: int) -> list[str]:
    """So many meetings, their starts spread over a second, as people's are."""
    began = time.monotonic()
    ids = []
    for number in range(count):
        time.sleep(max(0.0, began + number / count - time.monotonic()) if count > 1 else 0)
        ids.append(server.start_session(template_id, order))
    return ids

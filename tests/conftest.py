"""What every test has: a clean environment, no leaked thread, and a Council of its own when it asks for one."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from council.application import create_app
from council.parts import Parts
from council.settings import Settings
from tests.support import database, pages, toy_model
from tests.support.chromium import browser
from tests.support.server import Server
from tests.support.waiting import wait_until

__all__ = ["browser"]  # A fixture.

KEYS = (
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "DEEPSEEK_API_KEY", "DASHSCOPE_API_KEY",
    "SILICONFLOW_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY",
)  # fmt: skip


pages.keep_compiled()


@pytest.fixture(autouse=True)
def no_real_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of the developer's reaches a test, so that no test can spend money."""
    for name in list(os.environ):
        if name in KEYS or name.startswith("COUNCIL_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr("council.llm.catalogue.OLLAMA_URL", "http://127.0.0.1:9")


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """A test that leaves a thread alive fails."""
    before = set(threading.enumerate())
    yield

    def left() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread not in before and thread.is_alive()]

    wait_until(lambda: not left(), timeout=30, what=f"the end of these threads: {left()}")


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings with a database of the test's own; the rehearsal speaks at once."""

    def make(**overrides: Any) -> Settings:
        defaults: dict[str, Any] = {"data_dir": tmp_path / "instance", "rehearsal_tokens_per_second": 0}
        return Settings(**(defaults | {"log_level": "WARNING"} | overrides))

    return make


@pytest.fixture
def make_council(make_settings: Callable[..., Settings]) -> Iterator[Callable[..., Parts]]:
    """A factory of started Councils in this process; keyword arguments are settings."""
    made: list[Parts] = []

    def make(**overrides: Any) -> Parts:
        settings = make_settings(**overrides)
        if settings.database_url is None:
            database.lay_out(settings.data_dir)
        app = create_app(settings)
        app.testing = False  # Errors become answers, as in production.
        parts: Parts = app.extensions["council"]
        parts.app = app  # type: ignore[attr-defined]
        parts.start()
        made.append(parts)
        return parts

    yield make
    for parts in made:
        parts.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A factory of real servers: gunicorn in a process of its own; keyword arguments are COUNCIL_* settings."""
    servers: list[Server] = []

    def start(*, data_dir: Path | None = None, inside: Sequence[str] = (), **settings: object) -> Server:
        server = Server(data_dir or tmp_path / "instance", settings, inside=inside, forked=not inside)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def live_server(serve: Callable[..., Server]) -> str:
    """The address of a real server in rehearsal, at a pace that can be watched."""
    return serve(rehearsal_tokens_per_second=60).url


@pytest.fixture(scope="session")
def toy_server() -> Iterator[toy_model.ToyServer]:
    """A real llama.cpp server with a toy model; in CI it has to be there."""
    reason = toy_model.missing()
    if reason and not os.environ.get("CI"):
        pytest.skip(f"no toy model: {reason}")
    with toy_model.ToyServer(32_768) as server:
        yield server

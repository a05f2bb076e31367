"""What the tests of deployment share: one real Council, and real proxies before it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.proxies import SITE, Caddy, Certificate, Front, Nginx, missing
from tests.faults.meeting import Script
from tests.support.model_server import ScriptedModelServer
from tests.support.server import Server
from tests.support.tokens import admin_token

FRONTS: dict[str, type[Front]] = {"nginx": Nginx, "caddy": Caddy}


@pytest.fixture(scope="package")
def shared_model() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer(Script()) as server:
        yield server


@pytest.fixture
def model(shared_model: ScriptedModelServer) -> Iterator[ScriptedModelServer]:
    yield shared_model
    shared_model.release()


@pytest.fixture(scope="package")
def shared_server(
    tmp_path_factory: pytest.TempPathFactory, shared_model: ScriptedModelServer
) -> Iterator[Server]:
    server = Server(
        tmp_path_factory.mktemp("council") / "instance",
        {
            "llm_base_url": shared_model.url,
            "llm_model": "scripted",
            "trusted_proxies": 1,
            "allowed_origins": f"https://{SITE}",
            "live__heartbeat_seconds": 1,
            "engine__lease_seconds": 1,
            "log_level": "WARNING",
        },
    )
    try:
        server.start()
        server.token = admin_token(server.data_dir)  # Through a proxy only those who sign in are let in.
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(shared_server: Server, model: ScriptedModelServer) -> Server:
    """A real server that trusts one proxy, and asks the scripted model."""
    return shared_server


@pytest.fixture(scope="package")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Certificate]:
    """The site's certificate, made once, when a proxy asks for it."""
    made: list[Certificate] = []

    def give() -> Certificate:
        if not made:
            made.append(Certificate(tmp_path_factory.mktemp("certificate")))
        return made[0]

    return give


@pytest.fixture
def start_front(tmp_path: Path, certificate: Callable[[], Certificate]) -> Iterator[Callable[..., Front]]:
    """A factory of proxies: by name, before a port; they end with the test. In CI both have to be there."""
    with ExitStack() as running:

        def start(name: str, upstream_port: int, **changes: Any) -> Front:
            reason = missing(name)
            if reason and not os.environ.get("CI"):
                pytest.skip(reason)
            assert reason is None, reason
            front = FRONTS[name](tmp_path / name, upstream_port, certificate(), **changes)
            return running.enter_context(front)

        yield start


@pytest.fixture(params=FRONTS)
def front_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def front(front_name: str, start_front: Callable[..., Front], server: Server) -> Front:
    """Each proxy, before the real Council."""
    return start_front(front_name, server.port)


@pytest.fixture
def nginx(start_front: Callable[..., Front], server: Server) -> Front:
    return start_front("nginx", server.port)

"""One echo server for all conformance tests."""

from collections.abc import Iterator

import pytest

from tests.live.serving import gunicorn


@pytest.fixture(scope="session")
def echo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of ``tests.live.echo:app`` under gunicorn, which must not write a traceback into its log."""
    log = tmp_path_factory.mktemp("echo") / "gunicorn.log"
    with gunicorn("tests.live.echo:app", log) as port:
        yield port
    assert "Traceback" not in log.read_text(), log.read_text()

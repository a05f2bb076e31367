"""What the unit counts on: gunicorn tells systemd that it is ready, and ends at SIGTERM."""

import socket
from pathlib import Path

import pytest

from tests.support.server import AS_TYPED


def test_it_says_when_it_is_ready(serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Type=notify: the message comes by itself, on the socket that the environment names."""
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        server = serve(inside=AS_TYPED)
        assert systemd.recv(4096).decode().startswith("READY=1")
        server.stop()
    assert server.process.returncode == 0

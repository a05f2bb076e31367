"""``council user`` and ``council token``: who may come in, said in a terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from council.settings import Settings
from tests.cli.conftest import Run
from tests.support import http
from tests.support.server import Server
from tests.support.viewer import Socket


@pytest.fixture
def council(run: Run, tmp_path: Path) -> Run:
    """The command, on this test's own data."""
    return lambda *arguments, **more: run(*arguments, env={"data_dir": tmp_path / "instance"}, **more)


def test_the_first_user_is_an_admin(council: Run) -> None:
    """Somebody must be able to let in the others."""
    refused = council("user", "add", "ben", "--no-password")
    assert refused.exit_code == 1
    assert "the first user must be an admin" in refused.output
    assert (
        "ada may sign in as admin" in council("user", "add", "Ada", "--role", "admin", "--no-password").output
    )
    assert council("user", "add", "ben", "--no-password").exit_code == 0
    listed = council("user", "list").output
    assert "ada" in listed
    assert "member" in listed


@pytest.mark.parametrize("name", ["", "a b", "ada/../x", "é", "a" * 65, "-a"])
def test_a_name_is_one_word(council: Run, name: str) -> None:
    """It stands in addresses and in the log."""
    said = council("user", "add", "--role", "admin", "--no-password", "--", name)
    assert said.exit_code == 1
    assert "name:" in said.output


def test_the_last_admin_stays(council: Run) -> None:
    """Neither removed, nor disabled, nor made less."""
    council("user", "add", "ada", "--role", "admin", "--no-password")
    for command in (["remove", "ada", "--yes"], ["disable", "ada"], ["role", "ada", "viewer"]):
        said = council("user", *command)
        assert (said.exit_code, "is the only admin" in said.output) == (1, True)


def test_a_token_is_shown_once(council: Run) -> None:
    """The list has everything but the secret."""
    council("user", "add", "ada", "--role", "admin", "--no-password")
    made = council("token", "add", "ada", "nightly report", "--scope", "read", "--days", "30")
    secret = made.stdout.strip()
    assert secret.startswith("ct_")
    listed = council("token", "list", "ada").output
    assert "nightly" in listed
    assert secret not in listed


def test_a_running_server_hears_of_it(
    run: Run, serve: Callable[..., Server], make_settings: Callable[..., Settings]
) -> None:
    """From the first user on everybody signs in; a token opens a socket, and revoked closes it."""
    server = serve()
    env = {"data_dir": server.data_dir}
    with Socket(server.port) as early:
        early.receive()
        assert http.get(f"{server.url}/api/v1/me").json()["level"] == "admin"
        run("user", "add", "ada", "--role", "admin", "--no-password", env=env)
        assert http.get(f"{server.url}/api/v1/me").status_code == 401
        assert early.until_closed() == 4401
    secret = run("token", "add", "ada", "test", "--scope", "admin", env=env).stdout.strip()
    headers = {"Authorization": f"Bearer {secret}"}
    asked = http.post(f"{server.url}/api/v1/ws-ticket", headers=headers)
    with Socket(server.port, ticket=asked.json()["ticket"]) as socket:
        socket.receive()
        tokens = http.get(f"{server.url}/api/v1/me/tokens", headers=headers).json()["items"]
        assert run("token", "revoke", tokens[0]["token_id"], env=env).exit_code == 0
        assert socket.until_closed() == 4401
    assert http.get(f"{server.url}/api/v1/me", headers=headers).status_code == 401

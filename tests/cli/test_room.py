"""A meeting on a real terminal: it moves, it is steered, and it asks."""

from collections.abc import Callable

import pytest

from council.cli.attend import CANCELLED, LEFT
from tests.cli.conftest import Open
from tests.cli.terminal import CTRL_C
from tests.support.server import Server
from tests.support.waiting import wait_until

Serve = Callable[..., Server]


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve(rehearsal_tokens_per_second=15)  # It is not over before the person has typed.


def test_it_is_seen_live(open_terminal: Open, serve: Serve) -> None:
    """Who speaks and what is said grows at the bottom, with phases, tokens and money; the verdict comes at the end."""
    terminal = open_terminal(
        "meet", "Tabs or spaces?", "--budget", "0.5", url=serve(rehearsal_tokens_per_second=120).url
    )
    terminal.expect("Tabs or spaces?")
    terminal.expect("Rehearsal: no model is speaking.")
    terminal.expect("● running")
    terminal.expect("▌ Value Defender")
    terminal.expect("tokens · ")
    terminal.expect("of $0.5")
    terminal.expect("decided, score")
    terminal.expect("— completed, decided")
    assert terminal.end() == 0
    assert "\x1b[?25h" in terminal.shown.rpartition("\x1b[?25l")[2], "the cursor is not shown again"


def test_paused_and_resumed(open_terminal: Open, server: Server) -> None:
    """The first Ctrl+C asks; what is chosen is done, and the meeting is shown on."""
    terminal = open_terminal("meet", "Tabs or spaces?", url=server.url)
    terminal.expect("▌ ")
    terminal.type(CTRL_C)
    terminal.expect("[p]ause, [s]top, [s]ay, [d]etach, [b]ack?")
    terminal.type("pause\n")
    terminal.expect("Paused")
    terminal.expect("● paused")
    assert server.get("/api/v1/sessions")["items"][0]["status"] == "paused"
    terminal.type(CTRL_C)
    terminal.expect("[r]esume")
    terminal.type("r\n")
    terminal.expect("The meeting goes on")
    terminal.type(CTRL_C)
    terminal.expect("[b]ack?")
    terminal.type("stop\n")
    terminal.expect("The meeting was stopped")
    assert terminal.end() == CANCELLED


def test_left(open_terminal: Open, server: Server) -> None:
    """A second Ctrl+C leaves: the meeting goes on, and how to come back is said."""
    terminal = open_terminal("meet", "Tabs or spaces?", url=server.url)
    terminal.expect("▌ ")
    terminal.type(CTRL_C)
    terminal.expect("[b]ack?")
    terminal.type(CTRL_C)
    terminal.expect("The meeting goes on: council watch ")
    assert terminal.end() == LEFT
    assert server.get("/api/v1/sessions")["items"][0]["status"] == "running"


def test_something_said(open_terminal: Open, server: Server) -> None:
    """What the person says goes to the meeting, and is shown as everybody's words are."""
    terminal = open_terminal("meet", "Tabs or spaces?", url=server.url)
    terminal.expect("▌ ")
    terminal.type(CTRL_C)
    terminal.expect("[b]ack?")
    terminal.type("say\n")
    terminal.expect("Say (")
    terminal.type("Monday is a holiday.\n")
    terminal.expect("\x1b[1;35mperson")
    terminal.expect("Monday is a holiday.")


def test_a_review(open_terminal: Open, serve: Serve) -> None:
    """When the meeting waits for a person, the person is asked here; the answer carries it on to its end."""
    server = serve(rehearsal_tokens_per_second=0)
    terminal = open_terminal("meet", "Merge it?", "--template", "quick_decision", url=server.url)
    terminal.expect("? Please review this.")
    terminal.expect("approve, reject, modify (nothing: later)?")
    terminal.type("perhaps\n")
    terminal.expect("waits for a person")
    terminal.type(CTRL_C)
    terminal.expect("[a]nswer")
    terminal.type("answer\n")
    terminal.expect("approve, reject, modify (nothing: later)?")
    terminal.type("approve\n")
    terminal.expect("Feedback")
    terminal.type("Short and clear.\n")
    terminal.expect("approve by person: Short and clear.")
    assert terminal.end() == 0


def test_somebody_else_was_quicker(open_terminal: Open, serve: Serve) -> None:
    """While the question stands here it may be answered elsewhere: it is taken back, and the meeting goes on."""
    server = serve(rehearsal_tokens_per_second=0)
    terminal = open_terminal("meet", "Merge it?", "--template", "quick_decision", url=server.url)
    terminal.expect("(nothing: later)?")
    [item] = server.get("/api/v1/sessions")["items"]
    path = f"/api/v1/sessions/{item['session_id']}/review"
    assert server.post(path, {"node_id": "review", "action": "approve"}).status_code == 200
    terminal.expect("Somebody else has answered.")
    assert terminal.end() == 0


def test_a_server_that_goes_away(open_terminal: Open, server: Server) -> None:
    """The screen says that the connection is lost, and then that it is back with all that was missed."""
    terminal = open_terminal("meet", "Tabs or spaces?", url=server.url)
    terminal.expect("▌ ")
    server.stop()
    terminal.expect("Trying again.")
    server.start()
    terminal.expect("Connected again, with all that was missed after event ")
    terminal.expect("▌ ")
    session_id = server.get("/api/v1/sessions")["items"][0]["session_id"]
    server.post(f"/api/v1/sessions/{session_id}/control", {"action": "stop"})
    assert terminal.end() == CANCELLED
    wait_until(lambda: server.get(f"/api/v1/sessions/{session_id}")["status"] == "cancelled")

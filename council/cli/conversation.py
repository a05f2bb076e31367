"""What the person at the terminal says to a meeting: what to do about it, and answers it waits for."""

import os
import select
import sys
import uuid
from collections.abc import Callable
from typing import Any

import click

from council.cli.clean import clean, one_line
from council.cli.failure import Refused
from council.cli.server import Server

Data = dict[str, Any]

LOOK_SECONDS = 2.0  # How often we look whether somebody else has answered.
_WRITTEN = ("modify",)  # Actions that need a text of the person's own.


def can_ask() -> bool:
    """There is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class Conversation:
    """One person and one meeting. Questions go to the standard error output, which a pipe does not take."""

    def __init__(self, server: Server, session_id: str) -> None:
        self._server = server
        self._path = f"/sessions/{session_id}"
        self._session_id = session_id
        self.put_off: set[str] = set()  # Requests that are to be answered later, or elsewhere.

    # What to do

    def choose(self, status: str, *, asked: bool) -> bool:
        """Ask what to do, and do it; True when the person leaves. Raises Refused."""
        act = "resume" if status == "paused" else "pause"
        choices = [act, "stop", *(["answer"] if asked else []), "say", "detach", "back"]
        word = _chosen(f"\n{', '.join(f'[{each[0]}]{each[1:]}' for each in choices)}? ", choices)
        match word:
            case "pause" | "resume" | "stop":
                self._server.post(f"{self._path}/control", {"action": word}, key=str(uuid.uuid4()))
            case "say":
                self._say()
            case "answer":
                self.put_off.clear()
        return word in ("detach", "")

    def _say(self) -> None:
        content = _ask("Say (everybody reads it at their next turn): ")
        if content:
            self._server.post(f"{self._path}/input", {"content": content}, key=str(uuid.uuid4()))

    # Answers

    def answer(self, request: Data) -> None:
        """Ask for what the meeting waits for, until it is taken, put off, or somebody else was quicker."""
        _show(request)
        while True:
            try:
                given = self._asked(request)
                if given is None:
                    self.put_off.add(request["review_id"])
                    return
                path, body = given
                self._server.post(f"{self._path}/{path}", body, key=str(uuid.uuid4()))
                self.put_off.add(request["review_id"])  # Until the event comes that says so.
                return
            except Refused as problem:
                problem.show()
                if problem.status != 422:
                    self.put_off.add(request["review_id"])
                    return

    def _asked(self, request: Data) -> tuple[str, Data] | None:
        """The answer as a request to the server; ``None`` puts it off."""
        node_id, actions = request["node_id"], list(request["actions"])
        if request["kind"] != "review":
            content = self._line("Answer (nothing: later): ", request)
            return ("input", {"node_id": node_id, "content": content}) if content else None
        action = _match(self._line(f"{', '.join(actions)} (nothing: later)? ", request), actions)
        if not action:
            return None
        data = {"content": click.edit(clean(request["draft"] or "")) or ""} if action in _WRITTEN else {}
        if action in _WRITTEN and not data["content"].strip():
            return None
        feedback = self._line("Feedback (nothing: none): ", request)
        return "review", {"node_id": node_id, "action": action, "data": data | {"feedback": feedback}}

    def _line(self, prompt: str, request: Data) -> str:
        return _ask(prompt, lambda: self._still_open(request["review_id"]))

    def _still_open(self, review_id: str) -> bool:
        waiting = self._server.session(self._session_id)["waiting_for"] or []
        return any(one["review_id"] == review_id for one in waiting)


def _show(request: Data) -> None:
    click.echo(f"\n? {clean(request['reason'])}", err=True)
    if request["draft"]:
        click.echo("\n".join(f"  | {line}" for line in clean(request["draft"]).split("\n")), err=True)
    for option in (request.get("ballot") or {}).get("options") or ():
        click.echo(f"  - {one_line(' '.join(str(value) for value in option.values()))}", err=True)
    if request["allow_skip"] and "skip" not in request["actions"]:
        click.echo("  (It may be skipped.)", err=True)


def _chosen(prompt: str, choices: list[str]) -> str:
    """One of them, by its name or how it begins; nothing at the end of the input."""
    while True:
        click.echo(prompt, nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            return ""
        found = _match(line, choices)
        if found:
            return found


def _match(line: str, choices: list[str]) -> str:
    word = line.strip().lower()
    return next((each for each in choices if word and each.startswith(word)), "")


def _ask(prompt: str, still_open: Callable[[], bool] = lambda: True) -> str:
    """One line. Empty when there is none, or when it is no longer wanted."""
    click.echo(prompt, nl=False, err=True)
    stdin = sys.stdin.fileno()
    while not select.select([stdin], [], [], LOOK_SECONDS)[0]:
        if not still_open():
            click.echo("\nSomebody else has answered.", err=True)
            return ""
    return os.read(stdin, 65_536).decode("utf-8", "replace").strip()  # A terminal gives one line at a time.

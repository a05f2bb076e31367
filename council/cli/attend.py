"""Sitting in on a meeting until it is over or the person leaves."""

from typing import Any

import click

from council.cli.conversation import Conversation, can_ask
from council.cli.ctrl_c import CtrlC
from council.cli.failure import Failed
from council.cli.follow import Follower, Notice
from council.cli.server import Server
from council.cli.story import Story
from council.cli.views import View, chosen

Data = dict[str, Any]

FAILED = 3
CANCELLED = 4
LEFT = 5
EXIT_CODES = {"completed": 0, "failed": FAILED, "cancelled": CANCELLED}


def attend(server: Server, session_id: str, *, plain: bool, as_json: bool) -> int:
    """Show a meeting from its first event on. The exit code: how it ended, or LEFT when it goes on."""
    snapshot = server.session(session_id)
    view = chosen(plain=plain, as_json=as_json)
    with CtrlC() as ctrl_c:
        follower = Follower(server, snapshot, ctrl_c)
        return _Visit(server, snapshot, view, follower, ctrl_c, asks=can_ask() and not as_json).run()


class _Visit:
    def __init__(
        self, server: Server, snapshot: Data, view: View, follower: Follower, ctrl_c: CtrlC, *, asks: bool
    ) -> None:
        self._view = view
        self._follower = follower
        self._ctrl_c = ctrl_c
        self._asks = asks
        self._story = Story(snapshot)
        self._conversation = Conversation(server, snapshot["session_id"])

    def run(self) -> int:
        self._view.head(self._story)
        try:
            while True:
                try:
                    if self._listen():
                        return EXIT_CODES[self._story.status]
                    with self._view.aside(), self._ctrl_c.waiting():
                        self._conversation.answer(self._wanted()[0])
                except KeyboardInterrupt:
                    if self._leaves():
                        return LEFT
        finally:
            self._view.close(self._story)

    def _listen(self) -> bool:
        """Tell what comes. True when the meeting is over, False when it waits for the person here."""
        if self._is_asked():
            return False
        for item in self._follower.items():
            self._tell(item)
            if self._story.over and self._follower.has_all:
                return True
            if self._is_asked():
                return False
        raise AssertionError("a log is followed without an end")

    def _tell(self, item: Data | Notice) -> None:
        if isinstance(item, Notice):
            if item.kind == "anew":
                self._story = Story(self._story.snapshot)
            self._view.notice(item.text)
        else:
            self._view.show(self._story, item, self._story.hear(item))

    def _is_asked(self) -> bool:
        return self._asks and self._follower.has_all and bool(self._wanted())

    def _wanted(self) -> list[Data]:
        """What the meeting waits for, as far as it was not put off."""
        return [one for key, one in self._story.asked.items() if key not in self._conversation.put_off]

    def _leaves(self) -> bool:
        """Ctrl+C: ask what is meant. Again, or with nobody to ask, the person leaves and the meeting goes on."""
        if not self._asks:
            return self._wave()
        with self._view.aside():
            try:
                with self._ctrl_c.waiting():
                    return (
                        self._conversation.choose(self._story.status, asked=bool(self._story.asked))
                        and self._wave()
                    )
            except Failed as problem:
                problem.show()
                return False
            except KeyboardInterrupt:
                return self._wave()

    def _wave(self) -> bool:
        click.echo(f"\nThe meeting goes on: council watch {self._story.snapshot['session_id']}", err=True)
        return True

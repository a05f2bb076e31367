"""``council replay``: a recorded meeting at its own pace, or at another."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from council.cli.attend import LEFT
from council.cli.ctrl_c import CtrlC
from council.cli.durations import seconds
from council.cli.server import Server, with_server
from council.cli.show_options import with_views
from council.cli.story import Story
from council.cli.views import View, chosen

Data = dict[str, Any]

LONGEST_SILENCE_SECONDS = 5.0


@click.command(short_help="Play a recorded meeting.")
@click.argument("session")
@click.option(
    "--speed", type=click.FloatRange(0.01, 1000), default=1.0, show_default=True, help="2 is twice as fast."
)
@click.option(
    "--from",
    "start",
    type=seconds,
    metavar="TIME",
    default="0s",
    help="Tell at once what came before, as 30s or 2m.",
)
@with_views
@with_server
def replay(server: Server, session: str, *, speed: float, start: float, plain: bool, as_json: bool) -> None:
    """Play what was recorded of a meeting, at the pace it had. Nothing is asked of anybody.

    A silence is cut to five seconds, and said. A meeting whose log was pruned has lost its pace
    within messages: each comes whole. The exit code is 0, or 5 when you left before the end.

    \b
    Example:
      council replay latest --speed 4 --from 30s
    """
    snapshot = server.session(server.find(session))
    view = chosen(plain=plain, as_json=as_json)
    with CtrlC() as ctrl_c:
        raise SystemExit(_Player(Story(snapshot), view, ctrl_c, speed, start).play(_log(server, snapshot)))


def _log(server: Server, snapshot: Data) -> Iterator[Data]:
    """The whole log as far as it goes, page by page."""
    after: int | None = 0
    while after is not None:
        page = server.get(f"/sessions/{snapshot['session_id']}/events", after=after, limit=1000)
        yield from page["events"]
        after = page["next"]


class _Player:
    """``at`` is the time of the recording, in seconds since its first event."""

    def __init__(self, story: Story, view: View, ctrl_c: CtrlC, speed: float, start: float) -> None:
        self._story = story
        self._view = view
        self._ctrl_c = ctrl_c
        self._speed = speed
        self._start = start

    def play(self, events: Iterator[Data]) -> int:
        self._view.head(self._story)
        began = at = None
        try:
            for event in events:
                now = datetime.fromisoformat(event["timestamp"]).timestamp()
                began = now if began is None else began
                if at is not None and now - began > self._start:
                    self._wait(now - max(at, began + self._start))
                at = max(now, at or now)
                self._view.show(self._story, event, self._story.hear(event))
        except KeyboardInterrupt:
            return LEFT
        finally:
            self._view.close(self._story)
        return 0

    def _wait(self, seconds: float) -> None:
        """As long as it took then, at the speed asked for."""
        shown = max(0.0, seconds / self._speed)
        if shown > LONGEST_SILENCE_SECONDS:
            self._view.notice(f"{seconds:,.0f} s without a word.")
        self._ctrl_c.sleep(min(shown, LONGEST_SILENCE_SECONDS))

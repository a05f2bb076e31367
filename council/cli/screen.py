"""A meeting on a screen: what was said scrolls away, who speaks now stays at the bottom and grows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from council.cli.clean import clean, one_line
from council.cli.story import Speech, Story
from council.cli.telling import Telling
from council.cli.views import heading, money, summary

_STYLES = {
    "speech": "bold cyan", "person": "bold magenta", "phase": "bold", "note": "dim", "ballot": "bold yellow",
    "verdict": "bold green", "trouble": "bold red", "waiting": "bold magenta",
}  # fmt: skip
_COLOURS = {"running": "green", "paused": "yellow", "failed": "red", "cancelled": "yellow"}
_MOST_LINES = 8  # Of one speaker, while many speak.


class Screen:
    """For one terminal and one thread. All words go to it as text, never as markup."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(markup=False, highlight=False, emoji=False)
        self._live: Live | None = None

    def head(self, story: Story) -> None:
        subject, *rest = heading(story)
        self._console.print(Text(subject, "bold"))
        for line in rest:
            self._console.print(Text(line, "dim"))
        self._open(story)

    def show(self, story: Story, event: dict[str, Any], tellings: list[Telling]) -> None:
        if self._live is None:
            self._open(story)
        elif event["event"] != "token_stream" or not event["data"]["is_thinking"]:
            self._live.update(self._now(story))
        for told in tellings:
            self._write(told)

    def notice(self, text: str) -> None:
        self._console.print(Text(one_line(text), "yellow"))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The bottom of the screen is free meanwhile."""
        self._stop()
        yield

    def close(self, story: Story) -> None:
        self._stop()
        self._console.print(Text(summary(story), "bold"))

    def _open(self, story: Story) -> None:
        self._live = Live(self._now(story), console=self._console, refresh_per_second=12, transient=True)
        self._live.start()

    def _stop(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    # What has happened

    def _write(self, told: Telling) -> None:
        text = clean(told.text).strip()
        if told.kind in ("speech", "person", "verdict", "ballot"):
            self._console.print(Text(f"\n{one_line(told.who)}", _STYLES[told.kind]))
            self._console.print(Padding(Text(text), (0, 0, 0, 2)))
        elif told.kind == "phase":
            self._console.print(Rule(Text(one_line(f"{told.who} {text}")), style="dim"))
        else:
            self._console.print(Text(one_line(f"{told.who}: {text}"), _STYLES[told.kind]))

    # What happens now

    def _now(self, story: Story) -> Group:
        speeches = [self._speech(speech, len(story.open)) for speech in story.open.values()]
        return Group(*speeches, self._foot(story))

    def _speech(self, speech: Speech, speakers: int) -> Group:
        lines = max(1, min(_MOST_LINES, (self._console.height - 3) // max(1, speakers) - 1))
        who = Text(f"▌ {one_line(speech.who)}", "bold cyan")
        if not speech.text:
            return Group(who + Text(" thinks …" if speech.thinks else " …", "dim"))
        width = max(10, self._console.width - 4)
        recent = Text(clean(speech.text[-width * lines :])).wrap(self._console, width)[-lines:]
        return Group(who, *(Padding(line, (0, 0, 0, 2)) for line in recent))

    def _foot(self, story: Story) -> Text:
        at_work = [story.title(node_id) for node_id, status in story.nodes.items() if status == "running"]
        ballot = story.ballot
        cast = f"{ballot['cast']} of {len(ballot['voters'])} votes" if ballot else ""
        waits = "waits for a person" if story.asked else ""
        parts = [", ".join(at_work), cast, waits, money(story), _clock(story), "Ctrl+C: more"]
        rest = one_line(" · ".join(part for part in parts if part))
        return Text(f"● {story.status}", _COLOURS.get(story.status, "")) + Text(f" · {rest}", "dim")


def _clock(story: Story) -> str:
    if story.began is None:
        return ""
    passed = datetime.fromisoformat(story.at) - datetime.fromisoformat(story.began)
    minutes, seconds = divmod(max(0, int(passed.total_seconds())), 60)
    return f"{minutes}:{seconds:02d}"

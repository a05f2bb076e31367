"""How a meeting is shown: line by line, as JSON, or live on a screen."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import click

from council.cli.clean import clean, one_line
from council.cli.story import Story
from council.cli.telling import Telling

Data = dict[str, Any]


class View(Protocol):
    """One way to show a meeting. ``aside`` makes room for a question to the person at the terminal."""

    def head(self, story: Story) -> None: ...

    def show(self, story: Story, event: Data, tellings: list[Telling]) -> None: ...

    def notice(self, text: str) -> None: ...

    @contextmanager
    def aside(self) -> Iterator[None]: ...

    def close(self, story: Story) -> None: ...


class PlainView:
    """Whole lines, each with its speaker in front: for pipes, logs and screen readers."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}  # How many characters of each message that is being said are written.

    def head(self, story: Story) -> None:
        for line in heading(story):
            click.echo(line)

    def show(self, story: Story, event: Data, tellings: list[Telling]) -> None:
        match event["event"]:
            case "token_stream":
                self._grow(story, event["data"]["message_id"])
            case "message_completed":
                written = self._told.pop(event["data"]["message_id"], 0)
                told = tellings[0]
                self._say(told.who, told.text[written:])
            case _:
                for each in tellings:
                    self._say(*as_line(each))

    def notice(self, text: str) -> None:
        click.echo(f"* {one_line(text)}", err=True)

    @contextmanager
    def aside(self) -> Iterator[None]:
        yield

    def close(self, story: Story) -> None:
        click.echo(summary(story))

    def _grow(self, story: Story, message_id: str) -> None:
        speech = story.open[message_id]
        written = self._told.setdefault(message_id, 0)
        whole = speech.text.rfind("\n") + 1
        if whole > written:
            self._say(speech.who, speech.text[written:whole])
            self._told[message_id] = whole

    def _say(self, who: str, text: str) -> None:
        for line in clean(text).rstrip("\n").split("\n") or [""]:
            if line.strip():
                click.echo(f"{one_line(who)}{'' if who in _MARKS else ':'} {line.rstrip()}")


class JsonView:
    """One event a line, as it travels; characters beyond ASCII are escaped, so that none can steer a terminal."""

    def head(self, story: Story) -> None:
        """The first event says it."""

    def show(self, story: Story, event: Data, tellings: list[Telling]) -> None:
        click.echo(json.dumps(event, ensure_ascii=True, separators=(",", ":")))

    def notice(self, text: str) -> None:
        click.echo(f"* {one_line(text)}", err=True)

    @contextmanager
    def aside(self) -> Iterator[None]:
        yield

    def close(self, story: Story) -> None:
        """The last event says it."""


def chosen(*, plain: bool, as_json: bool) -> View:
    """A screen where there is one, unless lines or JSON were asked for."""
    if as_json:
        return JsonView()
    if plain or not sys.stdout.isatty():
        return PlainView()
    from council.cli.screen import Screen  # rich takes a while to import; lines do without it.

    return Screen()


# What all of them say


def heading(story: Story) -> list[str]:
    snapshot = story.snapshot
    subject = one_line(snapshot["subject"]) or ", ".join(one_line(d["name"]) for d in snapshot["documents"])
    members = ", ".join(
        one_line(f"{seat['name']} ({seat['model']})") for seat in snapshot["panel"]["members"]
    )
    rehearsal = ["Rehearsal: no model is speaking."] if snapshot["panel"].get("rehearsal") else []
    return [
        f"{subject} – {snapshot['template_id']}, {snapshot['session_id']}",
        f"Members: {members}",
        *rehearsal,
    ]


_MARKS = ("—", "?", "!")


def as_line(told: Telling) -> tuple[str, str]:
    """Who, and what. What nobody says has a mark instead of a speaker."""
    mark = {"phase": "—", "waiting": "?", "trouble": "!"}.get(told.kind)
    if mark is None:
        return told.who, told.text
    return mark, f"{told.who}: {told.text}" if told.text else told.who


def summary(story: Story) -> str:
    """How it ended, and what it cost."""
    outcome = f", {story.verdict['outcome']}" if story.verdict else ""
    return one_line(f"— {story.status}{outcome} · {money(story)}")


def money(story: Story) -> str:
    spent = "no price known" if story.spent_usd is None else f"${story.spent_usd:.4f}"
    cap = f" of ${story.cap_usd:g}" if story.cap_usd is not None else ""
    unknown = f" + {story.unknown_tokens:,} tokens of unknown price" if story.unknown_tokens else ""
    return f"{story.tokens:,} tokens · {spent}{cap}{unknown}"

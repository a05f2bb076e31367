"""The product with meetings as a benchmark of its page needs them: very long ones, and ones that speak at any pace."""

import threading
import time
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, request

from benchmarks.council_app import bench_app
from benchmarks.page_meeting import HTML, MEMBERS, TEXT, graph, panel
from council import clock, events
from council.events import session_channel
from council.live.records import Record
from council.live.transaction import Transaction
from council.parts import Parts
from council.store import channels
from council.store.tables import sessions

NAIVE = Path(__file__).parent / "peers" / "naive_page.html"
TOKENS_PER_SECOND = 80
TICK_SECONDS = 0.042  # As long as the server gathers tokens into one event.
TICKS = 238  # A turn of ten seconds.
PIECE = len(TEXT) // TICKS


def page_app() -> Flask:
    """What gunicorn serves as ``benchmarks.page_app:page_app()``."""
    app = bench_app()
    parts: Parts = app.extensions["council"]

    @app.post("/bench/meetings")
    def meetings() -> dict[str, Any]:
        session_id = open_meeting(parts)
        hold(parts, session_id, request.get_json()["messages"])
        return {"session_id": session_id}

    @app.post("/bench/speak")
    def speak() -> dict[str, Any]:
        body = request.get_json()
        threading.Thread(target=Speaker(parts, **body).run, name="bench-speaker", daemon=True).start()
        return {}

    @app.get("/naive/<session_id>")
    def naive(session_id: str) -> Response:
        return Response(NAIVE.read_text(), content_type="text/html; charset=utf-8")

    return app


def open_meeting(parts: Parts) -> str:
    """A running meeting that nobody runs."""
    session_id, now = str(uuid.uuid4()), clock.timestamp()
    row = {
        "session_id": session_id, "template_id": "long", "graph": graph(), "agents": {}, "panel": panel(),
        "subject": "A bridge or a tunnel?", "objective": "", "fingerprint": "", "status": "running",
        "node_statuses": {}, "created_at": now, "started_at": now, "parked": True,
    }  # fmt: skip
    with parts.store.write() as connection:
        channels.create(connection, session_channel(session_id))
        connection.execute(sa.insert(sessions).values(row))
    return session_id


def hold(parts: Parts, session_id: str, messages: int) -> None:
    """So many finished messages, in rounds, and then the end of the meeting; with none it goes on."""
    if not messages:
        return
    rounds, rest = divmod(messages, len(MEMBERS))
    told: list[events.Event] = []
    for round_ in range(1, rounds + 2):
        for place, node_id in enumerate(MEMBERS[: rest if round_ > rounds else None]):
            size = 600 + (place * 131 + round_ * 17) % 900
            told += turn_of(session_id, node_id, round_, TEXT[:size], HTML[size // 100])
        told.append(_closed(round_))
    told.append(events.ExecutionCompleted())
    with parts.store.write() as connection:
        Transaction(connection).write([Record(session_channel(session_id), None, tuple(told))])


def turn_of(session_id: str, node_id: str, round_: int, text: str, html: str) -> list[events.Event]:
    message_id = f"{session_id[:18]}-{node_id}-{round_}"
    return [
        events.NodeStateChange(node_id=node_id, status="running", round=round_),
        events.MessageCompleted(
            message_id=message_id, node_id=node_id, agent_id=f"agent_{node_id}", role="agent",
            content=text, thinking="", html=html, finish="stop", round=round_,
        ),
        events.NodeStateChange(node_id=node_id, status="completed", round=round_),
    ]  # fmt: skip


def _closed(round_: int) -> events.Event:
    return events.RoundClosed(
        node_id="again", round=round_, decision="again", reason="continue", scores=(60.0, 70.0)
    )


class Speaker:
    """All members speak at once, turn after turn, for so many seconds of their own; ``speed`` lets them pass faster."""

    def __init__(self, parts: Parts, session_id: str, seconds: float, speed: int) -> None:
        self._journal = parts.journal
        self._session_id = session_id
        self._channel = session_channel(session_id)
        self._ticks = int(seconds / TICK_SECONDS)
        self._speed = speed

    def run(self) -> None:
        began = time.monotonic()
        for tick in range(self._ticks):
            if tick % self._speed == 0:
                due = began + tick / self._speed * TICK_SECONDS
                time.sleep(max(0.0, due - time.monotonic()))
                self._journal.make_room()
            self._tick(tick)
        self._journal.record(self._channel, events.ExecutionCompleted()).wait()

    def _tick(self, tick: int) -> None:
        """A piece from everybody; the last one of a turn ends it."""
        round_, place = divmod(tick, TICKS)
        for node_id in MEMBERS:
            if place == 0:
                self._say(events.NodeStateChange(node_id=node_id, status="running", round=round_ + 1))
            token = events.TokenStream(
                node_id=node_id, agent_id=f"agent_{node_id}",
                message_id=f"{self._session_id[:18]}-{node_id}-{round_ + 1}",
                offset=place * PIECE, chunk=TEXT[place * PIECE : (place + 1) * PIECE], is_thinking=False,
            )  # fmt: skip
            if place == 0:
                self._say(token)
            else:
                self._journal.piece(self._channel, token, fence=0, urgent=False)
        if place == TICKS - 1:
            self._end_turns(round_ + 1)

    def _end_turns(self, round_: int) -> None:
        for node_id in MEMBERS:
            _running, *ended = turn_of(self._session_id, node_id, round_, TEXT[: TICKS * PIECE], HTML[-1])
            self._say(*ended)
            self._say(
                events.TokenUsage(
                    node_id=node_id, agent_id=f"agent_{node_id}", input_tokens=900, output_tokens=800,
                    estimated_cost_usd=None, price="unknown", estimated=False,
                )
            )  # fmt: skip
        self._say(_closed(round_))

    def _say(self, *told: events.Event) -> None:
        self._journal.record(self._channel, *told)

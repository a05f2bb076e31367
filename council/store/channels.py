"""The numbered logs: their newest number, their events, and appending to them."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.store.tables import channels, events, sessions

PAGE_BYTES = 512 * 1024  # What one reader of the log holds in memory at a time.


@dataclass(frozen=True, slots=True)
class Position:
    """Where a log stands. A log that does not exist has no position."""

    epoch: str
    seq: int


def create(connection: Connection, channel: str) -> None:
    connection.execute(sa.insert(channels).values(channel=channel, epoch=secrets.token_hex(3), seq=0))


def position(connection: Connection, channel: str) -> Position | None:
    row = connection.execute(
        sa.select(channels.c.epoch, channels.c.seq).where(channels.c.channel == channel)
    ).first()
    return Position(row.epoch, row.seq) if row else None


def newest(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The newest number of each of these channels."""
    rows = connection.execute(
        sa.select(channels.c.channel, channels.c.seq).where(channels.c.channel.in_(list(names)))
    )
    return {row.channel: row.seq for row in rows}


def in_use(connection: Connection) -> dict[str, int]:
    """The newest number of each channel whose meeting is not over."""
    of_session = sa.literal("session:").concat(sessions.c.session_id)
    query = (
        sa.select(channels.c.channel, channels.c.seq)
        .join(sessions, channels.c.channel == of_session)
        .where(sessions.c.status.in_(("pending", "running", "paused")))
    )
    return {row.channel: row.seq for row in connection.execute(query)}


def lock_seqs(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The newest number of each of these channels, locked until the transaction ends. What is missing is left out."""
    wanted = list(names)
    query = sa.select(channels.c.channel, channels.c.seq).with_for_update()
    query = query.where(
        channels.c.channel == wanted[0] if len(wanted) == 1 else channels.c.channel.in_(wanted)
    )
    return {channel: seq for channel, seq in connection.execute(query)}


def append(connection: Connection, rows: Sequence[dict[str, Any]], newest_seqs: dict[str, int]) -> None:
    """Store events that have their numbers; ``newest_seqs`` are the channels' last ones."""
    if not rows:
        return
    connection.execute(sa.insert(events), rows)
    statement = (
        sa.update(channels).where(channels.c.channel == sa.bindparam("name")).values(seq=sa.bindparam("to"))
    )
    connection.execute(statement, [{"name": channel, "to": seq} for channel, seq in newest_seqs.items()])


def read(connection: Connection, channel: str, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Events that follow ``after``, as (seq, envelope): up to ``limit``, and no more once they fill PAGE_BYTES."""
    query = (
        sa.select(events.c.seq, events.c.envelope)
        .where(events.c.channel == channel, events.c.seq > after)
        .order_by(events.c.seq)
        .limit(limit)
    )
    page: list[tuple[int, bytes]] = []
    size = 0
    with connection.execute(query) as found:
        for seq, envelope in found:
            page.append((seq, envelope.encode()))
            size += len(envelope)
            if size >= PAGE_BYTES:
                break
    return page


def is_last_page(page: list[tuple[int, bytes]], limit: int) -> bool:
    """Whether what ``read`` gave was all there was."""
    return len(page) < limit and sum(len(envelope) for _seq, envelope in page) < PAGE_BYTES


def of_kind(
    connection: Connection, channel: str, event: str, *, node_id: str | None = None
) -> list[dict[str, Any]]:
    """The ``data`` of every event of one kind, each with its ``seq``, in order."""
    query = sa.select(events.c.seq, events.c.envelope).where(
        events.c.channel == channel, events.c.event == event
    )
    if node_id is not None:
        query = query.where(events.c.node_id == node_id)
    rows = connection.execute(query.order_by(events.c.seq))
    return [json.loads(envelope)["data"] | {"seq": seq} for seq, envelope in rows]


def streamed(
    connection: Connection, channel: str, message_id: str, node_id: str, first_seq: int
) -> tuple[str, str]:
    """What the log holds of an unfinished message: its answer and its thinking so far."""
    query = (
        sa.select(events.c.envelope)
        .where(
            events.c.channel == channel,
            events.c.seq >= first_seq,
            events.c.event == "token_stream",
            events.c.node_id == node_id,
        )
        .order_by(events.c.seq)
    )
    spoken: list[str] = []
    thought: list[str] = []
    for (envelope,) in connection.execute(query):
        data = json.loads(envelope)["data"]
        if data["message_id"] == message_id:
            (thought if data["is_thinking"] else spoken).append(data["chunk"])
    return "".join(spoken), "".join(thought)

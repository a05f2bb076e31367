"""Making the logs of finished meetings short: one piece for each message, instead of one for every few tokens."""

import json
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.events import FINAL_STATUSES, session_channel
from council.jsontext import dump
from council.store.tables import channels, commands, events, messages, sessions

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shortened:
    """What came of one log, in events and in characters."""

    session_id: str
    events_before: int
    events_after: int
    characters_before: int
    characters_after: int


@dataclass(slots=True)
class _Message:
    """The pieces of one message that are put together; ``base`` is the offset of the first."""

    event: Data
    base: int
    pieces: list[str]
    length: int

    def takes(self, offset: int) -> bool:
        return 0 <= offset - self.base <= self.length

    def add(self, offset: int, chunk: str) -> None:
        """A piece that was there before, or a part of it, adds nothing."""
        fresh = chunk[self.length - (offset - self.base) :]
        self.pieces.append(fresh)
        self.length += len(fresh)


def merged(log: Iterable[Data]) -> list[Data]:
    """The log with one ``token_stream`` for a message, and another for its thinking, each where the first was.

    What was said in between by others keeps its order. A piece that does not fit what came before stays apart.
    """
    kept: list[Data] = []
    open_messages: dict[tuple[Any, ...], _Message] = {}
    for event in log:
        if event["event"] != "token_stream":
            kept.append(event)
            continue
        data = event["data"]
        key = (data["message_id"], data["is_thinking"], data["node_id"], data["agent_id"])
        message = open_messages.get(key)
        if message is not None and message.takes(data["offset"]):
            message.add(data["offset"], data["chunk"])
        else:
            _close(message)
            open_messages[key] = _Message(event, data["offset"], [data["chunk"]], len(data["chunk"]))
            kept.append(event)
    for message in open_messages.values():
        _close(message)
    return kept


def _close(message: _Message | None) -> None:
    if message is not None:
        message.event["data"]["chunk"] = "".join(message.pieces)


def candidates(connection: Connection, ended_before: str, kept: Collection[str] = ()) -> list[str]:
    """Meetings that were over by then, oldest first; not those whose id begins with one of ``kept``."""
    query = sa.select(sessions.c.session_id).where(_is_over(ended_before)).order_by(sessions.c.ended_at)
    found = connection.scalars(query)
    return [session_id for session_id in found if not session_id.startswith(tuple(kept))]


def shorten(connection: Connection, session_id: str, ended_before: str) -> Shortened | None:
    """Rewrite one log, renumbered and with a new epoch. ``None``: it is short already, or not over.

    Receipts of commands go with it: a meeting that is over takes none any more, so that a command which is
    repeated under its old id is refused, and has no second effect. Steps stay: a rerun shares them.
    """
    if not _is_over_now(connection, session_id, ended_before):
        return None
    channel = session_channel(session_id)
    log, found = _read(connection, channel)
    connection.execute(sa.delete(commands).where(commands.c.session_id == session_id))
    if found is None:
        return None
    numbers = {event["seq"]: at for at, event in enumerate(log, start=1)}
    rows = [_row(channel, numbers[event["seq"]], event) for event in log]
    connection.execute(sa.delete(events).where(events.c.channel == channel))
    connection.execute(sa.insert(events), rows)
    connection.execute(
        sa.update(channels)
        .where(channels.c.channel == channel)
        .values(epoch=secrets.token_hex(3), seq=len(rows))
    )
    _renumber_messages(connection, session_id, numbers)
    return _told(session_id, found, rows)


def survey(connection: Connection, session_id: str) -> Shortened | None:
    """What ``shorten`` would come to. Changes nothing."""
    channel = session_channel(session_id)
    log, found = _read(connection, channel)
    return found and _told(
        session_id, found, [_row(channel, at, event) for at, event in enumerate(log, start=1)]
    )


def _is_over(ended_before: str) -> sa.ColumnElement[bool]:
    """Final, since then, and nobody holds it any more."""
    return sa.and_(
        sessions.c.status.in_(FINAL_STATUSES), sessions.c.ended_at <= ended_before, sessions.c.owner.is_(None)
    )


def _is_over_now(connection: Connection, session_id: str, ended_before: str) -> bool:
    query = sa.select(sessions.c.session_id).where(
        sessions.c.session_id == session_id, _is_over(ended_before)
    )
    return connection.scalar(query.with_for_update()) is not None


def _read(connection: Connection, channel: str) -> tuple[list[Data], tuple[int, int] | None]:
    """The merged log, and how many events and characters it was; ``None`` when there was nothing to merge."""
    query = sa.select(events.c.envelope).where(events.c.channel == channel).order_by(events.c.seq)
    envelopes = list(connection.scalars(query))
    log = merged(json.loads(envelope) for envelope in envelopes)
    if len(log) == len(envelopes):
        return log, None
    return log, (len(envelopes), sum(len(envelope) for envelope in envelopes))


def _row(channel: str, seq: int, event: Data) -> Data:
    return {
        "channel": channel,
        "seq": seq,
        "event": event["event"],
        "node_id": event["node_id"],
        "at": event["timestamp"],
        "envelope": dump(event | {"seq": seq}),
    }


def _renumber_messages(connection: Connection, session_id: str, numbers: dict[int, int]) -> None:
    """A message's number is that of its first event, which is never merged into another one."""
    query = sa.select(messages.c.message_id, messages.c.seq).where(messages.c.session_id == session_id)
    moved = [{"id": row.message_id, "to": numbers[row.seq]} for row in connection.execute(query)]
    if moved:
        statement = sa.update(messages).where(messages.c.message_id == sa.bindparam("id"))
        connection.execute(statement.values(seq=sa.bindparam("to")), moved)


def _told(session_id: str, before: tuple[int, int], rows: list[Data]) -> Shortened:
    after = sum(len(row["envelope"]) for row in rows)
    return Shortened(session_id, before[0], len(rows), before[1], after)

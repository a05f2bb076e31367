"""What is known of a meeting's money when a run begins, read from its row and its log."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from council.engine.budget import Amount, Limits
from council.events import Budget, session_channel
from council.meeting.money import nano_of, usd_of
from council.store import channels
from council.store.snapshot import totals

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """``lost`` is the most that calls may have cost which a crash interrupted; ``tripped`` are the circuit
    breaker's triggers that people know of."""

    limits: Limits
    estimate: dict[str, Any] | None
    spent: Amount
    lost: Amount
    seconds: float
    tripped: frozenset[str]


def read_account(connection: Connection, row: Row) -> Account:
    """The account of a session's row. A run that left in order has left nothing reserved."""
    told = row["budget"] or {}
    lost = Amount(
        nano_of(told.get("lost_usd", 0.0)) + nano_of(told.get("reserved_usd", 0.0)),
        told.get("lost_tokens", 0) + told.get("reserved_tokens", 0),
    )
    return Account(
        limits=Limits.of(row["cap"]),
        estimate=row["estimate"],
        spent=spent_of(row),
        lost=lost,
        seconds=told.get("spent_seconds", totals(row)["elapsed_seconds"]),
        tripped=_tripped(connection, row),
    )


def spent_of(row: Row) -> Amount:
    """What the row has counted so far."""
    tokens = row.get("input_tokens", 0) + row.get("output_tokens", 0)
    return Amount(row.get("cost_nano_usd") or 0, tokens, row.get("unknown_price_tokens", 0))


def opened(row: Row) -> Budget:
    """The budget of a meeting that nobody runs: nothing is reserved, and what was counts as possibly lost."""
    told, spent = row.get("budget") or {}, spent_of(row)
    return Budget(
        reserved_usd=0.0,
        reserved_tokens=0,
        spent_usd=usd_of(spent.nano_usd),
        spent_tokens=spent.tokens,
        unknown=spent.unknown,
        cap=row["cap"],
        spent_seconds=told.get("spent_seconds", 0.0),
        lost_usd=told.get("lost_usd", 0.0) + told.get("reserved_usd", 0.0),
        lost_tokens=told.get("lost_tokens", 0) + told.get("reserved_tokens", 0),
    )


def _tripped(connection: Connection, row: Row) -> frozenset[str]:
    if not row["paused_seconds"] and row["status"] != "paused":  # Never paused: no need to read the log.
        return frozenset()
    pauses = channels.of_kind(connection, session_channel(row["session_id"]), "execution:paused")
    return frozenset(pause["trigger"] for pause in pauses if pause.get("trigger"))

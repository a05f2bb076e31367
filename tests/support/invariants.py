"""What must hold of every log, whatever happened to it: I1 to I3 of the faults, and rows that are its fold.

``check(parts, session_id)`` for a meeting in the database, ``check_client`` for what one client saw.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from council.events import session_channel
from council.parts import Parts
from council.store.archive import Archive

MOVES = {
    "pending": {"running", "failed", "cancelled"},
    "running": {"paused", "completed", "failed", "cancelled"},
    "paused": {"running", "failed", "cancelled"},
}
FINAL = {"completed", "failed", "cancelled"}
AFTER_FINISH = {"stop": "completed", "length": "completed", "cut": "cut", "error": "failed"}


@dataclass(slots=True)
class FoldedMessage:
    """One message as the log tells it."""

    node_id: str | None
    role: str
    seq: int
    content: str = ""
    thinking: str = ""
    status: str = "streaming"
    finish: str | None = None

    def take(self, piece: dict[str, Any]) -> None:
        """Another piece; it must begin where its kind left off."""
        so_far = self.thinking if piece["is_thinking"] else self.content
        assert self.status == "streaming", f"a piece after the end of {piece['message_id']}"
        assert piece["offset"] == len(so_far), f"offset {piece['offset']} after {len(so_far)} characters"
        assert piece["chunk"], "an empty piece"
        if piece["is_thinking"]:
            self.thinking += piece["chunk"]
        else:
            self.content += piece["chunk"]


@dataclass(slots=True)
class Fold:
    """A meeting made again from its log."""

    status: str = "pending"
    node_statuses: dict[str, str] = field(default_factory=dict)
    node_rounds: dict[str, int] = field(default_factory=dict)
    messages: dict[str, FoldedMessage] = field(default_factory=dict)
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None
    unknown_price_tokens: int = 0
    verdict: dict[str, Any] | None = None
    receipts: list[tuple[str, str]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    waiting_for: dict[str, str] = field(default_factory=dict)  # The open request of each node.
    last_seq: int = 0


def check(parts: Parts, session_id: str) -> Fold:
    """Raises AssertionError when the log or the rows break a promise; the fold of the log."""
    return check_archive(parts.archive, session_id)


def check_archive(archive: Archive, session_id: str) -> Fold:
    snapshot = archive.snapshot(session_id)
    log = archive.events(session_channel(session_id), 0, 1_000_000)
    envelopes = [json.loads(envelope) for _seq, envelope in log]
    assert [seq for seq, _envelope in log] == [envelope["seq"] for envelope in envelopes]
    assert all(envelope["session_id"] == session_id for envelope in envelopes)
    folded = fold(envelopes[: snapshot["seq"]])
    check_snapshot(snapshot, folded)
    return folded


def check_client(seqs: Sequence[int], *, since: int = 0, top: int | None = None) -> None:
    """I1: what a client applied is since+1..top, each once, in order."""
    expected = list(range(since + 1, since + 1 + len(seqs)))
    assert list(seqs) == expected, f"gaps or repeats: {_first_difference(seqs, expected)}"
    assert top is None or (seqs[-1] if seqs else since) == top


def fold(envelopes: Iterable[dict[str, Any]]) -> Fold:
    """The state that a log tells, each event checked against what came before it."""
    state = Fold()
    for envelope in envelopes:
        assert envelope["seq"] == state.last_seq + 1, f"seq {envelope['seq']} after {state.last_seq}"
        state.last_seq = envelope["seq"]
        _apply(state, envelope)
    return state


def check_snapshot(snapshot: dict[str, Any], state: Fold) -> None:
    """The rows are what the log says, and nothing else."""
    assert snapshot["seq"] == state.last_seq
    assert snapshot["status"] == state.status
    assert (
        snapshot["node_statuses"]
        == dict.fromkeys(snapshot["graph"]["nodes"], "pending") | state.node_statuses
    )
    assert snapshot["verdict"] == state.verdict
    assert snapshot["errors"] == state.errors
    waiting_for = {asked["node_id"]: asked["review_id"] for asked in snapshot["waiting_for"] or ()}
    assert waiting_for == state.waiting_for
    assert {r["review_id"] for r in snapshot["reviews"] if r["open"]} == set(waiting_for.values())
    totals = snapshot["totals"]
    assert totals["input_tokens"] == state.input_tokens
    assert totals["output_tokens"] == state.output_tokens
    assert totals["unknown_price_tokens"] == state.unknown_price_tokens
    assert totals["cost_usd"] == (None if state.cost is None else float(state.cost))
    assert {m["message_id"] for m in snapshot["messages"]} == set(state.messages)
    for row in snapshot["messages"]:
        told = state.messages[row["message_id"]]
        shown = FoldedMessage(
            row["node_id"],
            row["role"],
            row["seq"],
            row["content"],
            row["thinking"],
            row["status"],
            row["finish"],
        )
        if told.status == "discarded":  # What it said is of no more interest.
            shown.content, shown.thinking = told.content, told.thinking
        assert shown == told


def _apply(state: Fold, envelope: dict[str, Any]) -> None:
    name, data = envelope["event"], envelope["data"]
    assert envelope["node_id"] == data.get("node_id")
    assert state.status not in FINAL, f"{name} after the end"
    if name.startswith("execution:"):
        assert data["status"] in MOVES[state.status], f"{state.status} -> {data['status']}"
        state.status = data["status"]
        if state.status in FINAL:
            state.waiting_for.clear()
            left = [m for m, told in state.messages.items() if told.status == "streaming"]
            assert not left, f"messages without an end: {left}"
            running = [n for n, status in state.node_statuses.items() if status in ("running", "suspended")]
            assert not running, f"nodes that never ended: {running}"
    elif name == "node_state_change":
        _change_node(state, data["node_id"], data["status"], data.get("round", 1))
    elif name == "token_stream":
        seq = envelope["seq"]
        state.messages.setdefault(data["message_id"], FoldedMessage(data["node_id"], "agent", seq)).take(data)
    elif name == "message_completed":
        _finish_message(state, data, envelope["seq"])
    elif name == "message_discarded":
        assert state.messages[data["message_id"]].status == "streaming"
        state.messages[data["message_id"]].status = "discarded"
    elif name == "user_message":
        message = FoldedMessage(None, "user", envelope["seq"], data["content"], status="completed")
        state.messages[data["message_id"]] = message
    elif name == "input_read":
        receipt = (data["message_id"], data["node_id"])
        assert receipt not in state.receipts, f"read twice: {receipt}"
        assert state.messages[data["message_id"]].role == "user"
        state.receipts.append(receipt)
    elif name == "token_usage":
        _count(state, data)
    elif name == "human_interaction_required":
        state.waiting_for[data["node_id"]] = data["review_id"]
    elif name == "node_resumed":
        assert state.waiting_for.pop(data["node_id"], None) == data["review_id"], "nobody was waited for"
    elif name == "error":
        state.errors.append(data | {"seq": envelope["seq"]})
    elif name == "verdict":
        state.verdict = data


def _change_node(state: Fold, node_id: str, status: str, number: int) -> None:
    """A node that is over stays over in its round; a loop may begin another one."""
    before, last = state.node_statuses.get(node_id, "pending"), state.node_rounds.get(node_id, 1)
    over = before not in ("pending", "running", "suspended")
    assert number > last if over else number >= last, f"{node_id}: {before} in {last} -> {status} in {number}"
    assert before != status or over, f"{node_id} is {status} twice"
    state.node_statuses[node_id] = status
    if status in ("completed", "failed", "skipped"):
        state.waiting_for.pop(node_id, None)
    state.node_rounds[node_id] = number


def _finish_message(state: Fold, data: dict[str, Any], seq: int) -> None:
    """I2: the pieces of a finished message are its text; a person's answer comes whole."""
    message = state.messages.setdefault(data["message_id"], FoldedMessage(data["node_id"], data["role"], seq))
    if data["role"] == "system":
        message.content = data["content"]
    assert message.status == "streaming", "a message ends once"
    assert message.content == data["content"], "the pieces are not the text"
    assert message.thinking == data["thinking"], "the pieces are not the thinking"
    message.status, message.finish = AFTER_FINISH[data["finish"]], data["finish"]


def _count(state: Fold, data: dict[str, Any]) -> None:
    state.input_tokens += data["input_tokens"]
    state.output_tokens += data["output_tokens"]
    if data["estimated_cost_usd"] is None:
        assert data["price"] == "unknown"
        state.unknown_price_tokens += data["input_tokens"] + data["output_tokens"]
    else:
        state.cost = (state.cost or Decimal(0)) + Decimal(str(data["estimated_cost_usd"]))


def _first_difference(seen: Sequence[int], expected: Sequence[int]) -> str:
    return next(f"{a} instead of {b}" for a, b in zip(seen, expected, strict=True) if a != b)

"""What a log tells beside messages. ``python -m tests.store.test_chronicle`` writes the example of the page's tests."""

import json
from pathlib import Path
from typing import Any

from council import clock, events
from council.events import envelope_parts, join_envelope
from council.store import channels, chronicle
from council.store.archive import Archive
from council.store.engine import Store
from tests.support.rows import add_session

EXAMPLE = Path(__file__).parents[1] / "js" / "record.json"
ABOUT = {"node_id": "n", "round": 1}
ASKED = {
    "node_id": "n", "kind": "review", "reason": "Look.", "timeout": None, "expires_at": "2026-11-21T06:00:00.000Z",
    "draft": "Text", "actions": ["approve"], "allow_skip": False,
}  # fmt: skip
HAPPENED: list[tuple[str, dict[str, Any]]] = [
    ("node_state_change", {"node_id": "n", "status": "running", "round": 2}),
    ("memory_retrieved", ABOUT | {"items": [{"title": "Before", "content": "It was so."}]}),
    ("tool_execution", {"node_id": "n", "agent_id": "a", "tool": "read_file", "input": {"path": "p"}, "output": "L1"}),
    ("file_written", {"node_id": "n", "path": "p", "version": 2, "author": "a", "reason": "r", "characters": 3}),
    ("fact_check", ABOUT | {"message_id": None, "claims": [{"claim": "c", "status": "not_checkable"}],
                            "share_supported": 0.0, "verified": False}),
    ("ballot_opened", ABOUT | {"ballot_id": "b", "question": "?", "vote_type": "yes_no", "options": [],
                               "voters": [{"voter": "a"}, {"voter": "b"}], "threshold": 0.67, "quorum": 0.5,
                               "secret": True}),
    ("vote_cast", {"node_id": "n", "ballot_id": "b", "voter": "a", "vote": None}),
    ("human_interaction_required", ASKED | {"review_id": "r1"}),
    ("vote_cast", {"node_id": "n", "ballot_id": "b", "voter": "b", "vote": None}),
    ("ballot_closed", ABOUT | {"ballot_id": "b", "ballots": [{"voter": "a", "vote": "yes"}], "count": {"counted": 1},
                               "outcome": "passed", "decision": "yes"}),
    ("score", ABOUT | {"weighted_total": 72.0, "parts": {"strategic": 72.0, "practical": 72.0, "consistency": 72.0}}),
    ("round_closed", ABOUT | {"decision": "again", "reason": "continue", "scores": [72.0]}),
    ("human_interaction_reminder", {"node_id": "n", "review_id": "r1", "expires_at": "2026-11-21T06:00:00.000Z"}),
    ("human_interaction_expired", {"node_id": "n", "review_id": "r1", "action": "reject"}),
    ("node_resumed", {"node_id": "n", "review_id": "r1", "action": "reject", "by": "timeout"}),
    ("human_interaction_required", ASKED | {"review_id": "r2", "kind": "question"}),
    ("tool_execution", {"node_id": "n", "agent_id": "a", "tool": "search", "input": {}, "output": "", "ok": False}),
    ("budget", {"reserved_usd": 0.1, "spent_usd": 0.2, "unknown": 3, "cap": None, "spent_tokens": 4,
                "reserved_tokens": 5}),
    ("execution:paused", {"status": "paused", "reason": "budget", "detail": "The next call does not fit."}),
]  # fmt: skip


def whole(name: str, data: dict[str, Any]) -> events.Event:
    """The event with the defaults of its fields."""
    return events.EVENTS[name].model_validate(data)


def example() -> dict[str, Any]:
    """The events as they travel, and what a snapshot tells of them."""
    told = [(name, json.loads(whole(name, data).model_dump_json())) for name, data in HAPPENED]
    found = [(name, data | {"seq": seq}) for seq, (name, data) in enumerate(told, start=1)]
    return {"events": told, "snapshot": chronicle.told(found)}


def test_the_pages_example_is_what_the_server_tells() -> None:
    """tests/js/record.test.js folds the same events and begins with the same snapshot: both must show the same."""
    assert json.loads(json.dumps(example())) == json.loads(EXAMPLE.read_text("utf-8"))


def test_the_snapshot_tells_what_its_log_holds(store: Store) -> None:
    """In one transaction with its number: lists in order, ballots with their votes, requests with their answers."""
    channel = add_session(store, "s")
    rows = []
    for seq, (name, data) in enumerate(HAPPENED, start=1):
        parts = envelope_parts(whole(name, data), "s")
        envelope = join_envelope(parts, seq, clock.timestamp())
        rows.append(
            {"channel": channel, "seq": seq, "event": name, "node_id": "n", "at": "", "envelope": envelope}
        )
    with store.write() as connection:
        channels.append(connection, rows, {channel: len(rows)})
    snapshot = Archive(store).snapshot("s")
    told = example()["snapshot"]
    assert snapshot["seq"] == len(HAPPENED)
    for name in (
        "fact_checks",
        "scores",
        "rounds",
        "files",
        "tools",
        "memory",
        "ballots",
        "budget",
        "node_rounds",
    ):
        assert snapshot[name] == json.loads(json.dumps(told[name])), name
    assert [review["answer"] is None for review in snapshot["reviews"]] == [False, True]


def test_a_votes_content_stays_sealed_until_the_ballot_is_closed() -> None:
    """A snapshot in the middle of a ballot says who has voted, and not what."""
    found = [(name, data | {"seq": seq}) for seq, (name, data) in enumerate(HAPPENED[:7], start=1)]
    (ballot,) = chronicle.told(found)["ballots"]
    assert ballot["closed"] is None
    assert [(cast["voter"], cast["vote"]) for cast in ballot["cast"]] == [("a", None)]


if __name__ == "__main__":
    EXAMPLE.write_text(json.dumps(example(), indent=1) + "\n", encoding="utf-8")

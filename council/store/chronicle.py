"""What happened in a meeting beside its messages, told by its log: each list holds the events' data in order."""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.store.tables import events

Data = dict[str, Any]

_LISTS = {
    "fact_checks": "fact_check",
    "scores": "score",
    "rounds": "round_closed",
    "files": "file_written",
    "tools": "tool_execution",
    "memory": "memory_retrieved",
    "errors": "error",
    "receipts": "input_read",
}
_BALLOTS = ("ballot_opened", "vote_cast", "ballot_closed")
_PEOPLE = (
    "human_interaction_required",
    "human_interaction_reminder",
    "human_interaction_expired",
    "node_resumed",
)
KINDS = (*_LISTS.values(), *_BALLOTS, *_PEOPLE, "budget", "execution:paused", "node_state_change")


def read(connection: Connection, channel: str) -> dict[str, Any]:
    """What the log of this channel tells, with one walk over it."""
    query = (
        sa.select(events.c.event, events.c.seq, events.c.envelope)
        .where(events.c.channel == channel, events.c.event.in_(KINDS))
        .order_by(events.c.seq)
    )
    found = connection.execute(query)
    return told([(name, json.loads(envelope)["data"] | {"seq": seq}) for name, seq, envelope in found])


def told(found: list[tuple[str, Data]]) -> dict[str, Any]:
    """Ballots, requests to people, rounds and money as they stand, and a list for each other kind of event."""
    of = {kind: [data for name, data in found if name == kind] for kind in KINDS}
    return {name: of[kind] for name, kind in _LISTS.items()} | {
        "ballots": _ballots(found),
        "reviews": _reviews(found),
        "node_rounds": {data["node_id"]: data.get("round", 1) for data in of["node_state_change"]},
        "budget": {k: v for k, v in of["budget"][-1].items() if k != "seq"} if of["budget"] else None,
        "detail": of["execution:paused"][-1].get("detail") if of["execution:paused"] else None,
    }


def _ballots(found: Iterable[tuple[str, Data]]) -> list[Data]:
    """Each ballot with the votes that were cast and, once it is closed, its count."""
    ballots: dict[str, Data] = {}
    for name, data in found:
        if name == "ballot_opened":
            ballots.setdefault(data["ballot_id"], {"opened": data, "cast": [], "closed": None})
        elif name == "vote_cast" and data["ballot_id"] in ballots:
            ballots[data["ballot_id"]]["cast"].append(data)
        elif name == "ballot_closed" and data["ballot_id"] in ballots:
            ballots[data["ballot_id"]]["closed"] = data
    return list(ballots.values())


def _reviews(found: Iterable[tuple[str, Data]]) -> list[Data]:
    """Each request to a person; ``answer`` is what came of it, ``expired`` what happened because nobody came."""
    reviews: dict[str, Data] = {}
    for name, data in found:
        if name == "human_interaction_required":
            reviews.setdefault(data["review_id"], data | {"reminded": False, "expired": None, "answer": None})
        elif name in _PEOPLE and data["review_id"] in reviews:
            reviews[data["review_id"]] |= _came_of_it(name, data)
    return list(reviews.values())


def _came_of_it(name: str, data: Data) -> Data:
    if name == "human_interaction_reminder":
        return {"reminded": True, "expires_at": data["expires_at"]}
    if name == "human_interaction_expired":
        return {"expired": data["action"]}
    return {"answer": {key: data[key] for key in ("action", "by", "feedback", "diff", "seq")}}


def as_they_stand(reviews: Iterable[Data], waiting_for: Iterable[Data]) -> list[Data]:
    """Each request with ``open``: whether it is still waited for; until when, a pause has moved."""
    still = {one["review_id"]: one["expires_at"] for one in waiting_for}
    return [
        one | ({"open": True, "expires_at": still[review_id]} if review_id in still else {"open": False})
        for one in reviews
        if (review_id := one["review_id"])
    ]

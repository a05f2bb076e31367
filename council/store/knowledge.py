"""What a group knows: working memory, which meetings fill and time empties, and what people chose to keep.

Every function takes the group's id and touches nothing of another group.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council import clock
from council.errors import Conflict, Invalid, NotFound
from council.jsontext import clean
from council.meeting.recall import INDEXED, Finding, bears_on
from council.store.tables import knowledge

Layer = Literal["working", "long_term"]
Item = dict[str, Any]

WORKING_HOURS = 24
MAX_WORKING = 50
MAX_LONG_TERM = 10_000
MAX_QUERY = 500
MAX_WORDS = 32

_INDEX = sa.table("knowledge_index", sa.column("rowid"), sa.column("rank"), sa.column("knowledge_index"))


# Working memory


def remember(
    connection: Connection,
    group_id: str,
    findings: Iterable[Finding],
    *,
    session_id: str,
    node_id: str,
    at: str,
) -> None:
    """Put what is worth keeping of these findings into the group's working memory; the oldest make room.

    The same found again counts as new. What a person has chosen to keep is not kept twice.
    """
    sweep(connection, at)
    working = (knowledge.c.group_id == group_id) & (knowledge.c.layer == "working")
    found = list({(finding.kind, finding.content): finding for finding in findings}.values())
    for finding in found:
        same = (knowledge.c.kind == finding.kind) & (knowledge.c.content == finding.content)
        connection.execute(sa.delete(knowledge).where(working, same))
    expires_at = clock.timestamp(datetime.fromisoformat(at) + timedelta(hours=WORKING_HOURS))
    whose = {"group_id": group_id, "session_id": session_id, "node_id": node_id}
    for finding in found:
        if finding.is_worth_keeping and not _is_kept(connection, group_id, finding):
            row = _row(finding) | whose | {"layer": "working", "created_at": at, "expires_at": expires_at}
            connection.execute(sa.insert(knowledge).values(row))
    _make_room(connection, working)


def forget_verdicts(connection: Connection, group_id: str, session_id: str) -> None:
    """A meeting rules anew, or a person rejects what it ruled: that is no finding any more."""
    connection.execute(
        sa.delete(knowledge).where(
            knowledge.c.group_id == group_id,
            knowledge.c.layer == "working",
            knowledge.c.kind == "verdict",
            knowledge.c.session_id == session_id,
        )
    )


def forget_session(connection: Connection, session_id: str) -> None:
    """The meeting is forgotten, and with it what nobody has chosen to keep."""
    connection.execute(
        sa.delete(knowledge).where(knowledge.c.session_id == session_id, knowledge.c.layer == "working")
    )


def sweep(connection: Connection, at: str) -> None:
    """Throw away what has expired. Nobody could read it any more."""
    connection.execute(
        sa.delete(knowledge).where(knowledge.c.layer == "working", knowledge.c.expires_at <= at)
    )


def forget_group(connection: Connection, group_id: str) -> None:
    connection.execute(sa.delete(knowledge).where(knowledge.c.group_id == group_id))


def _row(finding: Finding) -> Item:
    return {
        "kind": finding.kind,
        "title": finding.title,
        "content": finding.content,
        "confidence": finding.confidence,
    }


def _is_kept(connection: Connection, group_id: str, finding: Finding) -> bool:
    query = sa.select(knowledge.c.knowledge_id).where(
        knowledge.c.group_id == group_id,
        knowledge.c.layer == "long_term",
        knowledge.c.content == finding.content,
    )
    return connection.scalar(query.limit(1)) is not None


def _make_room(connection: Connection, working: sa.ColumnElement[bool]) -> None:
    newest = (
        sa.select(knowledge.c.knowledge_id)
        .where(working)
        .order_by(knowledge.c.created_at.desc(), knowledge.c.knowledge_id.desc())
        .limit(MAX_WORKING)
    )
    connection.execute(sa.delete(knowledge).where(working, knowledge.c.knowledge_id.not_in(newest)))


# What people keep


def add(connection: Connection, group_id: str, *, title: str, content: str, at: str) -> Item:
    """A note by hand. Raises Conflict when there are too many."""
    _refuse_too_many(connection, group_id)
    row = {
        "group_id": group_id,
        "layer": "long_term",
        "kind": "note",
        "title": title,
        "content": content,
        "created_at": at,
    }
    made = connection.execute(sa.insert(knowledge).values(row)).inserted_primary_key
    if made is None:
        raise AssertionError("the new row has no number")
    return get(connection, group_id, made[0], at=at)


def promote(connection: Connection, group_id: str, knowledge_id: int, *, at: str) -> Item:
    """From working memory into the long term, by a person's word; harmless twice. Raises NotFound or Conflict."""
    item = get(connection, group_id, knowledge_id, at=at)
    if item["layer"] == "working":
        _refuse_too_many(connection, group_id)
        _update(connection, knowledge_id, layer="long_term", promoted_at=at, expires_at=None)
    return get(connection, group_id, knowledge_id, at=at)


def change(connection: Connection, group_id: str, knowledge_id: int, *, at: str, **changes: str) -> Item:
    """New words for what a person keeps. Raises NotFound, and Conflict for working memory."""
    item = get(connection, group_id, knowledge_id, at=at)
    if item["layer"] == "working":
        raise Conflict(
            "Working memory says what meetings have found and stays as it is.",
            hint=f"Promote it first: POST /api/v1/groups/{group_id}/knowledge/{knowledge_id}/promote.",
        )
    _update(connection, knowledge_id, **changes)
    return get(connection, group_id, knowledge_id, at=at)


def delete(connection: Connection, group_id: str, knowledge_id: int, *, at: str) -> None:
    """Raises NotFound."""
    get(connection, group_id, knowledge_id, at=at)
    connection.execute(sa.delete(knowledge).where(knowledge.c.knowledge_id == knowledge_id))


def get(connection: Connection, group_id: str, knowledge_id: int, *, at: str) -> Item:
    """One thing this group knows. Raises NotFound: another group's is none, and neither is what has expired."""
    query = sa.select(knowledge).where(
        knowledge.c.group_id == group_id, knowledge.c.knowledge_id == knowledge_id, _is_known(at)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(
            f"The group knows nothing with the number {knowledge_id}.",
            hint=f"GET /api/v1/groups/{group_id}/knowledge lists what it knows.",
        )
    return dict(row)


def _update(connection: Connection, knowledge_id: int, **changes: Any) -> None:
    if changes:
        connection.execute(
            sa.update(knowledge).where(knowledge.c.knowledge_id == knowledge_id).values(changes)
        )


def _refuse_too_many(connection: Connection, group_id: str) -> None:
    query = sa.select(sa.func.count()).where(
        knowledge.c.group_id == group_id, knowledge.c.layer == "long_term"
    )
    if (connection.scalar(query) or 0) >= MAX_LONG_TERM:
        raise Conflict(
            f"The group keeps {MAX_LONG_TERM:,} things already.", hint="Delete some that nobody needs."
        )


# Looking it up


def counts(connection: Connection, *, at: str) -> dict[str, int]:
    """How much each group knows."""
    query = sa.select(knowledge.c.group_id, sa.func.count()).where(_is_known(at))
    return {group_id: count for group_id, count in connection.execute(query.group_by(knowledge.c.group_id))}


def listed(
    connection: Connection,
    group_id: str,
    *,
    at: str,
    limit: int,
    words: str = "",
    layer: Layer | None = None,
    session_id: str | None = None,
    before: tuple[str, int] | None = None,
) -> list[Item]:
    """Newest first. Every one of the words must be in title or content, as it stands there; none is an operator.

    ``before`` is (created_at, knowledge_id) of the last one seen. Raises Invalid for too long a query.
    """
    query = sa.select(knowledge).where(knowledge.c.group_id == group_id, _is_known(at))
    query = query.where(*_holding_all(connection, words))
    if layer is not None:
        query = query.where(knowledge.c.layer == layer)
    if session_id is not None:
        query = query.where(knowledge.c.session_id == session_id)
    if before is not None:
        place = sa.tuple_(knowledge.c.created_at, knowledge.c.knowledge_id)
        query = query.where(place < sa.tuple_(*before))
    query = query.order_by(knowledge.c.created_at.desc(), knowledge.c.knowledge_id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def recalled(
    connection: Connection,
    group_id: str,
    terms: Sequence[str],
    *,
    at: str,
    limit: int,
    since: str | None,
    verdicts: bool,
    not_from: str,
) -> list[Item]:
    """What bears on a matter, best first. ``since`` is for what meetings found; notes by hand have no age.

    ``not_from`` is the meeting that asks: what it found itself it knows.
    """
    query = sa.select(knowledge).where(knowledge.c.group_id == group_id, _is_known(at))
    query = query.where(knowledge.c.session_id.is_distinct_from(not_from))
    if not verdicts:
        query = query.where(knowledge.c.kind != "verdict")
    if since is not None:
        found_at = sa.func.coalesce(knowledge.c.promoted_at, knowledge.c.created_at)
        query = query.where((knowledge.c.kind == "note") | (found_at >= since))
    candidates = _best_first(connection, query, terms, 8 * limit)
    return [item for item in candidates if bears_on(terms, f"{item['title']}\n{item['content']}")][:limit]


def _best_first(
    connection: Connection, query: sa.Select[Any], terms: Sequence[str], limit: int
) -> list[Item]:
    """Candidates by the index's own ranking; for terms too short for it, and without an index, the newest."""
    newest = (knowledge.c.created_at.desc(), knowledge.c.knowledge_id.desc())
    indexed = [term for term in terms if _has_index(connection) and len(term) >= INDEXED]
    others = [term for term in terms if term not in indexed]
    found: dict[int, Item] = {}
    if indexed:
        matching = _INDEX.c.knowledge_index.op("MATCH")(" OR ".join(map(_quoted, indexed)))
        joined = query.join(_INDEX, _INDEX.c.rowid == knowledge.c.knowledge_id).where(matching)
        rows = connection.execute(joined.order_by(_INDEX.c.rank, *newest).limit(limit)).mappings()
        found |= {row["knowledge_id"]: dict(row) for row in rows}
    if others:
        holding = query.where(sa.or_(*(_holds(term) for term in others)))
        rows = connection.execute(holding.order_by(*newest).limit(limit)).mappings()
        found |= {row["knowledge_id"]: dict(row) for row in rows}  # Those found before keep their places.
    return list(found.values())


def _is_known(at: str) -> sa.ColumnElement[bool]:
    return knowledge.c.expires_at.is_(None) | (knowledge.c.expires_at > at)


def _holding_all(connection: Connection, words: str) -> list[sa.ColumnElement[bool]]:
    """A condition for the words that the index can find, and one for each that is too short for it."""
    wanted = list(dict.fromkeys(clean(words).split()))
    if len(words) > MAX_QUERY or len(wanted) > MAX_WORDS:
        raise Invalid(
            f"q: at most {MAX_QUERY} characters and {MAX_WORDS} words.", hint="Search for less at once."
        )
    indexed = [word for word in wanted if _has_index(connection) and len(word) >= INDEXED]
    conditions = [_holds(word) for word in wanted if word not in indexed]
    if indexed:
        matching = _INDEX.c.knowledge_index.op("MATCH")(" AND ".join(map(_quoted, indexed)))
        conditions.append(knowledge.c.knowledge_id.in_(sa.select(_INDEX.c.rowid).where(matching)))
    return conditions


def _quoted(word: str) -> str:
    """A literal for FTS5: between double quotes nothing is syntax, and a double quote is written twice."""
    return '"' + word.replace('"', '""') + '"'


def _holds(word: str) -> sa.ColumnElement[bool]:
    return knowledge.c.title.icontains(word, autoescape=True) | knowledge.c.content.icontains(
        word, autoescape=True
    )


def _has_index(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"

"""The versions of a meeting's files: nothing is ever overwritten, a rollback is one more version.

The documents a meeting was given are the first versions of files of their names.
"""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council import clock
from council.errors import Conflict, Invalid, NotFound, TooLarge
from council.events import FileWritten
from council.jsontext import clean
from council.meeting.paths import check_twins, checked
from council.meeting.revisions import difference
from council.settings import Settings
from council.store.tables import documents as given_documents
from council.store.tables import files

MAX_REASON = 1_000
MAX_AUTHOR = 255
_OF_A_VERSION = (files.c.path, files.c.version, files.c.author, files.c.reason, files.c.created_at)
_CHARACTERS = sa.func.length(files.c.content).label("characters")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the files of one meeting may be."""

    max_bytes: int  # Of one version, in UTF-8.
    max_files: int
    max_versions: int  # Of all files together.

    @classmethod
    def of(cls, settings: Settings) -> Self:
        engine = settings.engine
        return cls(settings.max_document_bytes, engine.max_files, engine.max_file_versions)


@dataclass(frozen=True, slots=True)
class Draft:
    """A version to be: what it says, who wrote it, and why."""

    path: str
    content: str
    author: str
    reason: str


# Writing


def give(connection: Connection, session_id: str, texts: Sequence[dict[str, str]], at: str) -> None:
    """Keep the documents a meeting begins with as version 1 of their files. Their names are checked before."""
    rows = [
        {
            "session_id": session_id,
            "path": text["name"],
            "version": 1,
            "content": text["content"],
            "author": "person",
            "reason": "given",
            "created_at": at,
        }
        for text in texts
    ]
    if rows:
        connection.execute(sa.insert(files), rows)


def write(
    connection: Connection, session_id: str, draft: Draft, limits: Limits, *, node_id: str | None = None
) -> FileWritten:
    """Store a draft as the next version; the event that says so. Raises Invalid or TooLarge, and nothing changed."""
    path, content = checked(draft.path), clean(draft.content)
    versions = newest(connection, session_id)
    check_twins(path, versions)
    _check_content(content, limits)
    if path in versions and read(connection, session_id, path)["content"] == content:
        raise Invalid(f"{path} says exactly this already, in version {versions[path]}.")
    if path not in versions and len(versions) >= limits.max_files:
        raise TooLarge(
            f"A meeting has at most {limits.max_files} files.", hint="Write to one that is there already."
        )
    return _insert(connection, session_id, replace(draft, path=path, content=content), limits, node_id)


def roll_back(
    connection: Connection,
    session_id: str,
    path: str,
    version: int,
    limits: Limits,
    *,
    author: str,
    node_id: str | None = None,
) -> FileWritten:
    """Make an old version the newest one, as a version of its own. Raises NotFound, Conflict or TooLarge."""
    old = read(connection, session_id, path, version)
    if version == newest(connection, session_id)[old["path"]]:
        raise Conflict(
            f"Version {version} of {path} is the newest one already.", hint="Name an older version."
        )
    draft = Draft(old["path"], old["content"], author, f"rollback to version {version}")
    return _insert(connection, session_id, draft, limits, node_id)


def _check_content(content: str, limits: Limits) -> None:
    if not content.strip():
        raise Invalid("The content is empty.", hint="A file cannot be deleted; write what it shall say.")
    size = len(content.encode())
    if size > limits.max_bytes:
        raise TooLarge(f"The content has {size:,} bytes; {limits.max_bytes:,} are allowed.")


def _insert(
    connection: Connection, session_id: str, draft: Draft, limits: Limits, node_id: str | None
) -> FileWritten:
    count = sa.select(sa.func.count()).select_from(files).where(files.c.session_id == session_id)
    if (connection.scalar(count) or 0) >= limits.max_versions:
        raise TooLarge(
            f"A meeting keeps at most {limits.max_versions} versions of files.",
            hint="Start a new meeting with the newest ones.",
        )
    written = FileWritten(
        node_id=node_id,
        path=draft.path,
        version=newest(connection, session_id).get(draft.path, 0) + 1,
        author=clean(draft.author)[:MAX_AUTHOR],
        reason=" ".join(clean(draft.reason).split())[:MAX_REASON],
        characters=len(draft.content),
    )
    row = written.model_dump(exclude={"node_id", "characters"}) | {"created_at": clock.timestamp()}
    connection.execute(sa.insert(files).values(row | {"session_id": session_id, "content": draft.content}))
    return written


def adopt(connection: Connection, session_id: str, versions: Sequence[dict[str, Any]]) -> None:
    """Keep these versions of another meeting's files."""
    if versions:
        connection.execute(sa.insert(files), [version | {"session_id": session_id} for version in versions])


# Reading


def written_by(
    connection: Connection, session_id: str, written: Collection[tuple[str, int]]
) -> list[dict[str, Any]]:
    """These versions, each a (path, version), as they are stored; the documents that were given are not among them."""
    query = sa.select(files).where(files.c.session_id == session_id).order_by(files.c.path, files.c.version)
    rows = (dict(row) for row in connection.execute(query).mappings())
    return [row for row in rows if (row["path"], row["version"]) in written]


def documents(connection: Connection, session_id: str) -> list[tuple[str, str]]:
    """The documents the meeting was given, in their order, as (name, content) in their newest versions."""
    newest = _newest_versions(session_id).subquery()
    query = (
        sa.select(given_documents.c.name, files.c.content)
        .join(newest, newest.c.path == given_documents.c.name)
        .join(files, sa.and_(files.c.path == newest.c.path, files.c.version == newest.c.version))
        .where(given_documents.c.session_id == session_id, files.c.session_id == session_id)
        .order_by(given_documents.c.position)
    )
    return [(row.name, row.content) for row in connection.execute(query)]


def read(connection: Connection, session_id: str, path: str, version: int | None = None) -> dict[str, Any]:
    """One version with its content; the newest unless one is named. Raises NotFound."""
    name = unicodedata.normalize("NFC", path)
    query = sa.select(*_OF_A_VERSION, _CHARACTERS, files.c.content).where(
        files.c.session_id == session_id, files.c.path == name
    )
    if version is not None:
        query = query.where(files.c.version == version)
    row = connection.execute(query.order_by(files.c.version.desc()).limit(1)).mappings().first()
    if row is None:
        which = f"version {version} of {name!r}" if version is not None else f"file {name!r}"
        raise NotFound(f"There is no {which} in this meeting.", hint="Look at the list of its files.")
    return dict(row)


def latest(
    connection: Connection, session_id: str, *, after: str = "", limit: int | None = None
) -> list[dict[str, Any]]:
    """The newest version of each file, without content, by path; those that follow ``after``."""
    newest = _newest_versions(session_id).subquery()
    query = (
        sa.select(*_OF_A_VERSION, _CHARACTERS)
        .join(newest, sa.and_(files.c.path == newest.c.path, files.c.version == newest.c.version))
        .where(files.c.session_id == session_id, files.c.path > after)
        .order_by(files.c.path)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def newest(connection: Connection, session_id: str) -> dict[str, int]:
    """The newest version of each file by its path."""
    return {path: version for path, version in connection.execute(_newest_versions(session_id))}


def before(connection: Connection, session_id: str, path: str, version: int) -> int:
    """The version that came before this one, 0 for none: a meeting run again may lack what others wrote between."""
    query = sa.select(sa.func.max(files.c.version)).where(
        files.c.session_id == session_id, files.c.path == path, files.c.version < version
    )
    return connection.scalar(query) or 0


def history(
    connection: Connection, session_id: str, path: str, *, after: int = 0, limit: int | None = None
) -> list[dict[str, Any]]:
    """The versions of a file, oldest first, each with what changed since the one before. Raises NotFound."""
    name = read(connection, session_id, path)["path"]
    query = (
        sa.select(*_OF_A_VERSION, _CHARACTERS, files.c.content)
        .where(files.c.session_id == session_id, files.c.path == name, files.c.version >= after)
        .order_by(files.c.version)
        .limit(None if limit is None else limit + 1)
    )
    found: list[dict[str, Any]] = []
    before: str | None = None
    for row in connection.execute(query).mappings():
        content = row["content"]
        if row["version"] > after:
            found.append(_without_content(row) | _change(name, before, content))
        before = content
    return found[:limit]


def _newest_versions(session_id: str) -> sa.Select[Any]:
    return (
        sa.select(files.c.path, sa.func.max(files.c.version).label("version"))
        .where(files.c.session_id == session_id)
        .group_by(files.c.path)
    )


def _without_content(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "content"}


def _change(path: str, before: str | None, after: str) -> dict[str, Any]:
    """What a version changed; of the first one nothing is said."""
    if before is None:
        return {"diff": None, "added": None, "removed": None}
    change = difference(before, after, path=path)
    return {"diff": change.text, "added": change.added, "removed": change.removed}

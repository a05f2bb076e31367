"""What the round that ends here changed in the meeting's files, and how it is undone.

A round begins where the nearest loop round the node decided last; without a loop, with the meeting.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from council.engine.turn import Turn
from council.errors import Conflict
from council.events import FileWritten
from council.meeting.graph import Graph
from council.meeting.review import Reviewed, Rollback
from council.meeting.revisions import difference
from council.store import channels, files
from council.store.files import Limits

MAX_SHOWN = 20  # Files with their difference; of more, only the names and numbers are shown.
MAX_DIFF = 20_000  # Characters of one difference.


@dataclass(frozen=True, slots=True)
class Changed:
    """A file and its versions before the round and now; ``base`` 0: it was not there before."""

    path: str
    base: int
    version: int


def changes(connection: Connection, turn: Turn) -> list[Changed]:
    """What the round has written so far, by path."""
    since = _beginning(connection, turn)
    written = [
        event
        for event in channels.of_kind(connection, turn.minutes.channel, "file_written")
        if event["seq"] > since
    ]
    versions: dict[str, list[int]] = {}
    for event in written:
        versions.setdefault(event["path"], []).append(event["version"])
    session_id = turn.record.session_id
    return [
        Changed(path, files.before(connection, session_id, path, min(found)), max(found))
        for path, found in sorted(versions.items())
    ]


def shown(connection: Connection, session_id: str, found: list[Changed]) -> tuple[dict[str, Any], ...]:
    """The changes as a person is to see them."""
    return tuple(_shown(connection, session_id, each, at < MAX_SHOWN) for at, each in enumerate(found))


def check_older(connection: Connection, session_id: str, rollback: Rollback) -> None:
    """Raises NotFound or Conflict when a file cannot be put back to this version."""
    path, version = rollback["path"], rollback["version"]
    newest = files.read(connection, session_id, path)["version"]
    files.read(connection, session_id, path, version)
    if version == newest:
        raise Conflict(
            f"Version {version} of {path} is the newest one already.", hint="Name an older version."
        )


def undo(connection: Connection, turn: Turn, reviewed: Reviewed) -> tuple[FileWritten, ...]:
    """Write the old versions as new ones: one file to a version, or all to what they were before the round.

    A file that the round began stays: nothing is ever deleted.
    """
    named = reviewed["rollback"]
    back = (
        [(named["path"], named["version"])]
        if named
        else [(each.path, each.base) for each in changes(connection, turn) if each.base > 0]
    )
    events = [_back(connection, turn, path, version, reviewed["by"]) for path, version in back]
    return tuple(event for event in events if event is not None)


def _back(connection: Connection, turn: Turn, path: str, version: int, by: str) -> FileWritten | None:
    session_id, node_id, settings = turn.record.session_id, turn.node.node_id, turn.desk.settings
    size = len(files.read(connection, session_id, path, version)["content"].encode())
    limits = Limits(
        size, settings.max_files, settings.max_file_versions
    )  # What was kept once is not too large.
    try:
        return files.roll_back(connection, session_id, path, version, limits, author=by, node_id=node_id)
    except Conflict:  # It is there already: somebody put it back meanwhile.
        return None


def _beginning(connection: Connection, turn: Turn) -> int:
    """The number of the event with which the round began."""
    loop_id = _loop_round(turn.record.graph, turn.node.node_id)
    if loop_id is None:
        return 0
    closed = channels.of_kind(connection, turn.minutes.channel, "round_closed", node_id=loop_id)
    seq: int = closed[-1]["seq"] if closed else 0
    return seq


def _loop_round(graph: Graph, node_id: str) -> str | None:
    """The innermost loop whose round this node is part of."""
    bodies = {n: graph.loop_body(n) for n, node in graph.nodes.items() if node.again_id is not None}
    return min(
        (n for n, body in bodies.items() if node_id in body), key=lambda n: len(bodies[n]), default=None
    )


def _shown(connection: Connection, session_id: str, change: Changed, with_diff: bool) -> dict[str, Any]:
    named = {"path": change.path, "base": change.base, "version": change.version}
    if not with_diff:
        return named | {"diff": "", "added": None, "removed": None, "cut": True}
    before = files.read(connection, session_id, change.path, change.base)["content"] if change.base else ""
    after = files.read(connection, session_id, change.path, change.version)["content"]
    found = difference(before, after, path=change.path, max_characters=MAX_DIFF)
    return named | {"diff": found.text, "added": found.added, "removed": found.removed, "cut": found.cut}

"""Versions of a meeting's files: one after another, none ever lost, and only as many as a meeting may have."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from council.errors import Conflict, Invalid, NotFound, TooLarge
from council.store import files, migrations, sessions
from council.store.engine import Store
from council.store.files import Draft, Limits
from council.store.migrations import migrate
from council.store.tables import files as table
from tests.support.rows import add_session

FOLDER = Path(migrations.__file__).parent
LIMITS = Limits(max_bytes=1_000, max_files=3, max_versions=6)
GIVEN = [{"name": "plan.md", "content": "one\ntwo\n"}, {"name": "a/budget.md", "content": "10"}]


@pytest.fixture
def meeting(store: Store) -> str:
    """A meeting with two documents, beside another one that has a file of the same name."""
    add_session(store, "other")
    add_session(store, "s")
    with store.write() as connection:
        files.write(connection, "other", Draft("plan.md", "another meeting's", "x", "x"), LIMITS)
        row = sessions.get(connection, "s")
        sessions.delete(connection, "s")
        sessions.insert(connection, row, GIVEN)
    return "s"


def write(store: Store, content: str, path: str = "plan.md", **more: Any) -> dict[str, Any]:
    draft = Draft(path, content, more.pop("author", "Surgeon"), more.pop("reason", "Because."))
    with store.write() as connection:
        return files.write(connection, "s", draft, more.pop("limits", LIMITS), **more).data()


def roll_back(store: Store, version: int, path: str = "plan.md", limits: Limits = LIMITS) -> dict[str, Any]:
    with store.write() as connection:
        return files.roll_back(connection, "s", path, version, limits, author="person").data()


def content_of(store: Store, path: str = "plan.md", version: int | None = None) -> str:
    with store.read() as connection:
        found: str = files.read(connection, "s", path, version)["content"]
        return found


def latest(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {each["path"]: each["version"] for each in files.latest(connection, "s")}


def rows(store: Store) -> int:
    with store.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_documents_are_first_versions(store: Store, meeting: str) -> None:
    """What a meeting is given is version 1 of files of those names, by a person."""
    with store.read() as connection:
        found = files.latest(connection, meeting)
        plan = files.read(connection, meeting, "plan.md")
    assert [(each["path"], each["version"], each["author"], each["reason"]) for each in found] == [
        ("a/budget.md", 1, "person", "given"),
        ("plan.md", 1, "person", "given"),
    ]
    assert (plan["content"], plan["characters"]) == ("one\ntwo\n", 8)
    assert plan["created_at"] == "2026-11-21T05:00:00.000Z"


def test_a_version_follows_the_newest(store: Store, meeting: str) -> None:
    """Each write makes the next version and says so; the ones before stay as they are."""
    assert write(store, "two", node_id="n") == {
        "node_id": "n",
        "path": "plan.md",
        "version": 2,
        "author": "Surgeon",
        "reason": "Because.",
        "characters": 3,
    }
    assert write(store, "three")["version"] == 3
    assert write(store, "new", "b.md")["version"] == 1
    assert [content_of(store, version=n) for n in (1, 2, 3, None)] == ["one\ntwo\n", "two", "three", "three"]
    assert latest(store) == {"a/budget.md": 1, "b.md": 1, "plan.md": 3}


def test_members_read_the_newest_versions_in_the_order_given(store: Store, meeting: str) -> None:
    """The documents keep their order and their names; files that members added are none."""
    write(store, "newer")
    write(store, "x", "0.md")
    with store.read() as connection:
        assert files.documents(connection, meeting) == [("plan.md", "newer"), ("a/budget.md", "10")]
        assert sessions.texts(connection, meeting) == [("plan.md", "one\ntwo\n"), ("a/budget.md", "10")]


def test_a_rollback_is_a_new_version(store: Store, meeting: str) -> None:
    """It says what the old one said, who did it, and which it was; nothing is taken away."""
    write(store, "two")
    assert roll_back(store, 1) == {
        "node_id": None,
        "path": "plan.md",
        "version": 3,
        "author": "person",
        "reason": "rollback to version 1",
        "characters": 8,
    }
    assert [content_of(store, version=n) for n in (1, 2, 3)] == ["one\ntwo\n", "two", "one\ntwo\n"]
    assert roll_back(store, 2)["version"] == 4


def test_a_rollback_to_what_is_not_older(store: Store, meeting: str) -> None:
    """The newest version cannot be rolled back to, nor one that does not exist."""
    with pytest.raises(Conflict, match="newest one already"):
        roll_back(store, 1)
    for path, version in (("plan.md", 2), ("none.md", 1)):
        with pytest.raises(NotFound):
            roll_back(store, version, path)
    assert latest(store)["plan.md"] == 1


@pytest.mark.parametrize(
    ("path", "content", "kind", "reason"),
    [
        ("../x", "x", Invalid, "climb"),
        ("PLAN.md", "x", Invalid, "only in how it is written"),
        ("a", "x", Invalid, "a file and a folder"),
        ("plan.md", "one\ntwo\n", Invalid, "exactly this already, in version 1"),
        ("plan.md", " \n", Invalid, "empty"),
        ("plan.md", "ü" * 501, TooLarge, "1,002 bytes; 1,000 are allowed"),
    ],
)
def test_what_cannot_be_written(
    store: Store, meeting: str, path: str, content: str, kind: type[Exception], reason: str
) -> None:
    """It is refused with the reason, and nothing has changed."""
    before = rows(store)
    with pytest.raises(kind, match=reason):
        write(store, content, path)
    assert rows(store) == before


def test_the_same_words_again_are_a_version_when_others_came_between(store: Store, meeting: str) -> None:
    write(store, "two")
    assert write(store, "one\ntwo\n")["version"] == 3


def test_limits_of_a_meeting(store: Store, meeting: str) -> None:
    """So many files, and so many versions of all together; other meetings do not count."""
    write(store, "x", "third.md")
    with pytest.raises(TooLarge, match="at most 3 files"):
        write(store, "x", "fourth.md")
    for number in range(3):
        write(store, f"version {number}")
    with pytest.raises(TooLarge, match="at most 6 versions"):
        write(store, "one more")
    with pytest.raises(TooLarge, match="at most 6 versions"):
        roll_back(store, 1)
    assert write(store, "one more", limits=replace(LIMITS, max_versions=7))["version"] == 5


def test_words_are_cleaned_and_cut(store: Store, meeting: str) -> None:
    """No NUL and no half characters come into the database; names and reasons are one short line."""
    done = write(store, "a\0b\ud800", author="A\0" + "x" * 300, reason="why\n\n" + "y" * 2_000)
    assert content_of(store) == "ab\ufffd"
    assert (len(done["author"]), len(done["reason"])) == (255, 1_000)
    assert done["reason"].startswith("why y")


def test_names_are_found_however_they_are_coded(store: Store, meeting: str) -> None:
    """A path in NFD is the same path."""
    write(store, "x", "cafe\u0301.md")
    assert content_of(store, "caf\u00e9.md") == content_of(store, "cafe\u0301.md") == "x"


def test_a_history(store: Store, meeting: str) -> None:
    """All versions, oldest first, each with what it changed; of the first one nothing is said."""
    write(store, "one\n2\n", author="A", reason="Shorter.")
    roll_back(store, 1)
    with store.read() as connection:
        first, second, third = files.history(connection, meeting, "plan.md")
    assert (first["version"], first["diff"], first["added"], first["removed"]) == (1, None, None, None)
    assert second["diff"] == "--- plan.md\n+++ plan.md\n@@ -1,2 +1,2 @@\n one\n-two\n+2"
    assert (second["added"], second["removed"], second["author"], second["reason"]) == (1, 1, "A", "Shorter.")
    assert third["diff"].endswith("-2\n+two")
    assert "content" not in second


def test_a_page_of_a_history_compares_with_the_version_before_it(store: Store, meeting: str) -> None:
    for text in ("two", "three", "four"):
        write(store, text)
    with store.read() as connection:
        page = files.history(connection, meeting, "plan.md", after=2, limit=1)
        with pytest.raises(NotFound):
            files.history(connection, meeting, "none.md")
    assert [(each["version"], each["diff"].split("\n")[-2:]) for each in page] == [(3, ["-two", "+three"])]


def test_pages_of_files(store: Store, meeting: str) -> None:
    """In the order of their paths."""
    write(store, "x", "b.md")
    with store.read() as connection:
        assert [each["path"] for each in files.latest(connection, meeting, limit=2)] == [
            "a/budget.md",
            "b.md",
        ]
        assert [each["path"] for each in files.latest(connection, meeting, after="b.md")] == ["plan.md"]


def test_a_meeting_that_is_forgotten_leaves_no_file(store: Store, meeting: str) -> None:
    """Its versions go with it; those of others stay."""
    with store.write() as connection:
        sessions.delete(connection, meeting)
    assert rows(store) == 1
    with store.read() as connection:
        assert files.read(connection, "other", "plan.md")["content"] == "another meeting's"


def test_documents_of_older_meetings_become_files(empty: Store) -> None:
    """What was given before there were versions is version 1 after the database was brought up to date."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with empty.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = {
            "session_id": "s",
            "template_id": "t",
            "status": "running",
            "created_at": "2026-11-21T05:00:00.000Z",
        }
        row |= dict.fromkeys(("graph", "agents", "panel", "node_statuses"), "{}")
        row |= dict.fromkeys(("subject", "objective", "fingerprint"), "")
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        connection.execute(sa.text(f"INSERT INTO sessions ({names}) VALUES ({values})"), row)
        for position, (name, content) in enumerate([("b.md", "first"), ("a.md", "x"), ("b.md", "second")]):
            given = {"position": position, "name": name, "content": content}
            connection.execute(
                sa.text("INSERT INTO documents VALUES ('s', :position, :name, :content)"), given
            )
    migrate(empty)
    with empty.read() as connection:
        assert files.newest(connection, "s") == {"a.md": 1, "b.md": 1}
        assert files.read(connection, "s", "b.md")["content"] == "first"
        assert files.documents(connection, "s")[:2] == [("b.md", "first"), ("a.md", "x")]

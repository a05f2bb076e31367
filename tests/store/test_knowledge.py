"""What a group knows: working memory that time empties, what people keep, and how it is found again."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from council import events
from council.errors import Conflict, Invalid, NotFound
from council.jsontext import clean
from council.meeting.recall import Finding, recall_terms
from council.store import knowledge, projections, sessions
from council.store.engine import Store
from council.store.library import Library
from council.store.memory import Memory
from council.store.tables import knowledge as rows
from tests.support.rows import add_session

AT = "2026-11-21T12:00:00.000Z"
SOON = "2026-11-21T13:00:00.000Z"
NEXT_DAY = "2026-11-22T12:00:00.000Z"
LONG = " It was weighed at length and nobody could name an error in it."


@pytest.fixture
def open_(store: Store) -> Iterator[Connection]:
    """A transaction of the test's own."""
    with store.write() as connection:
        yield connection


def finding(content: str, kind: str = "fact", confidence: float | None = 1.0) -> Finding:
    return Finding(kind, content[:40], content + LONG, confidence)


def remember(open_: Connection, group: str, *findings: Finding, session: str = "s", at: str = AT) -> None:
    knowledge.remember(open_, group, findings, session_id=session, node_id="n", at=at)


def known(open_: Connection, group: str, words: str = "", at: str = SOON, **more: Any) -> list[str]:
    """The titles of what the group knows, newest first."""
    found = knowledge.listed(open_, group, at=at, limit=more.pop("limit", 500), words=words, **more)
    return [item["title"] for item in found]


def note(open_: Connection, group: str, title: str, content: str = "…", at: str = AT) -> int:
    item = knowledge.add(open_, group, title=title, content=content, at=at)
    number: int = item["knowledge_id"]
    return number


# Working memory


@pytest.mark.parametrize(
    ("content", "confidence", "kept"),
    [("x" * 50, 0.8, 1), ("x" * 49, 0.8, 0), ("x" * 50, 0.79, 0), ("x" * 50, None, 0), ("x" * 50, 1.0, 1)],
)
def test_only_what_is_worth_it_is_kept(
    open_: Connection, content: str, confidence: float | None, kept: int
) -> None:
    """At least 50 characters, and sure by at least 0.8."""
    remember(open_, "g", Finding("fact", "t", content, confidence))
    assert len(known(open_, "g")) == kept


def test_it_is_kept_for_a_day(open_: Connection) -> None:
    """What has expired is never returned, whether it was swept or not."""
    remember(open_, "g", finding("The bridge holds 40 tonnes."))
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9)
    assert item["expires_at"] == NEXT_DAY
    assert known(open_, "g", at="2026-11-22T11:59:59.999Z") != []
    assert known(open_, "g", at=NEXT_DAY) == []
    assert known(open_, "g", "bridge", at=NEXT_DAY) == []
    assert recalled(open_, "g", "the bridge holds", at=NEXT_DAY) == []
    with pytest.raises(NotFound):
        knowledge.get(open_, "g", item["knowledge_id"], at=NEXT_DAY)
    with pytest.raises(NotFound):
        knowledge.promote(open_, "g", item["knowledge_id"], at=NEXT_DAY)


def test_what_has_expired_is_swept(open_: Connection) -> None:
    """When anything new is remembered, by any group; the index forgets it, too."""
    remember(open_, "g", finding("The bridge holds 40 tonnes."))
    remember(open_, "other", finding("Something new."), at=NEXT_DAY)
    assert open_.scalar(sa.select(sa.func.count()).select_from(rows)) == 1
    assert (
        open_.scalar(sa.text("SELECT count(*) FROM knowledge_index WHERE knowledge_index MATCH 'bridge'"))
        == 0
    )


def test_a_sweep_spares_what_people_keep(open_: Connection) -> None:
    note(open_, "g", "For ever")
    knowledge.sweep(open_, "2999-01-01T00:00:00.000Z")
    assert known(open_, "g") == ["For ever"]


def test_the_oldest_make_room(open_: Connection) -> None:
    """A group's working memory holds 50; what a person keeps does not count."""
    note(open_, "g", "kept")
    for number in range(53):
        remember(open_, "g", finding(f"Fact number {number:02}."))
    titles = known(open_, "g", layer="working")
    assert len(titles) == 50
    assert titles[0].startswith("Fact number 52.")
    assert titles[-1].startswith("Fact number 03.")
    assert known(open_, "g", layer="long_term") == ["kept"]


def test_many_at_once(open_: Connection) -> None:
    remember(open_, "g", *(finding(f"Fact number {number:02}.") for number in range(60)))
    assert len(known(open_, "g")) == 50


def test_the_same_found_again(open_: Connection) -> None:
    """It counts as new, and is kept once."""
    remember(open_, "g", finding("Water is wet."))
    remember(open_, "g", finding("Water is wet."), finding("Water is wet."), at=SOON)
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9)
    assert item["created_at"] == SOON


def test_what_a_person_keeps_already_is_not_kept_twice(open_: Connection) -> None:
    remember(open_, "g", finding("Water is wet."))
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9)
    knowledge.promote(open_, "g", item["knowledge_id"], at=SOON)
    remember(open_, "g", finding("Water is wet."), at=SOON)
    assert len(known(open_, "g")) == 1


# What people keep


def test_promotion(open_: Connection) -> None:
    """By a person's word it outlasts the day; harmless twice."""
    remember(open_, "g", finding("Water is wet."))
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9)
    promoted = knowledge.promote(open_, "g", item["knowledge_id"], at=SOON)
    assert (promoted["layer"], promoted["promoted_at"], promoted["expires_at"]) == ("long_term", SOON, None)
    assert knowledge.promote(open_, "g", item["knowledge_id"], at=NEXT_DAY) == promoted
    knowledge.sweep(open_, "2999-01-01T00:00:00.000Z")
    assert known(open_, "g", at="2999-01-01T00:00:00.000Z") == [item["title"]]


def test_a_note_by_hand(open_: Connection) -> None:
    """It is found by its words, changed, and found by the new ones only; then deleted."""
    number = note(open_, "g", "House rule", "Never deploy on Fridays.")
    assert known(open_, "g", "fridays") == ["House rule"]
    knowledge.change(open_, "g", number, content="Never deploy on Mondays.", at=SOON)
    assert known(open_, "g", "fridays") == []
    assert known(open_, "g", "mondays") == ["House rule"]
    knowledge.delete(open_, "g", number, at=SOON)
    assert known(open_, "g") == known(open_, "g", "mondays") == []


def test_what_a_meeting_found_stays_as_it_is(open_: Connection) -> None:
    """Until a person keeps it, nobody rewrites it."""
    remember(open_, "g", finding("Water is wet."))
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9)
    with pytest.raises(Conflict, match="stays as it is"):
        knowledge.change(open_, "g", item["knowledge_id"], content="Water is dry.", at=SOON)


def test_there_is_an_end_to_it(open_: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "MAX_LONG_TERM", 1)
    note(open_, "g", "one")
    with pytest.raises(Conflict):
        note(open_, "g", "two")
    remember(open_, "g", finding("Water is wet."))
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9, layer="working")
    with pytest.raises(Conflict):
        knowledge.promote(open_, "g", item["knowledge_id"], at=SOON)


# Search

TEXTS = {
    "climate": "气候政策的讨论：我们应该实行四天工作制吗？",
    "german": "Die ÄPFEL im Garten von Müller sind reif.",
    "syntax": 'He said "NEAR(a b)" AND then {col}: title* OR ^first-second "quoted" 100% a_b \\ / \'; DROP TABLE',
    "plain": "The four-day week was tried in Iceland from 2015 to 2019.",
}


@pytest.fixture
def library(open_: Connection) -> Connection:
    for title, content in TEXTS.items():
        note(open_, "g", title, content)
    return open_


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("", ["plain", "syntax", "german", "climate"]),
        ("   ", ["plain", "syntax", "german", "climate"]),
        ("iceland", ["plain"]),
        ("Iceland 2015", ["plain"]),
        ("Iceland 2016", []),
        ("celan", ["plain"]),
        ("20", ["plain"]),
        ("四天工作制", ["climate"]),
        ("气候", ["climate"]),
        ("吗", ["climate"]),
        ("气候 四天工作", ["climate"]),
        ("天四", []),
        ("äpfel", ["german"]),
        ("PLAIN", ["plain"]),
    ],
)
def test_words_are_found(library: Connection, words: str, titles: list[str]) -> None:
    """Every word in title or content, parts of words and short ones too, in any script, whatever the case."""
    assert known(library, "g", words) == titles


@pytest.mark.parametrize(
    "words",
    [
        '"NEAR(a', "AND", "OR", "title*", "{col}:", "^first-second", '"quoted"', "100%", "a_b", "\\", "/", "';", "DROP",
        '"', "%", "_", "'",
    ],
)  # fmt: skip
def test_nothing_is_an_operator(library: Connection, words: str) -> None:
    """Whatever means something to a query language is looked for as it stands."""
    expected = [title for title, content in TEXTS.items() if words.lower() in f"{title}\n{content}".lower()]
    assert sorted(known(library, "g", words)) == sorted(expected)
    assert "syntax" in expected


@pytest.mark.parametrize(
    "words", ["ice\0land", "\0", "\ud800iceland", "NEAR/3 iceland)", "col:iceland", "* *"]
)
def test_hostile_queries_do_no_harm(library: Connection, words: str) -> None:
    """No error, and nothing that does not hold the words."""
    known(library, "g", words)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="\"*^:(){}+-ANDORT \0\\%_'工作天a", max_size=40))
def test_a_search_finds_what_holds_the_words(library: Connection, words: str) -> None:
    """Every word is taken as it stands: what is found holds all of them, and no query is an error."""
    for title in known(library, "g", words):
        text = f"{title}\n{TEXTS[title]}".casefold()
        for word in clean(words).split():
            assert not word.isascii() or word.casefold() in text


@pytest.mark.parametrize("words", ["x" * 501, " ".join(f"abc{n}" for n in range(33))])
def test_a_query_has_limits(open_: Connection, words: str) -> None:
    with pytest.raises(Invalid):
        known(open_, "g", words)


def test_pages(open_: Connection, store: Store) -> None:
    """Newest first, nothing twice and nothing left out, also among those of the same moment."""
    for number in range(11):
        note(open_, "the_council", f"n{number:02}", at=AT if number % 2 else SOON)
    open_.commit()
    memory = Memory(store, Library(store=store))
    pages, cursor = [], None
    for _ in range(9):
        page = memory.of_group("the_council", limit=3, cursor=cursor)
        pages.append([item["title"] for item in page["items"]])
        cursor = page["next"]
        if cursor is None:
            break
    assert [len(page) for page in pages] == [3, 3, 3, 2]
    assert list(itertools.chain(*pages)) == [
        "n10", "n08", "n06", "n04", "n02", "n00", "n09", "n07", "n05", "n03", "n01",
    ]  # fmt: skip


@pytest.mark.parametrize("cursor", ["", "x", "eA==", "MjAyNnx4", "MjAyNnwtMQ==", "fHx8", "MjAyNnwxZTk=", "é"])
def test_a_cursor_that_is_not_ours(store: Store, cursor: str) -> None:
    with pytest.raises(Invalid):
        Memory(store, Library(store=store)).of_group("the_council", limit=3, cursor=cursor)


# Recalling


def recalled(open_: Connection, group: str, matter: str, **more: Any) -> list[str]:
    given: dict[str, Any] = {"at": SOON, "limit": 5, "since": None, "verdicts": True, "not_from": "me"}
    found = knowledge.recalled(open_, group, recall_terms(matter), **(given | more))
    return [item["title"] for item in found]


def test_what_bears_on_a_matter_comes_first(open_: Connection) -> None:
    """The best match first; what has one word in common bears on nothing."""
    note(open_, "g", "Harbour", "The harbour wall was repaired.")
    note(open_, "g", "Iceland", "The four-day week in Iceland raised output.")
    note(open_, "g", "Holidays", "A four week holiday is the law.")
    assert recalled(open_, "g", "Shall we try a four-day week, as in Iceland?") == ["Iceland", "Holidays"]
    assert recalled(open_, "g", "Shall we repair the roof of the town hall?") == []


def test_chinese_matters(open_: Connection) -> None:
    """A sentence without spaces finds what shares a piece of it."""
    note(open_, "g", "试点", "冰岛试行四天工作制，产出没有下降。")
    note(open_, "g", "天气", "今天天气很好。")
    assert recalled(open_, "g", "我们应该实行四天工作制吗？") == ["试点"]


def test_short_chinese_matters(open_: Connection) -> None:
    """Two characters are too short for the index, and found all the same."""
    note(open_, "g", "薪酬", "去年加薪的理由是通货膨胀。")
    assert recalled(open_, "g", "加薪") == ["薪酬"]


def test_a_matter_without_words(open_: Connection) -> None:
    note(open_, "g", "Something", "Something")
    assert recalled(open_, "g", "???") == []


def test_no_more_than_asked_for(open_: Connection) -> None:
    for number in range(9):
        note(open_, "g", f"Bridge {number}", "The bridge holds forty tonnes.")
    assert len(recalled(open_, "g", "How much does the bridge hold, forty tonnes?", limit=4)) == 4


def test_a_meeting_is_not_told_what_it_found_itself(open_: Connection) -> None:
    remember(open_, "g", finding("The bridge holds 40 tonnes."), session="me")
    remember(open_, "g", finding("The bridge holds 50 tonnes."), session="other")
    assert [title[:27] for title in recalled(open_, "g", "bridge tonnes")] == ["The bridge holds 50 tonnes."]


def test_verdicts_may_be_left_out(open_: Connection) -> None:
    remember(
        open_,
        "g",
        finding("The bridge holds 40 tonnes."),
        finding("Close the bridge to 40 tonnes.", "verdict"),
    )
    assert len(recalled(open_, "g", "bridge tonnes")) == 2
    assert recalled(open_, "g", "bridge tonnes", verdicts=False) == ["The bridge holds 40 tonnes."]


def test_findings_grow_old_and_notes_do_not(open_: Connection) -> None:
    """A promoted finding counts from the day it was promoted."""
    note(open_, "g", "Note", "The bridge holds forty tonnes.", at="2020-01-01T00:00:00.000Z")
    remember(open_, "g", finding("The bridge holds 40 tonnes."))
    assert recalled(open_, "g", "bridge tonnes", since=SOON) == ["Note"]
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9, layer="working")
    knowledge.promote(open_, "g", item["knowledge_id"], at=SOON)
    assert len(recalled(open_, "g", "bridge tonnes", since=SOON)) == 2


# Isolation

_GROUPS = ("g", "G", "g ", "g%", "_", "group")
_acts = st.lists(
    st.tuples(
        st.sampled_from(["note", "remember", "promote", "change", "delete"]),
        st.sampled_from(_GROUPS),
        st.integers(0, 12),
    ),
    max_size=25,
)


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    """A transaction of which nothing stays."""
    with store._engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(acts=_acts, words=st.sampled_from(["", "secret", "of", "g", "%", "secret of"]))
def test_one_group_never_sees_anothers(store: Store, acts: list[tuple[str, str, int]], words: str) -> None:
    """Whatever the groups do, in whatever order: each sees, changes and recalls only what is its own."""
    with undone(store) as connection:
        for at, act in enumerate(acts):
            _do(connection, *act, at)
        for group in _GROUPS:
            found = knowledge.listed(connection, group, at=SOON, limit=500, words=words)
            found += knowledge.recalled(
                connection, group, recall_terms("the secret of somebody"),
                at=SOON, limit=50, since=None, verdicts=True, not_from="me",
            )  # fmt: skip
            assert {item["group_id"] for item in found} <= {group}
            assert all(f"of <{group}>" in item["content"] for item in found)


def _do(connection: Connection, act: str, group: str, number: int, at: int) -> None:
    """One act; on an item of another group it must be refused."""
    words = f"A secret of <{group}>, number {at}."
    all_ids = connection.scalars(sa.select(rows.c.knowledge_id).order_by(rows.c.knowledge_id)).all()
    chosen = all_ids[number % len(all_ids)] if all_ids else 1
    owner = connection.scalar(sa.select(rows.c.group_id).where(rows.c.knowledge_id == chosen))
    match act:
        case "note":
            note(connection, group, f"title {at}", words)
        case "remember":
            remember(connection, group, finding(words))
        case _ if owner != group:
            with pytest.raises(NotFound):
                _touch(connection, act, group, chosen, words)
        case _:
            _touch(connection, act, group, chosen, words)


def _touch(connection: Connection, act: str, group: str, knowledge_id: int, words: str) -> None:
    match act:
        case "promote":
            knowledge.promote(connection, group, knowledge_id, at=SOON)
        case "delete":
            knowledge.delete(connection, group, knowledge_id, at=SOON)
        case "change":
            if knowledge.get(connection, group, knowledge_id, at=SOON)["layer"] == "long_term":
                knowledge.change(connection, group, knowledge_id, content=words, at=SOON)


# From events


def verdict(**more: Any) -> events.Verdict:
    given: dict[str, Any] = {
        "node_id": "a", "outcome": "decided", "partial_reason": None, "word": "pass", "score": 88.0,
        "parts": {"strategic": 90.0, "practical": 90.0, "consistency": 84.0},
        "text": "The bridge is to be closed to lorries." + LONG, "html": "", "disputes": (),
        "orders": ("Put up a sign.",), "absences": (), "quorum": {"due": 2, "full": 2},
    }  # fmt: skip
    return events.Verdict(**(given | more))


def happened(open_: Connection, *what: events.Event, session: str = "s") -> None:
    for seq, event in enumerate(what, 1):
        projections.apply(open_, projections.Numbered(session, seq, AT, event))


@pytest.fixture
def meeting(store: Store) -> None:
    """A meeting of a group."""
    add_session(store, "s", group_id="g", status="running")
    add_session(store, "alone", status="running")


def test_a_verdict_is_remembered(meeting: None, open_: Connection) -> None:
    """In its event's own transaction, with what it is about, its ruling and its orders."""
    happened(open_, verdict())
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9)
    assert (item["kind"], item["title"], item["session_id"]) == ("verdict", "Subject of s", "s")
    assert item["content"].startswith("Ruling: pass\nThe bridge is to be closed")
    assert "To be mended: Put up a sign." in item["content"]
    assert item["confidence"] == 0.88


@pytest.mark.parametrize(
    "more",
    [
        {"outcome": "partial", "word": None},
        {"outcome": "impasse", "word": None},
        {"score": 60.0},
        {"score": None},
        {"person": {"action": "reject", "rejected": True}},
        {"quorum": {"due": 4, "full": 3}},
    ],
)
def test_a_verdict_that_is_none(meeting: None, open_: Connection, more: dict[str, Any]) -> None:
    """Partial, undecided, unsure, rejected by a person, or without too many members: nothing to remember."""
    happened(open_, verdict(**more))
    assert known(open_, "g") == []


def test_a_meeting_without_a_group_leaves_nothing(meeting: None, open_: Connection) -> None:
    happened(open_, verdict(), session="alone")
    assert open_.scalar(sa.select(sa.func.count()).select_from(rows)) == 0


def test_a_later_ruling_takes_the_earlier_ones_place(meeting: None, open_: Connection) -> None:
    """Also when it decides nothing any more."""
    happened(open_, verdict(), verdict(text="The bridge stays open." + LONG, round=2))
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9)
    assert "stays open" in item["content"]
    happened(open_, verdict(outcome="impasse", word=None, round=3))
    assert known(open_, "g") == []


def test_a_person_rejects_it(meeting: None, open_: Connection) -> None:
    """What was ruled is no finding any more; what was checked is."""
    happened(open_, verdict(), fact_check(), review("reject"))
    assert [item["kind"] for item in knowledge.listed(open_, "g", at=SOON, limit=9)] == ["fact"]


def test_a_person_approves_it(meeting: None, open_: Connection) -> None:
    happened(open_, verdict(), review("approve"))
    assert len(known(open_, "g")) == 1


def review(action: str) -> events.NodeResumed:
    return events.NodeResumed(node_id="b", review_id="r", action=action, by="person")


def fact_check(*claims: dict[str, Any]) -> events.FactCheck:
    return events.FactCheck(
        node_id="a", round=1, message_id=None, claims=claims or (claim(),), share_supported=1.0, verified=True
    )


def claim(status: str = "supported", source: str = "documents") -> dict[str, Any]:
    found = {
        "source": source,
        "title": "plan.md",
        "path": "plan.md",
        "lines": "L3",
        "text": "It holds 40 tonnes.",
    }
    return {
        "claim": "The bridge holds 40 tonnes.",
        "status": status,
        "source": found,
        "sources": [found] if status == "supported" else [],
    }


def test_facts_are_remembered_with_their_source(meeting: None, open_: Connection) -> None:
    happened(open_, fact_check())
    [item] = knowledge.listed(open_, "g", at=SOON, limit=9)
    assert (item["kind"], item["title"]) == ("fact", "The bridge holds 40 tonnes.")
    assert item["content"] == "The bridge holds 40 tonnes.\nSource: plan.md L3: “It holds 40 tonnes.”"


@pytest.mark.parametrize("found", [claim("refuted"), claim("not_checkable"), claim(source="knowledge")])
def test_what_no_source_says_is_no_fact(meeting: None, open_: Connection, found: dict[str, Any]) -> None:
    """And memory that confirms itself would never fade."""
    happened(open_, fact_check(found))
    assert known(open_, "g") == []


def test_a_meeting_that_is_forgotten(meeting: None, open_: Connection) -> None:
    """What it found goes with it, but for what somebody chose to keep."""
    happened(open_, verdict(), fact_check())
    facts = knowledge.listed(open_, "g", at=SOON, limit=9, words="plan.md")
    knowledge.promote(open_, "g", facts[0]["knowledge_id"], at=SOON)
    sessions.delete(open_, "s")
    assert known(open_, "g") == ["The bridge holds 40 tonnes."]

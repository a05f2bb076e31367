"""What meetings are started from: what comes with Council, merged with the users' own."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from council.errors import Conflict, Forbidden, NotFound
from council.meeting.graph import Agent, Template
from council.meeting.naming import RESERVED, free_id, slug
from council.store import groups, templates
from council.store.engine import Store
from council.store.library import Library
from council.store.shelf import Kept
from tests.support.meetings import SOLO, graph_of


@pytest.fixture
def library(store: Store) -> Library:
    return Library(store=store)


def anybody(_open: object) -> None:
    """A check that finds nothing."""


def agent(name: str = "Sceptic", **more: Any) -> Agent:
    return Agent(**({"agent_id": "", "name": name, "persona": "You doubt."} | more))


def template(name: str = "Alone", **more: Any) -> Template:
    return Template(**({"template_id": "", "name": name, "graph": graph_of(SOLO)} | more))


def keep_agent(library: Library, name: str = "Sceptic", wanted_id: str | None = None) -> Kept[Agent]:
    return library.agent_shelf.add(agent(name), name=name, wanted_id=wanted_id, check=anybody)


def keep_template(library: Library, name: str = "Alone", **more: Any) -> Kept[Template]:
    return library.template_shelf.add(template(name, **more), name=name, check=anybody)


# Reading


def test_built_in_ones_and_the_users_own_are_one_list(library: Library) -> None:
    """What comes with Council first, then the users' own; each is found by its id."""
    before = library.all_agents()
    kept = keep_agent(library).value
    assert library.all_agents() == [*before, kept]
    assert library.agent("sceptic") == kept
    assert library.agent("chief_justice").is_system
    assert not kept.is_system


def test_another_library_on_the_same_database_has_them_too(library: Library, store: Store) -> None:
    """They are rows, and no memory of a process."""
    kept = keep_template(library)
    assert Library(store=store).template("alone") == kept.value


def test_a_layout_is_kept(library: Library, store: Store) -> None:
    """Where somebody put the nodes, in the order in which they were moved."""
    layout = {"solo": {"x": -140, "y": 20}, "end": {"x": 0, "y": 300}}
    kept = keep_template(library, layout=layout)
    found = Library(store=store).template("alone")
    assert found == kept.value
    assert list(found.model_dump()["layout"].items()) == list(layout.items())


def test_what_is_named_is_read_with_one_query_at_most(library: Library, store: Store) -> None:
    """A start reads the agents it names, and not the shelf."""
    keep_agent(library)
    queries: list[str] = []
    count = _counting(store, queries)
    assert library.agents_named({"value_defender", "risk_auditor"}).keys() == {
        "value_defender",
        "risk_auditor",
    }
    assert queries == []
    assert library.agents_named({"value_defender", "sceptic", "nobody"}).keys() == {
        "value_defender",
        "sceptic",
    }
    assert len(queries) == 1
    sa.event.remove(store._engine, "before_cursor_execute", count)


def _counting(store: Store, queries: list[str]) -> Callable[..., None]:
    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            queries.append(statement)

    sa.event.listen(store._engine, "before_cursor_execute", count)
    return count


def test_without_a_database_there_is_what_comes_with_council() -> None:
    library = Library()
    assert [kept.value for kept in library.template_shelf.all()] == list(library.templates.values())
    with pytest.raises(NotFound):
        library.agent("sceptic")


def test_a_test_may_put_things_among_the_built_in_ones(library: Library) -> None:
    """As benchmarks and tests do, before anybody serves."""
    library.agents["guest"] = agent(agent_id="guest")
    assert library.agents_named(["guest"]) == {"guest": library.agents["guest"]}
    assert "guest" in library.agent_shelf.ids()


def test_ids_to_check_a_graph_against(library: Library) -> None:
    """Those it names when all exist; all there are, as soon as one does not, so that a near one can be told."""
    assert set(library.agent_ids_for(graph_of(SOLO))) == {"value_defender"}
    wrong = graph_of(SOLO | {"solo": SOLO["solo"] | {"properties": {"agent_id": "value_defendr"}}})
    assert set(library.agent_ids_for(wrong)) == set(library.agents)


# Ids


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Code Review, deep!", "code_review_deep"),
        ("安全评审 2", "安全评审_2"),
        ("Ünïcode", "ünïcode"),
        ("ＦＵＬＬ width", "full_width"),
        ("🙂", ""),
        ("__x__", "x"),
    ],
)
def test_an_id_is_made_of_the_name(name: str, expected: str) -> None:
    """In any script; a name without a letter gives none."""
    assert slug(name) == expected


@given(st.text(max_size=200))
def test_every_made_id_is_an_id(name: str) -> None:
    """Whatever the name: not empty, no word of an address, nothing that an address would have to hide."""
    made = free_id(name, "thing", lambda _taken: False)
    assert made
    assert made not in RESERVED
    assert not set(made) & set("/?#%&=. \t\n'\"<>\\")


def test_the_same_name_twice(library: Library) -> None:
    """The second gets a number; what comes with Council is counted, too."""
    assert keep_agent(library).value.agent_id == "sceptic"
    assert keep_agent(library).value.agent_id == "sceptic_2"
    assert keep_agent(library, "Risk Auditor").value.agent_id == "risk_auditor_2"
    assert keep_agent(library, "🙂").value.agent_id == "agent"
    assert keep_agent(library, "Generate").value.agent_id == "generate_2"


@pytest.mark.parametrize("taken", ["sceptic", "chief_justice"])
def test_an_id_that_somebody_has(library: Library, taken: str) -> None:
    keep_agent(library)
    with pytest.raises(Conflict):
        keep_agent(library, "Other", wanted_id=taken)


def test_two_who_save_the_same_name_at_once(library: Library) -> None:
    """Each gets an id of its own: it is chosen inside the transaction."""
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(keep_agent(library).value.agent_id)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ids) == sorted(["sceptic", *(f"sceptic_{n}" for n in range(2, 9))])


# Changing


def test_what_comes_with_council_stays(library: Library) -> None:
    """Neither changed nor deleted; the error says how to get one that can be."""
    mine = library.agent("chief_justice").model_copy(update={"name": "Mine"})
    with pytest.raises(Forbidden, match="comes with Council") as refused:
        library.agent_shelf.replace(mine, seen=None, check=anybody)
    assert "/agents/chief_justice/copy" in refused.value.hint
    with pytest.raises(Forbidden):
        library.agent_shelf.remove("chief_justice", check=anybody)
    assert library.agent("chief_justice").name == "Chief Justice"


def test_a_change(library: Library) -> None:
    """It keeps the day it was made, and gets a new one of its change."""
    kept = keep_agent(library)
    changed = library.agent_shelf.replace(
        agent("Doubter", agent_id="sceptic"), seen=kept.updated_at, check=anybody
    )
    found = library.agent_shelf.get("sceptic")
    assert found == changed
    assert (found.value.name, found.created_at) == ("Doubter", kept.created_at)


def test_somebody_else_has_saved_meanwhile(library: Library) -> None:
    """Whoever changed an older version is told, and changes nothing: even within the same millisecond."""
    kept = keep_agent(library)
    shelf = library.agent_shelf
    shelf.replace(agent("First", agent_id="sceptic"), seen=kept.updated_at, check=anybody)
    with pytest.raises(Conflict, match="meanwhile"):
        shelf.replace(agent("Second", agent_id="sceptic"), seen=kept.updated_at, check=anybody)
    assert library.agent("sceptic").name == "First"


def test_each_change_has_a_time_of_its_own(library: Library) -> None:
    stamps = [keep_agent(library).updated_at]
    for _ in range(20):
        kept = library.agent_shelf.replace(agent(agent_id="sceptic"), seen=stamps[-1], check=anybody)
        stamps.append(kept.updated_at)
    assert stamps == sorted(set(stamps), key=str)


def test_what_does_not_exist(library: Library) -> None:
    with pytest.raises(NotFound):
        library.agent_shelf.replace(agent(agent_id="nobody"), seen=None, check=anybody)
    with pytest.raises(NotFound):
        library.agent_shelf.remove("nobody", check=anybody)


def test_a_check_that_refuses_changes_nothing(library: Library) -> None:
    """It looks inside the transaction, before anything is written."""

    def refuse(_open: object) -> None:
        raise Conflict("No.")

    with pytest.raises(Conflict):
        library.agent_shelf.add(agent(), name="Sceptic", check=refuse)
    assert library.agent_shelf.find("sceptic") is None
    keep_agent(library)
    with pytest.raises(Conflict):
        library.agent_shelf.remove("sceptic", check=refuse)
    assert library.agent("sceptic").name == "Sceptic"


def test_there_is_an_end_to_it(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shelf does not grow for ever."""
    monkeypatch.setattr("council.store.shelf.MAX_OWN", 2)
    keep_agent(library)
    keep_agent(library)
    with pytest.raises(Conflict, match="already"):
        keep_agent(library)


# Who uses what


def test_the_templates_that_name_an_agent(library: Library, store: Store) -> None:
    """As a member or as a voter; an id that only begins like it is another one."""
    voting = SOLO | {
        "start": {"type": "start", "next_ids": ["ballot"]},
        "ballot": {
            "type": "vote",
            "next_ids": ["solo"],
            "properties": {"agent_ids": ["sceptic", "member_a"]},
        },
    }
    keep_template(library, "Votes", graph=graph_of(voting))
    keep_template(library, "Alone")
    with store.read() as connection:
        assert templates.that_name(connection, "sceptic") == ["votes"]
        assert templates.that_name(connection, "value_defender") == ["alone", "votes"]
        assert templates.that_name(connection, "scep") == []


def test_the_group_that_comes_with_council(library: Library) -> None:
    """It has words for every member, and cannot be changed."""
    council = library.group("the_council")
    assert council.is_system
    assert len(council.system_prompt) > 200


def test_who_usually_sits_where(library: Library) -> None:
    """What is said for one template goes before what is said for all."""
    group = library.group("the_council").model_copy(
        update={"default_agents": {"*": {"a": "one", "b": "two"}, "debate": {"a": "three"}}}
    )
    assert group.seats_for("debate") == {"a": "three", "b": "two"}
    assert group.seats_for("other") == {"a": "one", "b": "two"}


def test_the_groups_of_an_agent(library: Library, store: Store) -> None:
    group = library.group("the_council").model_copy(
        update={"default_agents": {"council_debate": {"negative": "sceptic"}}}
    )
    library.group_shelf.add(group, name="Ours", check=anybody)
    with store.read() as connection:
        assert groups.that_seat(connection, "sceptic") == ["ours"]
        assert groups.that_seat(connection, "negative") == []
        assert groups.that_furnish(connection, "council_debate") == ["ours"]

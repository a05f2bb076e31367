"""The reference is complete and current: it has what the code has, and nothing else."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from council.application import create_app
from council.commands import COMMANDS, LATER_COMMANDS
from council.events import EVENTS
from council.meeting.graph import Template
from council.meeting.nodes import NODE_TYPES
from council.meeting.validation import check
from council.settings import Settings, known_names
from council.store.library import Library
from council.web import problems
from tests.docs.markdown import ROOT
from tests.docs.reference import FOLDER, error_kinds, made_anew, made_parts

_ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^ `?]*)`")
_FENCED_YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda page: page.name)
def test_made_parts_are_current(page: Path) -> None:
    """What is made from the code is as the code is. To mend it: python -m tests.docs.reference"""
    text = page.read_text("utf-8")
    assert text == made_anew(text)


def test_settings() -> None:
    """Every setting is in the reference, once."""
    listed = re.findall(r"^\| `(COUNCIL_\w+)` \|", _page("settings"), re.MULTILINE)
    assert sorted(listed) == sorted(known_names())


def test_events() -> None:
    """Every event has a section with its data, and every section is of an event."""
    assert _sections("events", "###") == sorted(EVENTS)
    assert sorted(made_parts(_page("events"))) == sorted(f"data of {name}" for name in EVENTS)


def test_commands() -> None:
    """Every command has a section with its fields; those of later versions are named."""
    page = _page("commands")
    assert _sections("commands", "##") == sorted(COMMANDS)
    assert {f"fields of {name}" for name in COMMANDS} <= set(made_parts(page))
    assert [name for name in LATER_COMMANDS if f"`{name}`" not in page] == []


def test_later_fields_are_named() -> None:
    """Every field whose feature does not exist yet is named as such."""
    page = _page("commands")
    later = {field for kind in COMMANDS.values() for field in kind.later}
    assert [field for field in later if f"`{field}`" not in page] == []


def test_errors() -> None:
    """Every code that the code has is in the reference, those included that stand where an error is raised."""
    listed = set(re.findall(r"`([a-z_]+)`", _page("errors")))
    codes = {kind.code for kind in error_kinds()} | set(_codes_where_raised())
    assert codes | set(problems._CODES.values()) | {"http_error"} <= listed


def test_routes(app: Flask) -> None:
    """Every route is in the reference, and every route there exists."""
    exist = {
        (method, re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(_ROUTE.findall(_page("rest") + _page("sockets"))) & exist == exist
    assert set(_ROUTE.findall(_page("rest") + _page("sockets"))) - exist == set()


def test_close_codes() -> None:
    """Every code that the server closes a socket with is in the reference."""
    listed = set(re.findall(r"\d{4}", _page("sockets").partition("## How a socket ends")[2]))
    assert {"1000", "1002", "1007", "1008", "1009", "1011", "1012", "1013", "4404"} <= listed


def test_node_types() -> None:
    """Every type of node has a section with its properties."""
    assert _sections("templates", "###") == sorted(NODE_TYPES)
    assert {f"properties of {name}" for name in NODE_TYPES} <= set(made_parts(_page("templates")))


def test_example_template(tmp_path: Path) -> None:
    """The template that is shown as an example can be used."""
    [example] = _FENCED_YAML.findall(_page("templates"))
    (tmp_path / "agents.yaml").write_text(
        (ROOT / "council/workflows/agents.yaml").read_text("utf-8"), "utf-8"
    )
    (tmp_path / "two_views.yaml").write_text(example, "utf-8")
    library = Library(tmp_path)
    template: Template = library.template("two_views")
    check(template.graph, library.agents)
    assert set(template.layout) == {"for", "against"}


@pytest.fixture
def app(make_settings: Callable[..., Settings]) -> Flask:
    return create_app(make_settings())


def _page(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text("utf-8")


def _sections(page: str, level: str) -> list[str]:
    """The names in code that a page has as headings of that level."""
    return sorted(re.findall(rf"^{level} `([^`]+)`$", _page(page), re.MULTILINE))


def _codes_where_raised() -> Iterator[str]:
    """Every ``code="..."`` that is passed to something in the product."""
    for path in (ROOT / "council").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.keyword(arg="code", value=ast.Constant(value=str(code))):
                    yield code

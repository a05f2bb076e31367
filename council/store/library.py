"""What there is to start a meeting from: what comes with Council, from its YAML files, and the users' own."""

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement

from council.meeting.graph import Agent, Graph, Template
from council.meeting.group import Group
from council.store import agents, groups, templates
from council.store.engine import Store
from council.store.shelf import Shelf

FOLDER = Path(__file__).parent.parent / "workflows"
AGENTS_FILE = "agents.yaml"
GROUPS_FILE = "groups.yaml"


class Library:
    """Three shelves. The files are read once, when they are first asked for; the users' own at each call.

    Without a ``store`` there is only what comes with Council.
    """

    def __init__(self, folder: Path = FOLDER, store: Store | None = None) -> None:
        self._folder = folder
        self.template_shelf: Shelf[Template] = Shelf(templates.KIND, self._load_templates, store)
        self.agent_shelf: Shelf[Agent] = Shelf(agents.KIND, self._load_agents, store)
        self.group_shelf: Shelf[Group] = Shelf(groups.KIND, self._load_groups, store)

    def within(self, seen: Callable[[str], ColumnElement[bool]]) -> "Library":
        """The same library for somebody who sees those of a kind's rows only for which ``seen`` holds."""
        narrowed = copy(self)
        narrowed.template_shelf = self.template_shelf.within(seen("template"))
        narrowed.agent_shelf = self.agent_shelf.within(seen("agent"))
        narrowed.group_shelf = self.group_shelf.within(seen("group"))
        return narrowed

    # What comes with Council, by id

    @property
    def templates(self) -> dict[str, Template]:
        return self.template_shelf.built_in

    @property
    def agents(self) -> dict[str, Agent]:
        return self.agent_shelf.built_in

    @property
    def groups(self) -> dict[str, Group]:
        return self.group_shelf.built_in

    def built_in(self, kind: str) -> Collection[str]:
        """The ids of what comes with Council, by the word for its kind; there is nothing of other kinds."""
        shelves: dict[str, Shelf[Any]] = {
            "template": self.template_shelf,
            "agent": self.agent_shelf,
            "group": self.group_shelf,
        }
        return shelves[kind].built_in if kind in shelves else ()

    # All there is

    def template(self, template_id: str) -> Template:
        """Raises NotFound."""
        return self.template_shelf.get(template_id).value

    def agent(self, agent_id: str) -> Agent:
        """Raises NotFound."""
        return self.agent_shelf.get(agent_id).value

    def group(self, group_id: str) -> Group:
        """Raises NotFound."""
        return self.group_shelf.get(group_id).value

    def agents_named(self, agent_ids: Collection[str]) -> dict[str, Agent]:
        """Those of these agents that exist."""
        return self.agent_shelf.named(agent_ids)

    def agent_ids_for(self, graph: Graph) -> Collection[str]:
        """Ids to check a graph against: those it names; when one does not exist all there are, to find a near one."""
        named = templates.agents_named(graph)
        found = self.agents_named(named)
        return found.keys() if found.keys() == named else self.agent_shelf.ids()

    def all_templates(self) -> list[Template]:
        return [kept.value for kept in self.template_shelf.all()]

    def all_agents(self) -> list[Agent]:
        return [kept.value for kept in self.agent_shelf.all()]

    # The files

    def _load_agents(self) -> dict[str, Agent]:
        raw = _load(self._folder / AGENTS_FILE)
        return _by_id(
            (Agent.model_validate(item | {"is_system": True}) for item in raw), lambda a: a.agent_id
        )

    def _load_groups(self) -> dict[str, Group]:
        path = self._folder / GROUPS_FILE
        raw = _load(path) if path.exists() else []
        return _by_id(
            (Group.model_validate(item | {"is_system": True}) for item in raw), lambda g: g.group_id
        )

    def _load_templates(self) -> dict[str, Template]:
        others = (AGENTS_FILE, GROUPS_FILE)
        files = sorted(path for path in self._folder.glob("*.yaml") if path.name not in others)
        return _by_id((_template(_load(path)) for path in files), lambda t: t.template_id)


def _by_id(values: Iterable[Any], id_of: Callable[[Any], str]) -> dict[str, Any]:
    return {id_of(value): value for value in values}


def _load(path: Path) -> Any:
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _parsed(path: Path, _changed: int) -> Any:
    """What a file says, read once for each state of it in this process: whoever gets it does not change it."""
    from ruamel.yaml import YAML  # Slow to import, and not needed to serve a page.

    return YAML(typ="safe", pure=True).load(path)


def _template(raw: Mapping[str, Any]) -> Template:
    """In the files a node's id is its key alone."""
    nodes = {node_id: node | {"node_id": node_id} for node_id, node in raw["graph"]["nodes"].items()}
    graph = raw["graph"] | {"nodes": nodes}
    return Template.model_validate({**raw, "graph": graph, "is_system": True})

"""The templates and agents that come with Council, from their YAML files."""

from functools import cached_property
from pathlib import Path
from typing import Any

from council.errors import NotFound
from council.meeting.graph import Agent, Template

FOLDER = Path(__file__).parent.parent / "workflows"
AGENTS_FILE = "agents.yaml"


class Library:
    """What there is to start a meeting from; read once, when it is first asked for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @cached_property
    def agents(self) -> dict[str, Agent]:
        raw = _load(self._folder / AGENTS_FILE)
        return {item["agent_id"]: Agent.model_validate(item | {"is_system": True}) for item in raw}

    @cached_property
    def templates(self) -> dict[str, Template]:
        files = sorted(path for path in self._folder.glob("*.yaml") if path.name != AGENTS_FILE)
        found = [_template(_load(path)) for path in files]
        return {template.template_id: template for template in found}

    def template(self, template_id: str) -> Template:
        """Raises NotFound."""
        if template_id not in self.templates:
            raise NotFound(f"There is no template {template_id!r}.", hint="GET /api/v1/templates lists them.")
        return self.templates[template_id]

    def agent(self, agent_id: str) -> Agent:
        """Raises NotFound."""
        if agent_id not in self.agents:
            raise NotFound(f"There is no agent {agent_id!r}.", hint="GET /api/v1/agents lists them.")
        return self.agents[agent_id]


def _load(path: Path) -> Any:
    from ruamel.yaml import YAML  # Slow to import, and not needed to serve a page.

    return YAML(typ="safe", pure=True).load(path)


def _template(raw: dict[str, Any]) -> Template:
    """In the files a node's id is its key alone."""
    for node_id, node in raw["graph"]["nodes"].items():
        node["node_id"] = node_id
    return Template.model_validate(raw | {"is_system": True})

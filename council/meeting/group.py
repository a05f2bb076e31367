"""People who meet more than once: what every member is told, and who usually sits where."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

EVERY_TEMPLATE = "*"
"""In ``default_agents``: whatever template it is."""


class Group(BaseModel):
    """``default_agents``: by template id or ``*``, which agent sits at which node unless the start says otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)

    group_id: str
    name: str = Field(max_length=128)
    description: str = Field("", max_length=512)
    system_prompt: str = Field("", max_length=20_000)
    default_agents: dict[str, dict[str, str]] = {}
    is_system: bool = False

    def seats_for(self, template_id: str) -> dict[str, str]:
        """Node -> agent for a meeting from this template; what is said for it goes before what is said for all."""
        return self.default_agents.get(EVERY_TEMPLATE, {}) | self.default_agents.get(template_id, {})

    def seats(self) -> Iterator[tuple[str, str, str]]:
        """Every default as (template, node, agent)."""
        for template_id, agents in self.default_agents.items():
            yield from ((template_id, node_id, agent_id) for node_id, agent_id in agents.items())

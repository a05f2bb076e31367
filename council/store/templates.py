"""Templates of the users' own, as rows."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from council.meeting.graph import Graph, Template
from council.store import tables
from council.store.shelf import Kind

_FIELDS = ("name", "description", "category")


def _to_row(template: Template) -> dict[str, Any]:
    return template.model_dump(mode="json", include={*_FIELDS, "graph", "layout"})


def _from_row(row: RowMapping) -> Template:
    fields = {name: row[name] for name in (*_FIELDS, "template_id")}
    return Template(**fields, graph=Graph.model_validate(row["graph"]), layout=row["layout"])


KIND = Kind("template", tables.templates, _to_row, _from_row)


def agents_named(graph: Graph) -> frozenset[str]:
    """Every agent that a node of this graph names: who sits there, who votes, or who stands in."""
    return frozenset(_agents_named(graph))


def _agents_named(graph: Graph) -> Iterator[str]:
    for node in graph.nodes.values():
        properties = node.properties
        seated, voters = properties.get("agent_id"), properties.get("agent_ids")
        found = [seated, properties.get("fallback_agent_id")]
        found += voters if isinstance(voters, list | tuple) else ()
        yield from (each for each in found if isinstance(each, str))


def that_name(connection: Connection, agent_id: str) -> list[str]:
    """The ids of the users' own templates in which this agent has a part."""
    written = sa.cast(tables.templates.c.graph, sa.Text).contains(f'"{agent_id}"', autoescape=True)
    rows = connection.execute(sa.select(tables.templates).where(written)).mappings()
    found = (_from_row(row) for row in rows)
    return sorted(each.template_id for each in found if agent_id in agents_named(each.graph))

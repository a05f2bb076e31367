"""The pages of templates: their list, and the editor of one."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext

from council.meeting.graph import Template
from council.parts import Parts
from council.people.who import reaches
from council.store.shelf import Kept
from council.store.templates import agents_named
from council.web.allowed import lesser_rights
from council.web.api.shelf import as_item
from council.web.auth import library_of, me
from council.web.drawing import across
from council.web.frame import pages_blueprint
from council.web.own_words import told, told_graph
from council.web.palette import node_types
from council.web.picture import draw

CATEGORIES = ("code_review", "business_plan", "quick_decision", "debate", "custom", "other")
REHEARSAL = "rehearsal"


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("template_pages")

    @pages.get("/templates")
    def templates_page() -> str:
        names = {agent.agent_id: agent.name for agent in parts.library.all_agents()}
        cards = [_card(kept, names) for kept in library_of(parts, me()).template_shelf.all()]
        rights = lesser_rights(parts, "template", [card["template_id"] for card in cards])
        return render_template(
            "templates.html",
            page="templates",
            templates=[card | {"right": rights.get(card["template_id"], "own")} for card in cards],
            may_make=reaches(me().level, "run"),
            rehearsal=_only_rehearsal(parts),
            page_data={"node_types": node_types(), "agents": _agents(parts)},
        )

    @pages.get("/templates/new")
    def new_page() -> str:
        head = {"name": gettext("New template"), "description": "", "category": "custom", "layout": {}}
        return _editor(parts, head | {"graph": _beginning(parts), "locked": not reaches(me().level, "run")})

    @pages.get("/templates/<template_id>/edit")
    def editor_page(template_id: str) -> str:
        item = _told(as_item(parts.library.template_shelf.get(template_id)))
        foreign = lesser_rights(parts, "template", [template_id]).get(template_id) == "read"
        return _editor(parts, item | {"locked": item["is_system"] or foreign})

    return pages


def _editor(parts: Parts, template: dict[str, Any]) -> str:
    return render_template(
        "editor.html",
        page="editor",
        template=template,
        categories=CATEGORIES,
        page_data={"template": template, "node_types": node_types(), "agents": _agents(parts)},
    )


def _told(item: dict[str, Any]) -> dict[str, Any]:
    """What comes with Council in the reader's language: nobody saves it under its own id. Others stay as they are."""
    if not item["is_system"]:
        return item
    words = {name: told(item[name]) for name in ("name", "description")}
    return item | words | {"graph": told_graph(item["graph"])}


def _agents(parts: Parts) -> list[dict[str, str]]:
    return [{"agent_id": agent.agent_id, "name": agent.name} for agent in parts.library.all_agents()]


def _card(kept: Kept[Template], names: dict[str, str]) -> dict[str, Any]:
    """A template as its card shows it; its members in the order of their nodes."""
    item = as_item(kept)
    named = agents_named(kept.value.graph)
    sitting = (node.properties.get("agent_id") for node in kept.value.graph.nodes.values())
    order = dict.fromkeys([each for each in sitting if each in named] + sorted(named))
    members = [names.get(agent_id, agent_id) for agent_id in order]
    return item | {
        "name": told(item["name"]),
        "description": told(item["description"]),
        "drawing": across(draw(told_graph(item["graph"]))),
        "members": members,
    }


def _beginning(parts: Parts) -> dict[str, Any]:
    """The smallest meeting there is: somebody speaks."""
    first = parts.library.all_agents()[0]
    nodes: tuple[tuple[str, str, list[str], dict[str, str]], ...] = (
        ("start", "Opening", ["first"], {}),
        ("first", first.name, ["end"], {"agent_id": first.agent_id}),
        ("end", "Record", [], {}),
    )
    return {
        "start_node_id": "start",
        "nodes": {
            node_id: {
                "node_id": node_id,
                "type": node_id if node_id != "first" else "agent",
                "name": name,
                "next_ids": next_ids,
                "properties": properties,
            }
            for node_id, name, next_ids, properties in nodes
        },
    }


def _only_rehearsal(parts: Parts) -> bool:
    return not any(each.models and each.provider_id != REHEARSAL for each in parts.catalogue.providers())

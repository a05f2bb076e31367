"""What the lobby shows: how a meeting may run, who would sit in it, and the meetings there are."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from flask_babel import gettext

from council.events import FINAL_STATUSES
from council.meeting.state import MOVES
from council.parts import Parts
from council.people.access import visible
from council.people.who import reaches
from council.web.allowed import with_rights
from council.web.auth import library_of, me
from council.web.drawing import across
from council.web.own_words import told, told_graph
from council.web.picture import draw

FIRST_TEMPLATE = "deliberate_and_vote"  # What is chosen as long as nobody chooses.
SAMPLE_TEMPLATE = "council_debate"  # What newcomers are shown: short, and nobody is asked anything.
MOST_RUNNING = 200
PAST_PAGE = 20


def lobby_reader(parts: Parts) -> Callable[[], dict[str, Any]]:
    """Reads it all anew at each call."""

    def read() -> dict[str, Any]:
        sessions = partial(parts.archive.sessions, seen=visible(me(), "session"))
        library = library_of(parts, me())
        return {
            "templates": [template.model_dump(mode="json") for template in library.all_templates()],
            "providers": [asdict(provider) for provider in parts.catalogue.providers()],
            "running": sessions(statuses=sorted(MOVES.keys() - FINAL_STATUSES), limit=MOST_RUNNING),
            "past": with_rights(parts, sessions(statuses=sorted(FINAL_STATUSES), limit=PAST_PAGE)),
            "may_start": reaches(me().level, "run"),
        }

    return read


def lobby_view(lobby: Mapping[str, Any]) -> dict[str, Any]:
    """What its template is given."""
    running, past = lobby["running"], lobby["past"]
    templates = [
        _as_card(template, told_graph(template["graph"]))
        for template in sorted(lobby["templates"], key=lambda each: each["template_id"] != FIRST_TEMPLATE)
    ]
    return {
        "page": "lobby",
        "templates": templates,
        "template_names": {card["template_id"]: card["name"] for card in templates},
        "rehearsal": not any(_speaks(provider) for provider in lobby["providers"]),
        "running": running["items"],
        "past": past["items"],
        "may_start": lobby.get("may_start", True),
        "first_run": bool(templates) and not running["items"] and not past["items"],
        "page_data": {
            "running": running,
            "past": past,
            "templates": {card["template_id"]: _for_script(card) for card in templates},
            "sample": _sample([card["template_id"] for card in templates]),
        },
    }


def seats(graph: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who sits in it, in the graph's order: each agent once, with all its nodes. Who is replaced at one of them is
    replaced at all."""
    found: dict[str, dict[str, Any]] = {}
    for node_id, node in graph["nodes"].items():
        agent_id = (node.get("properties") or {}).get("agent_id")
        if agent_id:
            seat = found.setdefault(agent_id, {"agent_id": agent_id, "node_ids": [], "roles": []})
            seat["node_ids"].append(node_id)
            seat["roles"].append(node.get("name") or node_id)
    return list(found.values())


def _as_card(template: Mapping[str, Any], graph: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **template,
        "name": told(template["name"]),
        "description": told(template["description"]),
        "drawing": across(draw(graph)),
        "seats": seats(graph),
        "nodes": {node_id: node["name"] or node_id for node_id, node in graph["nodes"].items()},
    }


def _for_script(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: card[name] for name in ("name", "seats", "nodes")}


def _sample(template_ids: list[str]) -> dict[str, Any] | None:
    """A meeting for those who have never seen one."""
    if not template_ids:
        return None
    return {
        "template_id": SAMPLE_TEMPLATE if SAMPLE_TEMPLATE in template_ids else template_ids[0],
        "subject": gettext("Should we work four days a week?"),
        "inputs": {
            "document": gettext(
                "# Four days a week\n\n"
                "We try it for six months, from May to October: 32 hours, the same pay, Fridays off.\n"
                "A pilot with two teams lost no deadline, and sick days fell by a third.\n"
                "Support must be reached on five days. Nobody has said yet who works on Fridays.\n"
                "We stop if customers wait longer than today, or if two deadlines in a row are missed.\n"
            ),
            "objective": gettext("Rested people, and customers who notice nothing."),
        },
    }


def _speaks(provider: Mapping[str, Any]) -> bool:
    return bool(provider["provider_id"] != "rehearsal" and provider["models"])

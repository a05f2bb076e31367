"""The pages people see: the lobby, the room, and what they see when a meeting does not exist."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, render_template, request

from council import clock
from council.web.comparison import comparison_view
from council.web.drawing import across, down
from council.web.frame import pages_blueprint
from council.web.own_words import told, told_graph
from council.web.picture import draw, initials
from council.web.stages import places, stages

RUNNING = frozenset({"pending", "running", "paused"})
SEAT_COLOURS = 6
FIRST_TEMPLATE = "deliberate_and_vote"  # What is chosen as long as nobody chooses.


def blueprint(lobby: Callable[[], dict[str, Any]], snapshot: Callable[[str], dict[str, Any]]) -> Blueprint:
    """The pages. ``lobby`` gives templates, providers and sessions; ``snapshot`` a meeting, or raises NotFound."""
    pages = pages_blueprint("pages")

    @pages.get("/")
    def lobby_page() -> str:
        return render_template("lobby.html", **lobby_view(lobby()))

    @pages.get("/meetings/<session_id>")
    def room_page(session_id: str) -> str:
        beside = request.args.get("beside")
        if beside is not None:
            return render_template("compare.html", **comparison_view(snapshot(session_id), snapshot(beside)))
        return render_template("room.html", **room_view(snapshot(session_id)))

    return pages


# What the templates are given


def lobby_view(lobby: Mapping[str, Any]) -> dict[str, Any]:
    sessions = lobby["sessions"]["items"]
    return {
        "page": "lobby",
        "templates": [
            template
            | {
                "name": told(template["name"]),
                "description": told(template["description"]),
                "drawing": across(draw(told_graph(template["graph"]))),
            }
            for template in sorted(lobby["templates"], key=lambda each: each["template_id"] != FIRST_TEMPLATE)
        ],
        "rehearsal": not any(_speaks(provider) for provider in lobby["providers"]),
        "running": [session for session in sessions if session["status"] in RUNNING],
        "past": [session for session in sessions if session["status"] not in RUNNING],
        "page_data": {"sessions": lobby["sessions"]},
    }


def room_view(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    picture = draw(told_graph(snapshot["graph"]))
    members = seated(snapshot["panel"]["members"])
    where = _with_seats(places(picture), members)
    return {
        "page": "room",
        "meeting": snapshot,
        "drawing": down(picture),
        "members": members,
        "places": where,
        "stages": stages(snapshot["messages"], where),
        "page_data": {"snapshot": snapshot, "places": where, "server_time": clock.timestamp()},
    }


def seated(panel: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The members, each once with all its nodes, and a colour for its seat. Who only stands in has no node."""
    panel = list(panel)
    own = {entry.get("seat", entry["node_id"]) for entry in panel}
    members: dict[str, dict[str, Any]] = {}
    for entry in panel:
        fresh = {
            "name": entry["name"],
            "model": entry["model"],
            "provider": entry["provider"],
            "node_ids": [],
        }
        member = members.setdefault(entry["agent_id"] or entry["node_id"], fresh)
        if entry["node_id"] not in own or entry.get("seat", entry["node_id"]) == entry["node_id"]:
            member["node_ids"].append(entry["node_id"])
    return [
        member | {"seat": place % SEAT_COLOURS + 1, "initials": initials(member["name"])}
        for place, member in enumerate(members.values())
    ]


def _with_seats(where: dict[str, dict[str, Any]], members: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each node with the member who speaks there; waypoints have seat 0."""
    seats = {node_id: member for member in members for node_id in member["node_ids"]}
    nobody = {"seat": 0, "model": ""}
    return {
        node_id: place
        | {name: seats.get(node_id, nobody)[name] for name in ("seat", "model")}
        | {"initials": initials(seats[node_id]["name"] if node_id in seats else place["name"])}
        for node_id, place in where.items()
    }


def _speaks(provider: Mapping[str, Any]) -> bool:
    return bool(provider["provider_id"] != "rehearsal" and provider["models"])

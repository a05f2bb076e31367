"""The pages people see: the lobby, the room, and what they see when a meeting does not exist."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext

from council import clock
from council.meeting.state import is_final
from council.people.access import Right
from council.web.comparison import comparison_view
from council.web.drawing import down
from council.web.frame import nowhere, pages_blueprint
from council.web.lobby import lobby_view
from council.web.own_words import told_graph, told_model
from council.web.picture import draw, initials
from council.web.stages import Section, places, sections, stages

SEAT_COLOURS = 6
PAINTED = 96  # Messages that a page begins with; the others follow.
WITHOUT_WORDS = ("message_id", "seq", "node_id", "agent_id", "role", "status", "round")


def blueprint(
    lobby: Callable[[], dict[str, Any]],
    snapshot: Callable[[str], dict[str, Any]],
    right: Callable[[str], Right] = lambda session_id: "own",
) -> Blueprint:
    """The pages. ``lobby`` gives what ``lobby_view`` takes; ``snapshot`` a meeting, or raises NotFound; ``right`` is
    what whoever asks may do in it."""
    pages = pages_blueprint("pages")
    pages.app_errorhandler(404)(nowhere)

    @pages.get("/")
    def lobby_page() -> str:
        return render_template("lobby.html", **lobby_view(lobby()))

    @pages.get("/meetings/<session_id>")
    def room_page(session_id: str) -> str:
        beside = request.args.get("beside")
        if beside is not None:
            return render_template("compare.html", **comparison_view(snapshot(session_id), snapshot(beside)))
        view = room_view(snapshot(session_id), whole="whole" in request.args)
        return render_template("room.html", right=right(session_id), **view)

    return pages


# What the templates are given


def room_view(snapshot: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """``whole``: with every message at once, however many there are."""
    picture = draw(told_graph(snapshot["graph"]))
    members = seated(snapshot["panel"]["members"])
    where = _with_seats(places(picture), members)
    painted = snapshot["messages"] if whole else _painted(snapshot)
    return {
        "page": "room",
        "meeting": snapshot,
        "drawing": down(picture),
        "members": members,
        "places": where,
        "sections": [_with_title(section, where) for section in sections(stages(painted, where))],
        "left_out": len(snapshot["messages"]) - len(painted),
        "is_over": is_final(snapshot["status"]),
        "page_data": {
            "snapshot": {**snapshot, "messages": _sparing(snapshot["messages"], painted)},
            "places": where,
            "server_time": clock.timestamp(),
        },
    }


def _painted(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages to begin with: the newest while the meeting runs, the first once it is over."""
    messages: list[dict[str, Any]] = snapshot["messages"]
    return messages[:PAINTED] if is_final(snapshot["status"]) else messages[-PAINTED:]


def _sparing(messages: list[dict[str, Any]], painted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All messages, those that are not painted without their words: the page asks for them when it stands."""
    here = {message["message_id"] for message in painted}
    return [
        message
        if message["message_id"] in here
        else {name: message[name] for name in WITHOUT_WORDS} | {"absent": True}
        for message in messages
    ]


def _with_title(section: Section, where: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The section with its heading, as ``static/js/lib/sections.js`` words it."""
    return {"key": section.key, "rows": section.rows, "title": _title(section, where)}


def _title(section: Section, where: Mapping[str, Mapping[str, Any]]) -> str:
    if section.phase is None:
        return ""
    together = sum(place["phase"] == section.phase for place in where.values())
    named = where.get(section.phase)
    name = named["name"] if named else gettext("%(count)s members in parallel", count=together)
    if section.round == 1:
        return str(name)
    return str(gettext("%(phase)s, round %(round)s", phase=name, round=section.round))


def seated(panel: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The members, each once with all its nodes, and a colour for its seat. Who only stands in has no node."""
    panel = list(panel)
    own = {entry.get("seat", entry["node_id"]) for entry in panel}
    members: dict[str, dict[str, Any]] = {}
    for entry in panel:
        fresh = {
            "name": entry["name"],
            "model": told_model(entry),
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

"""The pages of those who sit at the table: agents, and groups of people and agents."""

from typing import Any

from flask import Blueprint, render_template, request

from council.parts import Parts
from council.store.memory import Memory
from council.web.api.shelf import as_item
from council.web.frame import pages_blueprint


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("panel_pages")
    memory = Memory(parts.store, parts.library)

    @pages.get("/agents")
    def agents_page() -> str:
        return render_template("agents.html", page="agents")

    @pages.get("/groups")
    def groups_page() -> str:
        """All groups, or the one that ``?group=`` names, with its memory and its meetings."""
        wanted = request.args.get("group")
        data = {"group": one(wanted)} if wanted else {"known": memory.counts()}
        return render_template("groups.html", page="groups", page_data=data)

    def one(group_id: str) -> dict[str, Any]:
        return as_item(parts.library.group_shelf.get(group_id))

    return pages

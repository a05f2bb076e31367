"""The pages of those who sit at the table: agents, and groups of people and agents."""

from typing import Any

from flask import Blueprint, render_template, request

from council.parts import Parts
from council.store.memory import Memory
from council.web.allowed import lesser_rights
from council.web.api.shelf import as_item
from council.web.auth import library_of, me
from council.web.frame import pages_blueprint


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("panel_pages")
    memory = Memory(parts.store, parts.library)

    @pages.get("/agents")
    def agents_page() -> str:
        rights = lesser_rights(parts, "agent", parts.library.agent_shelf.ids())
        return render_template("agents.html", page="agents", page_data={"rights": rights})

    @pages.get("/groups")
    def groups_page() -> str:
        """All groups, or the one that ``?group=`` names, with its memory and its meetings."""
        wanted = request.args.get("group")
        data: dict[str, Any] = {"group": one(wanted)} if wanted else {"known": known()}
        ids = [wanted] if wanted else library_of(parts, me()).group_shelf.ids()
        data["rights"] = lesser_rights(parts, "group", ids)
        return render_template("groups.html", page="groups", page_data=data)

    def one(group_id: str) -> dict[str, Any]:
        return as_item(library_of(parts, me()).group_shelf.get(group_id))

    def known() -> dict[str, int]:
        """How much each group knows, of those that whoever asks may see."""
        seen = set(library_of(parts, me()).group_shelf.ids())
        return {group_id: count for group_id, count in memory.counts().items() if group_id in seen}

    return pages

"""The pages of those who sit at the table: agents, and groups of people and agents."""

from flask import Blueprint, render_template

from council.parts import Parts
from council.web.frame import pages_blueprint


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("panel_pages")

    @pages.get("/agents")
    def agents_page() -> str:
        return render_template("agents.html", page="agents")

    @pages.get("/groups")
    def groups_page() -> str:
        return render_template("groups.html", page="groups")

    return pages

"""The page of people: who one is, what programs ask in one's name, and, for admins, everybody."""

from typing import Any

from flask import Blueprint, render_template

from council.parts import Parts
from council.people.passwords import MIN_CHARACTERS
from council.people.who import LEVELS, Who, reaches
from council.web.auth import me
from council.web.frame import pages_blueprint


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("people_pages")
    people = parts.people

    @pages.get("/people")
    def people_page() -> str:
        who = me()
        return render_template("people.html", page="people", **(_yours(who) if who.user_id else {}))

    def _yours(who: Who) -> dict[str, Any]:
        users = people.accounts.all() if who.is_admin else []
        return {
            "has_password": people.accounts.get(who.name)["has_password"],
            "scopes": [level for level in LEVELS if reaches(who.level, level)],
            "min_characters": MIN_CHARACTERS,
            "page_data": {
                "name": who.name,
                "tokens": people.keys.tokens(who.user_id or ""),
                "users": users,
            },
        }

    return pages

"""The page of the model servers: where each is set, and those that admins enter."""

from flask import Blueprint, render_template

from council.parts import Parts
from council.web.api.endpoints import items_of
from council.web.frame import pages_blueprint


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("provider_pages")

    @pages.get("/providers")
    def providers_page() -> str:
        return render_template("providers.html", page="providers", page_data={"items": items_of(parts)})

    return pages

"""The pages of templates: their list, and the editor of one."""

from flask import Blueprint, render_template

from council.parts import Parts
from council.web.api.shelf import as_item
from council.web.frame import pages_blueprint


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("template_pages")

    @pages.get("/templates")
    def templates_page() -> str:
        return render_template("templates.html", page="templates")

    @pages.get("/templates/<template_id>/edit")
    def editor_page(template_id: str) -> str:
        kept = parts.library.template_shelf.get(template_id)
        return render_template("editor.html", page="editor", template=as_item(kept))

    return pages

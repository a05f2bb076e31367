"""What all pages have in common: what their templates are given, and what every answer carries."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException

from council.errors import CouncilError, NotFound
from council.export.formats import available
from council.web import problems, texts
from council.web.modules import modules_of
from council.web.own_words import told
from council.web.symbols import SIGNS, node_title

TEMPLATES = Path(__file__).parents[2] / "templates"
EVERY_SHEET = ("layers", "tokens", "base", "layout", "forms")
SHEETS = {
    "lobby": ("lobby", "graph"),
    "room": ("graph", "room", "panes", "message"),
    "compare": ("message", "code", "verdict", "deliberation", "compare"),
    "templates": ("graph", "shelf", "canvas", "templates"),
    "editor": ("canvas", "editor"),
    "agents": ("shelf", "agents"),
    "groups": ("shelf", "groups"),
    "login": ("door",),
    "people": ("shelf", "accounts"),
    "providers": ("shelf", "accounts", "providers"),
}
"""The style sheets of each page, beside ``EVERY_SHEET``."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def pages_blueprint(name: str) -> Blueprint:
    """A blueprint for pages: in the reader's language, with our policy, never from a cache."""
    pages = Blueprint(name, __name__, template_folder=str(TEMPLATES))
    pages.record_once(lambda state: texts.join_babel(state.app))  # type: ignore[arg-type]
    pages.record_once(_keep_order)
    pages.context_processor(_for_every_page)
    pages.after_request(_protect)
    pages.after_request(_remember_language)
    pages.register_error_handler(NotFound, _not_found)
    pages.register_error_handler(CouncilError, _refused)
    return pages


def nowhere(problem: HTTPException) -> Response:
    """What stands at an address that does not exist: a page for people, for programs the one shape."""
    if "text/html" not in request.accept_mimetypes.values() or request.path.startswith(("/api/", "/static/")):
        return problems.as_answer(problem)
    return _protect(make_response(render_template("not_found.html", **_for_every_page()), 404))


def _keep_order(state: BlueprintSetupState) -> None:
    """Data in a page stay in their order: that of a graph's nodes is the order of its members."""
    state.app.jinja_env.policies["json.dumps_kwargs"] = {"sort_keys": False}


def _for_every_page() -> dict[str, Any]:
    language = texts.page_language()
    who = g.get("who")
    return {
        "who": who if who is not None and who.user_id else None,
        "csrf": generate_csrf if who is not None and who.with_cookie else None,
        "language": language,
        "other_languages": {name: own for name, own in texts.OWN_NAMES.items() if name != language},
        "script_texts": texts.script_texts,
        "modules_of": modules_of,
        "sheets_of": lambda page: EVERY_SHEET + SHEETS.get(page, ()),
        "signs": SIGNS,
        "node_title": node_title,
        "told": told,
        "export_formats": available(),
    }


def _not_found(problem: NotFound) -> tuple[str, int]:
    return render_template("not_found.html", problem=problem), problem.status


def _refused(problem: CouncilError) -> Response:
    """Why a page is not shown: to people as a page, to programs in the one shape."""
    answer = problems.answer(problem)
    if "text/html" not in request.accept_mimetypes.values() or request.path.startswith("/api/"):
        return answer
    page = make_response(
        render_template("refused.html", **_for_every_page(), problem=problem), problem.status
    )
    page.headers.extend((name, value) for name, value in answer.headers if name == "Retry-After")
    return page


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _remember_language(response: Response) -> Response:
    asked = request.args.get("lang", "")
    if asked in texts.LANGUAGES:
        response.set_cookie(texts.COOKIE, asked, samesite="Lax", httponly=True)
    return response

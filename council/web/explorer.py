"""The API explains itself: its description, the schema of what is live, and a page to try it on."""

import threading
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template
from flask_wtf.csrf import generate_csrf

from council.errors import NotFound
from council.jsontext import dump
from council.web.auth import me
from council.web.body import read_query
from council.web.describe import Answer, describes
from council.web.live_schema import live_schema
from council.web.openapi import document

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Swagger UI lays itself out with style attributes.
        "img-src 'self' data:",  # Its arrows are in its style sheet.
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_SWAGGER = files("flask_openapi3_swagger") / "templates" / "swagger"
_ASSETS = {
    "swagger-ui.css": ("css/swagger-ui.css", "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": ("js/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
}


def blueprint(version: str) -> Blueprint:
    """The routes; ``version`` is Council's."""
    pages = Blueprint("explorer", __name__)
    description = _Once(lambda: document(_app(), version))
    live = _Once(live_schema)

    @pages.get("/api/openapi.json")
    @describes(
        "read_openapi",
        "Read this description",
        answer=Answer("OpenAPI 3.1.", {"application/json": {"type": "object"}}),
    )
    def openapi() -> Response:
        read_query()
        return Response(description.get(), mimetype="application/json")

    @pages.get("/api/live.schema.json")
    @describes(
        "read_live_schema",
        "Read what goes over WebSockets, as JSON Schema",
        answer=Answer("JSON Schema 2020-12.", {"application/schema+json": {"type": "object"}}),
    )
    def live_messages() -> Response:
        read_query()
        return Response(live.get(), mimetype="application/schema+json")

    @pages.get("/api/docs")
    def explore() -> Response:
        token = generate_csrf() if me().with_cookie else None
        response = Response(render_template("explorer.html", csrf=token), mimetype="text/html")
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    @pages.get("/api/docs/<name>")
    def asset(name: str) -> Response:
        read_query()
        if name not in _ASSETS:
            raise NotFound("There is no such file.", hint="The page is at /api/docs.")
        place, mimetype = _ASSETS[name]
        response = Response((_SWAGGER / place).read_bytes(), content_type=mimetype)
        response.headers["Cache-Control"] = "max-age=86400"
        return response

    return pages


class _Once:
    """A document as it travels, made when it is first asked for: it takes a good part of a second."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make
        self._lock = threading.Lock()  # Guards _made, and is held while it is made: nobody makes it twice.
        self._made: bytes | None = None

    def get(self) -> bytes:
        with self._lock:
            if self._made is None:
                self._made = dump(self._make()).encode()
            return self._made


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app

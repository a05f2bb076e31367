"""/sessions/{id}/export: the record of a meeting as a file."""

import threading

from flask import Blueprint, Response, current_app, request, stream_with_context

from council.errors import Malformed, Unavailable
from council.export.filename import disposition, filename
from council.export.formats import FORMATS, Format, exported
from council.export.material import Material
from council.parts import Parts
from council.web import texts
from council.web.api.sessions import known
from council.web.body import read_query

MAX_WAIT_SECONDS = 30.0
_FOLDED = "default-src 'none'; sandbox"  # A browser that shows the answer runs nothing in it.


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("export", __name__, url_prefix="/api/v1/sessions")
    api.record_once(lambda state: texts.join_babel(state.app))  # type: ignore[arg-type]
    press = threading.Lock()  # Held while pages are set: that takes a core, and one at a time is enough.

    @api.get("/<session_id>/export")
    def export(session_id: str) -> Response:
        wanted = _chosen_format()
        material = Material.of(parts.archive, known(session_id))
        if wanted.prints and not press.acquire(timeout=MAX_WAIT_SECONDS):
            raise Unavailable(
                "Other exports are being printed.", hint="Try again in a minute, or take md or html."
            )
        try:
            body = exported(wanted.name, material, texts.page_language(), current_app.jinja_env)
        finally:
            if wanted.prints:
                press.release()
        name = filename(material.snapshot["subject"], material.snapshot["created_at"], wanted.name)
        headers = {
            "Content-Disposition": disposition(name),
            "Content-Security-Policy": _FOLDED,
            "Cache-Control": "no-store",
        }
        return Response(stream_with_context(body), content_type=wanted.mimetype, headers=headers)

    return api


def _chosen_format() -> Format:
    """Raises Malformed for a format or a language that there is not."""
    query = read_query("format", "lang")
    if query.get("lang", "en") not in texts.LANGUAGES:
        raise Malformed(
            f"lang: use one of {', '.join(texts.LANGUAGES)}.", hint="Leave it out for the reader's own."
        )
    found = FORMATS.get(query.get("format", ""))
    if found is None:
        raise Malformed(
            f"format: use one of {', '.join(FORMATS)}.", hint=f"For example {request.path}?format=md."
        )
    return found

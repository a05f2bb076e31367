"""/sessions/{id}/export: the record of a meeting as a file."""

import threading

from flask import Blueprint, Response, current_app, request, stream_with_context

from council.errors import Malformed, Unavailable
from council.export.filename import disposition, filename
from council.export.formats import FORMATS, Format, exported
from council.export.material import Material
from council.parts import Parts
from council.web import texts
from council.web.body import read_query
from council.web.describe import Answer, Input, describes, text
from council.web.ids import known

MAX_WAIT_SECONDS = 30.0
MOST_IN_LINE = 4
_FOLDED = "default-src 'none'; sandbox"  # A browser that shows the answer runs nothing in it.


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("export", __name__, url_prefix="/api/v1/sessions")
    api.record_once(lambda state: texts.join_babel(state.app))  # type: ignore[arg-type]
    press = threading.Lock()  # Held while pages are set: that takes a core, and one at a time is enough.
    line = threading.BoundedSemaphore(MOST_IN_LINE)  # Those who wait hold a thread each.

    @api.get("/<session_id>/export")
    @describes(
        "export_session",
        "Take the record of a meeting away as a file",
        inputs=(
            Input("format", {"enum": list(FORMATS)}, "What kind of file.", required=True),
            text("Its language; without it the reader's.", name="lang", enum=list(texts.LANGUAGES)),
        ),
        answer=Answer(
            "The file.",
            {each.mimetype.partition(";")[0]: _shape(each) for each in FORMATS.values()},
            {"Content-Disposition": "Its name, made of the subject."},
        ),
        errors={
            413: "Too long to be printed: more than 1,000,000 characters.",
            422: "A package or a font for this format is missing (`not_available`).",
        },
    )
    def export(session_id: str) -> Response:
        wanted = _chosen_format()
        material = Material.of(parts.archive, known(session_id))
        if wanted.prints and not _next_in_line(press, line):
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


def _next_in_line(press: threading.Lock, line: threading.BoundedSemaphore) -> bool:
    """Have the press, after those who came before; ``False`` when enough wait already, or it takes too long."""
    if not line.acquire(blocking=False):
        return False
    try:
        return press.acquire(timeout=MAX_WAIT_SECONDS)
    finally:
        line.release()


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


def _shape(wanted: Format) -> dict[str, str]:
    """Of texts it can be said what they are."""
    return {"type": "string"} if wanted.mimetype.startswith("text/") else {}

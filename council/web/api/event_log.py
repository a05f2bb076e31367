"""/sessions/{session_id}/events, messages and usage: what the log of a meeting holds."""

from flask import Blueprint, Response, jsonify, request

from council.commands import MAX_SEQ
from council.errors import Invalid
from council.events import session_channel
from council.parts import Parts
from council.web import shapes, sse
from council.web.body import read_number, read_query
from council.web.describe import Answer, Input, describes, limit, number, text
from council.web.ids import known

MAX_PAGE = 1_000
MAX_EVENTS = 10_000
MAX_IDS = 100
_AFTER = number("after", "The number of the last event you have.", least=0, most=MAX_SEQ, default=0)


def install(api: Blueprint, parts: Parts) -> None:
    """Give the blueprint of meetings the routes of their logs."""

    @api.get("/<session_id>/events")
    @describes(
        "read_events",
        "Read the log of a meeting, or follow it",
        details="With `Accept: text/event-stream` the answer is a stream that goes on: each event is an `id` with its "
        "number and `data` with its envelope.",
        inputs=(
            _AFTER,
            text(
                "For streams: the log's epoch as you know it, from the snapshot or `Council-Epoch`.",
                name="epoch",
            ),
            limit(MAX_PAGE, MAX_EVENTS),
            Input(
                "Last-Event-ID",
                {"type": "string", "pattern": "^[0-9]*$"},
                "For streams, as browsers send it: goes before `after`.",
                "header",
            ),
        ),
        answer=Answer(
            "A page of the log, or the stream.",
            {"application/json": shapes.EventPage, "text/event-stream": {"type": "string"}},
        ),
        errors={409: "Of a stream: the log was rewritten since (`other_epoch`)."},
    )
    def events(session_id: str) -> Response:
        query = read_query("after", "limit", "epoch")
        after = read_number(query, "after", 0, least=0, most=MAX_SEQ)
        position = parts.archive.position(known(session_id))
        if "text/event-stream" in request.headers.get("Accept", ""):
            last = request.headers.get("Last-Event-ID")
            since = (
                read_number({"Last-Event-ID": last}, "Last-Event-ID", 0, least=0, most=MAX_SEQ)
                if last
                else after
            )
            return sse.stream(parts, session_id, since, position, query.get("epoch"))
        limit = read_number(query, "limit", MAX_PAGE, least=1, most=MAX_EVENTS)
        page = parts.archive.events(session_channel(known(session_id)), after, limit)
        more = bool(page) and page[-1][0] < position.seq
        following = str(page[-1][0]) if more else "null"
        body = (
            b'{"events":['
            + b",".join(envelope for _seq, envelope in page)
            + b'],"next":'
            + following.encode()
            + b"}"
        )
        return Response(body, mimetype="application/json")

    @api.get("/<session_id>/messages")
    @describes(
        "list_messages",
        "List what was said",
        details="Messages that began after the event `after`; `next` is where the next page begins.",
        inputs=(
            _AFTER,
            limit(100, MAX_PAGE),
            text(f"Only these messages: up to {MAX_IDS} ids with commas.", name="ids"),
        ),
        answer=shapes.MessagePage,
    )
    def messages(session_id: str) -> Response:
        query = read_query("after", "limit", "ids")
        after = read_number(query, "after", 0, least=0, most=MAX_SEQ)
        limit = read_number(query, "limit", 100, least=1, most=MAX_PAGE)
        return jsonify(parts.archive.messages(known(session_id), after, limit, _ids(query)))

    @api.get("/<session_id>/usage")
    @describes("read_usage", "Read what a meeting has cost, call by call", answer=shapes.Usage)
    def usage(session_id: str) -> Response:
        read_query()
        return jsonify(parts.archive.usage(known(session_id)))


def _ids(query: dict[str, str]) -> list[str] | None:
    """The messages that are asked for by name, if any are. Raises Invalid for too many."""
    ids = query["ids"].split(",") if "ids" in query else None
    if ids and len(ids) > MAX_IDS:
        raise Invalid(f"ids: {len(ids)} are too many.", hint=f"Ask for {MAX_IDS} at a time.")
    return ids

"""/sessions: start, list, read, control and forget meetings."""

import uuid
from typing import Any, get_args

from flask import Blueprint, Response, jsonify, request
from pydantic import ValidationError

from council.commands import Signal, invalid_fields, parse_command
from council.errors import Invalid, NotAvailable, NotFound
from council.events import SessionStatus, session_channel
from council.live.hub import NO_SUCH_SESSION
from council.parts import Parts
from council.web import sse
from council.web.body import idempotency_key, read_number, read_object, read_query

MAX_PAGE = 1_000
MAX_EVENTS = 10_000
_KEYS = uuid.UUID("6f1d3f0e-8a3b-4c53-9f57-2f3c1b0a9d11")  # Namespace of ids made from an Idempotency-Key.
_ACTIONS = {"pause": "pause_session", "resume": "resume_session", "stop": "stop_session"}


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("sessions", __name__, url_prefix="/api/v1/sessions")

    @api.post("")
    def start() -> tuple[Response, int]:
        body = read_object()
        body.setdefault("session_id", _new_id(idempotency_key()))
        result = _apply(parts, "start_session", body)
        session_id = result["session_id"]
        answer = {"session_id": session_id, "status": result["status"], "links": _links(session_id)}
        return jsonify(answer), 202 if result["created"] else 200

    @api.get("")
    def listed() -> Response:
        query = read_query("status", "project_id", "group_id", "q", "limit", "cursor")
        if "project_id" in query:
            raise NotAvailable("project_id: not available in this version.")
        limit = read_number(query, "limit", 50, least=1, most=MAX_PAGE)
        return jsonify(
            parts.archive.sessions(
                statuses=_statuses(query.get("status")),
                group_id=query.get("group_id"),
                words=query.get("q"),
                limit=limit,
                cursor=query.get("cursor"),
            )
        )

    @api.get("/<session_id>")
    def snapshot(session_id: str) -> Response:
        read_query()
        return jsonify(parts.archive.snapshot(known(session_id)))

    @api.delete("/<session_id>")
    def delete(session_id: str) -> tuple[str, int]:
        parts.control.delete(known(session_id))
        parts.hub.dismiss(session_channel(known(session_id)), NO_SUCH_SESSION, "session deleted")
        return "", 204

    @api.post("/<session_id>/control")
    def control(session_id: str) -> Response:
        body = read_object()
        action = body.pop("action", None)
        if not isinstance(action, str) or action not in _ACTIONS:
            raise Invalid(f"action: use one of {', '.join(_ACTIONS)}.")
        _refuse_id(body)
        result = _apply(parts, _ACTIONS[action], body | {"session_id": known(session_id)})
        about = {"node_id": result["node_id"]} if "node_id" in result else {}
        return jsonify(session_id=result["session_id"], status=result["status"], action=action, **about)

    @api.post("/<session_id>/input")
    def say(session_id: str) -> Response:
        body = read_object()
        _refuse_id(body)
        return jsonify(_apply(parts, "user_input", body | {"session_id": known(session_id)}))

    @api.post("/<session_id>/review")
    def review(session_id: str) -> Response:
        body = read_object()
        _refuse_id(body)
        return jsonify(_apply(parts, "submit_review", body | {"session_id": known(session_id)}))

    @api.post("/<session_id>/rerun")
    def rerun(session_id: str) -> tuple[Response, int]:
        body = read_object()
        _refuse_id(body)
        body.setdefault("new_session_id", _new_id(idempotency_key()))
        result = _apply(parts, "rerun_session", body | {"session_id": known(session_id)})
        answer = {"session_id": result["session_id"], "status": result["status"]}
        page = f"/meetings/{known(session_id)}?beside={result['session_id']}"
        links = _links(result["session_id"]) | {"beside": page}
        return jsonify(answer | {"links": links}), 202 if result["created"] else 200

    @api.post("/<session_id>/signal")
    def signal(session_id: str) -> Response:
        body = read_object()
        _refuse_id(body)
        command = _parse_signal(body | {"session_id": known(session_id)})
        return jsonify(parts.control.apply(command, command_id=idempotency_key(), by="program"))

    @api.get("/<session_id>/events")
    def events(session_id: str) -> Response:
        query = read_query("after", "limit")
        most = 2**53
        after = read_number(query, "after", 0, least=0, most=most)
        position = parts.archive.position(known(session_id))
        if "text/event-stream" in request.headers.get("Accept", ""):
            last = request.headers.get("Last-Event-ID")
            since = (
                read_number({"Last-Event-ID": last}, "Last-Event-ID", 0, least=0, most=most)
                if last
                else after
            )
            return sse.stream(parts, session_id, since)
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
    def messages(session_id: str) -> Response:
        query = read_query("after", "limit")
        after = read_number(query, "after", 0, least=0, most=2**53)
        limit = read_number(query, "limit", 100, least=1, most=MAX_PAGE)
        return jsonify(parts.archive.messages(known(session_id), after, limit))

    @api.get("/<session_id>/usage")
    def usage(session_id: str) -> Response:
        read_query()
        return jsonify(parts.archive.usage(known(session_id)))

    return api


def known(session_id: str) -> str:
    """The id as it is stored. Raises NotFound when no session can have it."""
    try:
        return str(uuid.UUID(session_id))
    except ValueError:
        raise NotFound(f"There is no session {session_id[:64]!r}.") from None


def _statuses(wanted: str | None) -> tuple[str, ...]:
    """One status, or several with commas between them; none is any."""
    statuses = () if wanted is None else tuple(wanted.split(","))
    if not set(statuses) <= set(get_args(SessionStatus)):
        raise Invalid(f"status: use one of {', '.join(get_args(SessionStatus))}, or several with commas.")
    return statuses


def _new_id(key: str | None) -> str:
    """An id for a session that came without; the same for the same key, so that a repeated start starts once."""
    return str(uuid.uuid5(_KEYS, key) if key else uuid.uuid4())


def _parse_signal(body: dict[str, Any]) -> Signal:
    try:
        return Signal.model_validate(body)
    except ValidationError as problem:
        raise invalid_fields(problem, Signal) from problem


def _apply(parts: Parts, cmd: str, data: dict[str, Any]) -> dict[str, Any]:
    command: Any = parse_command(cmd, data)
    return parts.control.apply(command, command_id=idempotency_key())


def _refuse_id(body: dict[str, Any]) -> None:
    if "session_id" in body:
        raise Invalid("session_id: it stands in the address already.", hint="Leave it out of the body.")


def _links(session_id: str) -> dict[str, str]:
    base = f"/api/v1/sessions/{session_id}"
    return {
        "self": base,
        "events": f"{base}/events",
        "control": f"{base}/control",
        "input": f"{base}/input",
        "page": f"/meetings/{session_id}",
    }

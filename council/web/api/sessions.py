"""/sessions: start, list, read, control and forget meetings."""

import uuid
from typing import Any, get_args

from flask import Blueprint, Response, jsonify
from pydantic import ValidationError

from council.commands import (
    PauseSession,
    RerunSession,
    ResumeSession,
    Signal,
    StartSession,
    StopSession,
    SubmitReview,
    UserInput,
    invalid_fields,
    parse_command,
)
from council.errors import Invalid, NotAvailable
from council.events import SessionStatus, session_channel
from council.live.hub import NO_SUCH_SESSION
from council.parts import Parts
from council.people.access import visible
from council.people.who import Who
from council.web import shapes, snapshot_shapes
from council.web.allowed import with_rights
from council.web.api import event_log
from council.web.auth import me
from council.web.body import idempotency_key, read_number, read_object, read_query
from council.web.commanding import perform
from council.web.describe import (
    CURSOR,
    IDEMPOTENCY_KEY,
    NOTHING,
    Answer,
    Body,
    describes,
    limit,
    text,
)
from council.web.ids import known

_KEYS = uuid.UUID("6f1d3f0e-8a3b-4c53-9f57-2f3c1b0a9d11")  # Namespace of ids made from an Idempotency-Key.
_NO_MODEL = "No model answers, so that nobody can be seated: a code that begins with `model_`."
_ACTIONS = {"pause": "pause_session", "resume": "resume_session", "stop": "stop_session"}


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("sessions", __name__, url_prefix="/api/v1/sessions")

    @api.post("")
    @describes(
        "start_session",
        "Start a meeting",
        details="A subject or a document is required. Send a `session_id` of your own, or an `Idempotency-Key`, if you "
        "may have to repeat the request: the same again starts nothing twice.",
        inputs=(IDEMPOTENCY_KEY,),
        body=Body(
            {"template_id": "council_debate", "subject": "Shall we open a second office?"},
            StartSession,
            optional=("session_id",),
        ),
        answers={
            200: Answer.of(shapes.Started, "It was started before, by the same request."),
            202: Answer.of(shapes.Started, "It starts now."),
        },
        errors={409: "The same `session_id` with another body (`conflict`).", 502: _NO_MODEL},
    )
    def start() -> tuple[Response, int]:
        body = read_object()
        body.setdefault("session_id", _new_id(idempotency_key(), me()))
        result = _apply(parts, "start_session", body)
        session_id = result["session_id"]
        answer = {"session_id": session_id, "status": result["status"], "links": _links(session_id)}
        return jsonify(answer), 202 if result["created"] else 200

    @api.get("")
    @describes(
        "list_sessions",
        "List meetings, newest first",
        inputs=(
            text(
                f"One of {', '.join(get_args(SessionStatus))}, or several with commas.",
                name="status",
                examples=["running,paused"],
            ),
            text("Meetings of this group.", name="group_id"),
            text("A part of the subject.", name="q"),
            limit(50, event_log.MAX_PAGE),
            CURSOR,
        ),
        answer=shapes.SessionPage,
    )
    def listed() -> Response:
        query = read_query("status", "project_id", "group_id", "q", "limit", "cursor")
        if "project_id" in query:
            raise NotAvailable("project_id: not available in this version.")
        limit = read_number(query, "limit", 50, least=1, most=event_log.MAX_PAGE)
        page = parts.archive.sessions(
            statuses=_statuses(query.get("status")),
            group_id=query.get("group_id"),
            words=query.get("q"),
            limit=limit,
            cursor=query.get("cursor"),
            seen=visible(me(), "session"),
        )
        return jsonify(with_rights(parts, page))

    @api.get("/<session_id>")
    @describes("read_session", "Read a meeting as it stands", answer=snapshot_shapes.Snapshot)
    def snapshot(session_id: str) -> Response:
        read_query()
        return jsonify(parts.archive.snapshot(known(session_id)))

    @api.delete("/<session_id>")
    @describes(
        "delete_session",
        "Forget a meeting that is over, and all that was said in it",
        answers={204: NOTHING},
        errors={409: "It is not over (`illegal_transition`)."},
    )
    def delete(session_id: str) -> tuple[str, int]:
        parts.control.delete(known(session_id))
        parts.hub.dismiss(session_channel(known(session_id)), NO_SUCH_SESSION, "session deleted")
        return "", 204

    @api.post("/<session_id>/control")
    @describes(
        "control_session",
        "Pause, resume or stop a meeting",
        details="`stop` with `node_id` stops the member who speaks there, and nobody else.",
        inputs=(IDEMPOTENCY_KEY,),
        body=Body(
            {"action": "pause", "mode": "after_turn"},
            by_action={"pause": PauseSession, "resume": ResumeSession, "stop": StopSession},
            without=("session_id",),
        ),
        answer=shapes.Controlled,
        errors={
            409: "The meeting is not in a state that allows it: `illegal_transition`, `not_speaking`, "
            "`budget_reached`, `needs_word`."
        },
    )
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
    @describes(
        "say_to_session",
        "Say something to a meeting, or answer a node that waits",
        inputs=(IDEMPOTENCY_KEY,),
        body=Body({"content": "Please think of the costs."}, UserInput, without=("session_id",)),
        answer=shapes.SaidOrAnswered,
        errors={
            409: "The meeting is over (`illegal_transition`), or the node waits for nobody (`not_waiting`)."
        },
    )
    def say(session_id: str) -> Response:
        body = read_object()
        _refuse_id(body)
        return jsonify(_apply(parts, "user_input", body | {"session_id": known(session_id)}))

    @api.post("/<session_id>/review")
    @describes(
        "review_session",
        "Decide at a node that waits for a review",
        inputs=(IDEMPOTENCY_KEY,),
        body=Body({"node_id": "review", "action": "approve"}, SubmitReview, without=("session_id",)),
        answer=shapes.Answered,
        errors={
            409: "The node waits for nobody (`not_waiting`), or the meeting is over (`illegal_transition`)."
        },
    )
    def review(session_id: str) -> Response:
        body = read_object()
        _refuse_id(body)
        return jsonify(_apply(parts, "submit_review", body | {"session_id": known(session_id)}))

    @api.post("/<session_id>/rerun")
    @describes(
        "rerun_session",
        "Run a meeting again from one of its nodes, as a new meeting",
        inputs=(IDEMPOTENCY_KEY,),
        body=Body(
            {"node_id": "adjudicator", "tasks": {"adjudicator": "Rule in one sentence."}},
            RerunSession,
            without=("session_id",),
            optional=("new_session_id",),
        ),
        answers={
            200: Answer.of(shapes.Started, "It was started before, by the same request."),
            202: Answer.of(shapes.Started, "It starts now; `links.beside` is the page with both."),
        },
        errors={409: "The same `new_session_id` with another body (`conflict`).", 502: _NO_MODEL},
    )
    def rerun(session_id: str) -> tuple[Response, int]:
        body = read_object()
        _refuse_id(body)
        body.setdefault("new_session_id", _new_id(idempotency_key(), me()))
        result = _apply(parts, "rerun_session", body | {"session_id": known(session_id)})
        answer = {"session_id": result["session_id"], "status": result["status"]}
        page = f"/meetings/{known(session_id)}?beside={result['session_id']}"
        links = _links(result["session_id"]) | {"beside": page}
        return jsonify(answer | {"links": links}), 202 if result["created"] else 200

    @api.post("/<session_id>/signal")
    @describes(
        "signal_session",
        "Let a program answer a node that waits",
        details="What `payload` holds depends on what is waited for: at most 50,000 characters of any JSON.",
        inputs=(IDEMPOTENCY_KEY,),
        body=Body({"node_id": "review", "payload": {"action": "approve"}}, Signal, without=("session_id",)),
        answer=shapes.Answered,
        errors={
            409: "The node waits for nobody (`not_waiting`), or the meeting is over (`illegal_transition`)."
        },
    )
    def signal(session_id: str) -> Response:
        body = read_object()
        _refuse_id(body)
        command = _parse_signal(body | {"session_id": known(session_id)})
        return jsonify(perform(parts, me(), command, command_id=idempotency_key(), by="program"))

    event_log.install(api, parts)
    return api


def _statuses(wanted: str | None) -> tuple[str, ...]:
    """One status, or several with commas between them; none is any."""
    statuses = () if wanted is None else tuple(wanted.split(","))
    if not set(statuses) <= set(get_args(SessionStatus)):
        raise Invalid(f"status: use one of {', '.join(get_args(SessionStatus))}, or several with commas.")
    return statuses


def _new_id(key: str | None, who: Who) -> str:
    """An id for a session that came without; the same for one's same key, so that a repeated start starts once."""
    own = f"{who.user_id} {key}" if who.user_id else key
    return str(uuid.uuid5(_KEYS, own) if key and own else uuid.uuid4())


def _parse_signal(body: dict[str, Any]) -> Signal:
    try:
        return Signal.model_validate(body)
    except ValidationError as problem:
        raise invalid_fields(problem, Signal) from problem


def _apply(parts: Parts, cmd: str, data: dict[str, Any]) -> dict[str, Any]:
    command: Any = parse_command(cmd, data)
    return perform(parts, me(), command, command_id=idempotency_key())


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

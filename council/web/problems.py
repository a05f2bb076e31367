"""Errors as they travel: one shape everywhere, and nothing that only we should see."""

import math
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from council.errors import CouncilError, RateLimited, SignInNeeded, TooLarge, Unavailable

log = structlog.get_logger(__name__)

MAX_TEXT = 500  # Characters of any one text in an error.
MAX_LISTED = 20  # Faults that are told at once.

_CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported"}
_HINTS = {
    404: "Check the address; docs/reference/rest.md lists them all.",
    405: "Use one of the methods in the Allow header.",
}


def install(app: Flask) -> None:
    """From now on every error of the application has the one shape."""
    app.register_error_handler(CouncilError, answer)
    app.register_error_handler(HTTPException, as_answer)
    app.register_error_handler(Exception, lambda problem: answer(as_known(problem)))


def answer(problem: CouncilError) -> Response:
    """The error as JSON, with its status."""
    told = _shortened(problem.as_problem())
    g.refused_with = problem.code
    response = jsonify(error=told | {"details": problem.details} if problem.details_whole else told)
    response.status_code = problem.status
    if isinstance(problem, RateLimited):
        response.headers["Retry-After"] = str(math.ceil(problem.retry_after))
    elif isinstance(problem, Unavailable):
        response.headers["Retry-After"] = "2"
    elif isinstance(problem, SignInNeeded):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def as_answer(problem: HTTPException) -> Response:
    """What the framework refused, in the one shape."""
    if isinstance(problem, RequestEntityTooLarge):
        return answer(TooLarge("The request is larger than this server takes."))
    status = problem.code or 500
    known = CouncilError(
        problem.description or problem.name, code=_CODES.get(status, "http_error"), hint=_HINTS.get(status)
    )
    known.status = status
    response = answer(known)
    for name, value in problem.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


def as_known(problem: Exception) -> CouncilError:
    """What is told of an error that is not one of ours; the log has the rest."""
    if isinstance(problem, OperationalError | NoConnectionFree):
        log.error("database.failed", error=str(getattr(problem, "orig", problem)))
        return Unavailable("The database does not answer.", hint="Try again in a moment.")
    log.error("request.crashed", exc_info=problem)
    return CouncilError("Something went wrong inside Council.", hint="The server's log has the details.")


def as_event(problem: CouncilError, command_id: str | None = None) -> dict[str, Any]:
    """The error as the socket's answer to a command."""
    data = {
        "id": command_id,
        "code": problem.code,
        "error": problem.message,
        "hint": problem.hint,
        "can_retry": problem.can_retry,
        "details": problem.details,
    }
    return {"event": "error", "data": _shortened(data)}


def _shortened(value: Any) -> Any:
    """What is told of a fault may quote what was sent, but does not grow with it."""
    match value:
        case str() if len(value) > MAX_TEXT:
            return f"{value[:MAX_TEXT]}…"
        case dict():
            return {name: _shortened(item) for name, item in value.items()}
        case list():
            return [_shortened(item) for item in value[:MAX_LISTED]]
        case _:
            return value

"""Whether this process is alive, and whether it can serve."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from council.parts import Parts
from council.web.describe import Answer, describes
from council.web.shelf_shapes import Alive, Ready


def blueprint(parts: Parts) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    @describes("read_health", "Is the process alive?", answer=Alive)
    def health() -> Response:
        return jsonify(status="alive")

    @pages.get("/ready")
    @describes(
        "read_ready",
        "Can it serve?",
        answers={200: Answer.of(Ready, "It can."), 503: Answer.of(Ready, "It cannot: `checks` says why.")},
    )
    def ready() -> Response:
        checks = {
            "database": _database_answers(parts),
            "dispatcher": parts.running,
            "sockets": not parts.hub.full,
        }
        response = jsonify(status="ready" if all(checks.values()) else "not_ready", checks=checks)
        response.status_code = 200 if all(checks.values()) else 503
        return response

    return pages


def _database_answers(parts: Parts) -> bool:
    try:
        with parts.store.read() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True

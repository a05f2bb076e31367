"""Whether this process is alive, and whether it can serve."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from council.parts import Parts


def blueprint(parts: Parts) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    def health() -> Response:
        return jsonify(status="alive")

    @pages.get("/ready")
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

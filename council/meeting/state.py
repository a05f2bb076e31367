"""Which moves a session's status may make.

pending -> running, failed, cancelled; running -> paused, completed, failed, cancelled;
paused -> running, failed, cancelled. Waiting for a person is no status.
"""

from council.errors import IllegalTransition
from council.events import FINAL_STATUSES, SessionStatus

MOVES: dict[SessionStatus, frozenset[SessionStatus]] = {
    "pending": frozenset({"running", "failed", "cancelled"}),
    "running": frozenset({"paused", "completed", "failed", "cancelled"}),
    "paused": frozenset({"running", "failed", "cancelled"}),
    "completed": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}

_VERBS = {
    "running": "resumed",
    "paused": "paused",
    "cancelled": "stopped",
    "completed": "completed",
    "failed": "failed",
}


def move(current: SessionStatus, wanted: SessionStatus) -> SessionStatus:
    """The status after the move. Raises IllegalTransition."""
    if wanted not in MOVES[current]:
        raise IllegalTransition(f"A {_called(current)} session cannot be {_VERBS.get(wanted, wanted)}.")
    return wanted


def is_final(status: SessionStatus) -> bool:
    return status in FINAL_STATUSES


def _called(status: SessionStatus) -> str:
    return {"completed": "finished", "cancelled": "stopped"}.get(status, status)

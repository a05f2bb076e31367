"""One way from whoever asks to the meeting: authorise, then apply. Sockets and REST both take it."""

from typing import Any

from council.commands import RerunSession, Signal, StartSession, Subscribe
from council.engine.control import SessionCommand
from council.parts import Parts
from council.people.access import Right
from council.people.who import Who
from council.web.auth import asker, require_level


def authorise(parts: Parts, who: Who, command: SessionCommand | Subscribe) -> None:
    """Raises Forbidden, or NotFound for a meeting that they may not even see."""
    if isinstance(command, Subscribe):
        return parts.people.access.require(who, "session", command.session_id)
    require_level(who, "run")
    if isinstance(command, StartSession):
        _require_seat(parts, who, command.group_id)
    else:
        right: Right = "read" if isinstance(command, RerunSession) else "run"
        parts.people.access.require(who, "session", command.session_id, right)


def _require_seat(parts: Parts, who: Who, group_id: str | None) -> None:
    """What a meeting finds, its group remembers. Raises Forbidden for a group that they may only look at."""
    if group_id is not None and parts.people.access.right(who, "group", group_id) == "read":
        parts.people.access.require(who, "group", group_id, "run")


def perform(
    parts: Parts,
    who: Who,
    command: SessionCommand | Signal,
    *,
    command_id: str | None = None,
    by: str | None = None,
) -> dict[str, Any]:
    """The command's result. Raises a Refused or BadInput."""
    authorise(parts, who, command)
    return parts.control.apply(command, command_id=command_id, by=by, asker=asker(parts, who))

"""What a socket's address and its messages ask for: parsed at the door."""

from typing import Any

from council.commands import (
    MAX_COMMAND_ID,
    Command,
    StartSession,
    SubmitReview,
    Subscribe,
    UserInput,
    parse_command,
)
from council.errors import Invalid, NotAvailable, NotFound, TooLarge
from council.store.channels import Position

_ENVELOPE = frozenset({"cmd", "id", "data"})


def wanted_in(query: dict[str, str]) -> Subscribe | None:
    """What the address asks for: one session from a number on, or nothing in particular."""
    unknown = sorted(
        query.keys() - {"session_id", "project_id", "since", "epoch", "project_since", "project_epoch"}
    )
    if unknown:
        raise Invalid(f"{unknown[0]}: there is no such parameter.", hint="Use session_id, since and epoch.")
    if any(name.startswith("project") for name in query):
        raise NotAvailable("project_id: not available in this version.")
    if "session_id" not in query:
        return None
    since = query.get("since", "0")
    data: dict[str, Any] = {
        "session_id": query["session_id"],
        "since": int(since) if _is_number(since) else since,
    }
    try:
        command = parse_command("subscribe", data | ({"epoch": query["epoch"]} if "epoch" in query else {}))
    except Invalid as problem:
        if any(fault["path"] == "session_id" for fault in problem.details or ()):
            raise NotFound("There is no such session.") from problem
        raise
    if not isinstance(command, Subscribe):
        raise AssertionError("subscribe is parsed as Subscribe")
    return command


def _is_number(raw: str) -> bool:
    return raw.isascii() and raw.isdigit() and len(raw) < 16


def terms_for(position: Position, wanted: Subscribe, replay_limit: int) -> dict[str, Any]:
    """From where the client is served, and whether that is all it missed."""
    since = position.seq if wanted.since == "latest" else wanted.since
    same_log = wanted.epoch is None or wanted.epoch == position.epoch
    recovered = same_log and 0 <= position.seq - since <= replay_limit
    return {"epoch": position.epoch, "since": since, "seq": position.seq, "recovered": recovered}


def refuse_too_large(command: Command, message: str, most: int) -> None:
    """Only a start, a review and somebody's words may be long. Raises TooLarge."""
    if not isinstance(command, StartSession | SubmitReview | UserInput) and len(message.encode()) > most:
        raise TooLarge(
            f"A command has at most {most:,} bytes.",
            hint="Only a start, a review and what somebody says may be longer.",
        )


def id_of(raw: dict[str, Any]) -> str | None:
    command_id = raw.get("id")
    if command_id is None:
        return None
    if not isinstance(command_id, str) or not 0 < len(command_id) <= MAX_COMMAND_ID:
        raise Invalid(f"id: a text of 1 to {MAX_COMMAND_ID} characters.", hint="Use a UUID, or leave it out.")
    return command_id


def command_of(raw: dict[str, Any]) -> Command:
    unknown = sorted(raw.keys() - _ENVELOPE)
    if unknown:
        raise Invalid(
            f"{unknown[0][:64]}: a command has only cmd, id and data.", hint="Put fields into data."
        )
    data = raw.get("data", {})
    if not isinstance(data, dict):
        raise Invalid("data: must be an object.", hint='Send {"cmd": "ping", "data": {}}.')
    return parse_command(raw.get("cmd"), data)

"""What people and programs say at a waiting node, read into the answer that is recorded."""

from collections.abc import Callable
from typing import Any, assert_never

from sqlalchemy.engine import Connection

from council.commands import ReviewAction, ReviewData, Signal, SubmitReview, UserInput, parse_command
from council.engine import round_files, waiting
from council.errors import IllegalTransition, Invalid
from council.jsontext import dump
from council.live.records import Decision
from council.meeting import review
from council.meeting.ballots import MAX_REASON
from council.meeting.handwritten import paper_of, read_handwritten
from council.meeting.reading import Unreadable
from council.meeting.state import is_final
from council.store import waits
from council.store.engine import Store

Answer = SubmitReview | UserInput | Signal
MAX_CHARACTERS = 50_000
VOTER = "person"  # The voter who is no agent.


def prepare(store: Store, command: Answer, by: str) -> Callable[[Connection, dict[str, Any]], Decision]:
    """Read the answer; the decision that stores it on the session's locked row.

    It is read before, for a long difference takes its time. Raises Invalid, NotFound or Conflict; what is
    decided raises IllegalTransition when nobody waits for it.
    """
    session_id, node_id = command.session_id, command.node_id or ""
    with store.read() as connection:
        wait = waits.get(connection, session_id, node_id)
        answer = read(wait, command, by) if wait else {}
        if answer.get("rollback"):
            round_files.check_older(connection, session_id, answer["rollback"])

    def decide(connection: Connection, row: dict[str, Any]) -> Decision:
        if is_final(row["status"]):
            raise IllegalTransition("A finished session takes no answer.", hint="Start a new meeting.")
        now = waits.get(connection, session_id, node_id)
        if wait is None or now is None or now["review_id"] != wait["review_id"]:
            raise _not_waiting(node_id)
        about = {"session_id": session_id, "node_id": node_id, "review_id": now["review_id"]}
        result = about | {"action": answer["action"], "status": row["status"]}
        return Decision(waiting.take(connection, now, answer), result)

    return decide


def _not_waiting(node_id: str) -> IllegalTransition:
    return IllegalTransition(
        f"Node {node_id[:128]!r} is not waiting for anybody.",
        code="not_waiting",
        hint="Perhaps somebody else has answered. What is waited for is in the session's waiting_for; "
        "to speak to the whole meeting, leave node_id out.",
    )


def read(wait: dict[str, Any], command: Answer, by: str) -> dict[str, Any]:
    """The answer that the command gives to this wait. Raises Invalid when it does not fit the question."""
    asked = wait["request"]["asked"]
    match wait["kind"]:
        case "review":
            action, data = _decision(command, asked)
            return dict(review.judge(action, data, actions=asked["actions"], draft=asked["draft"], by=by))
        case "question":
            return {"action": "answer", "content": _text(command), "by": by}
        case "ballot":
            return _vote(command, asked["ballot"], by)
        case kind:
            raise AssertionError(f"nobody waits for a {kind}")


# Reviews


def _decision(command: Answer, asked: dict[str, Any]) -> tuple[ReviewAction, ReviewData]:
    match command:
        case SubmitReview():
            return command.action, command.data
        case Signal():
            return _decision(_as_review(command), asked)
        case UserInput():
            actions = ", ".join(asked["actions"])
            raise Invalid("This node waits for a decision.", hint=f"Use submit_review with one of {actions}.")
        case _:
            assert_never(command)


def _as_review(command: Signal) -> SubmitReview:
    """The payload's ``action``, and the other fields as its data."""
    if not isinstance(command.payload, dict):
        raise Invalid("payload: a review takes an object.", hint='Send {"action": "approve"}.')
    data = dict(command.payload)
    action = {"action": data.pop("action")} if "action" in data else {}
    where = {"session_id": command.session_id, "node_id": command.node_id}
    found = parse_command("submit_review", where | action | {"data": data})
    if not isinstance(found, SubmitReview):
        raise AssertionError("submit_review is parsed as SubmitReview")
    return found


# Questions


def _text(command: Answer) -> str:
    match command:
        case UserInput():
            return command.content
        case Signal():
            return _limited(_text_of(command.payload))
        case SubmitReview():
            raise Invalid("This node asks a question.", hint="Answer it with user_input and its node_id.")
        case _:
            assert_never(command)


def _text_of(payload: Any) -> str:
    """A text as it is, a field ``content`` for itself, anything else as JSON."""
    if isinstance(payload, dict) and payload.keys() == {"content"}:
        payload = payload["content"]
    return payload if isinstance(payload, str) else dump(payload)


def _limited(text: str) -> str:
    if not text.strip():
        raise Invalid("payload: it is empty.", hint="Send the answer's text.")
    if len(text) > MAX_CHARACTERS:
        raise Invalid(f"payload: at most {MAX_CHARACTERS:,} characters.", hint="Send a shorter answer.")
    return text.strip()


# Ballots


def _vote(command: Answer, ballot: dict[str, Any], by: str) -> dict[str, Any]:
    """A person is told at once that a vote cannot be read, and may try again; what was voted stays sealed."""
    given = _given(command)
    value, reason = (given.get("vote"), given.get("reason") or "") if isinstance(given, dict) else (given, "")
    if not isinstance(reason, str) or len(reason) > MAX_REASON:
        raise Invalid(f"reason: a text of at most {MAX_REASON:,} characters.")
    try:
        read_handwritten(paper_of(ballot, VOTER), value, reason)
    except Unreadable as problem:
        raise Invalid(f"This vote cannot be read: {problem}.", hint="Correct it and vote again.") from problem
    return {"action": "vote", "by": by, "vote": value, "reason": reason}


def _given(command: Answer) -> Any:
    match command:
        case UserInput():
            return command.content
        case Signal():
            return command.payload
        case SubmitReview():
            raise Invalid("This node takes a vote.", hint="Send it with user_input and its node_id.")
        case _:
            assert_never(command)

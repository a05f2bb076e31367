"""What people and programs say at a waiting node, read into the answer that is recorded."""

from typing import Any, assert_never

from council.commands import ReviewAction, ReviewData, Signal, SubmitReview, UserInput, parse_command
from council.errors import IllegalTransition, Invalid, Malformed
from council.jsontext import dump, parse
from council.meeting import ballots, review
from council.meeting.ballots import Option, Paper
from council.meeting.reading import Unreadable

Answer = SubmitReview | UserInput | Signal
MAX_CHARACTERS = 50_000


def not_waiting(node_id: str) -> IllegalTransition:
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
    """A person's vote is read as strictly as a member's, but refused where a member's is an abstention."""
    given = _given(command)
    value, reason = (given.get("vote"), given.get("reason") or "") if isinstance(given, dict) else (given, "")
    if not isinstance(reason, str) or len(reason) > ballots.MAX_REASON:
        raise Invalid(f"reason: a text of at most {ballots.MAX_REASON:,} characters.")
    paper = _paper(ballot)
    try:
        vote = ballots.cast(paper, _typed(paper, value), None, reason)
    except Unreadable as problem:
        raise Invalid(str(problem), hint=f"A vote here is {_forms(paper)}.") from problem
    kept = vote.as_dict()
    return {
        "action": "vote",
        "by": by,
        "vote": ballots.ABSTAIN if vote.choice is None else kept["vote"],
        "reason": reason,
    }


def _given(command: Answer) -> Any:
    match command:
        case UserInput():
            return _parsed(command.content)
        case Signal():
            return command.payload
        case SubmitReview():
            raise Invalid("This node takes a vote.", hint="Send it with user_input and its node_id.")
        case _:
            assert_never(command)


def _parsed(text: str) -> Any:
    """People may write a word, or the same JSON as a program."""
    try:
        return parse(text) if text[:1] in "{[" else text
    except Malformed:
        return text


def _paper(ballot: dict[str, Any]) -> Paper:
    options = tuple(Option(each["option_id"], each["text"]) for each in ballot.get("options") or ())
    return Paper(ballot["vote_type"], "person", options)


def _typed(paper: Paper, value: Any) -> Any:
    """A text from an input box as the kind of value that this ballot takes."""
    if not isinstance(value, str) or value.strip().lower() == ballots.ABSTAIN:
        return value.strip().lower() if isinstance(value, str) else value
    text = value.strip()
    match paper.vote_type:
        case "yes_no":
            return text.lower()
        case "score_1_10":
            return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else text
        case "choice":
            return text
        case "ranking":
            return [part.strip() for part in text.split(",")]
        case _:
            assert_never(paper.vote_type)


def _forms(paper: Paper) -> str:
    ids = ", ".join(paper.ids)
    match paper.vote_type:
        case "yes_no":
            return "yes, no or abstain"
        case "score_1_10":
            return "a whole number from 1 to 10, or abstain"
        case "choice":
            return f"one of {ids}, or abstain"
        case "ranking":
            return f"all of {ids} in your order, separated by commas, or abstain"
        case _:
            assert_never(paper.vote_type)

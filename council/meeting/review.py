"""What a person may decide at a review, and what each decision does to the meeting.

=========  ====================================================================================
approve    go on
reject     go on, too: the result says so, and whoever speaks later reads it; nothing fails by it
modify     go on with the edited text in the draft's place
skip       go on as if nobody had looked; only where the node allows it
continue   another round
apply      keep the files as they are, and leave the loop
rollback   put the files back to what they were before the round, or one file to a version; another round
exit       leave the loop as things stand
=========  ====================================================================================

A loop reads ``leave`` and ``again`` of the reviews of its round; both are false when the person left it to the loop.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from council.commands import ReviewAction, ReviewData
from council.errors import Invalid
from council.meeting.graph import Graph, Node
from council.meeting.nodes import HumanReview
from council.meeting.revisions import difference
from council.meeting.walk import node_of

TIMEOUT = "timeout"
FAIL = "fail"
DRAFT = "draft"  # What the draft is called in a diff.
_HEADING = "A person, who reviewed the draft, decided"
_EDITED = "A person wrote, instead of the draft"


class Rollback(TypedDict):
    """One file, and the version that it goes back to."""

    path: str
    version: int


class Reviewed(TypedDict):
    """A decision, as it is recorded. ``content`` is the edited text; ``by`` is ``timeout`` when nobody came."""

    action: ReviewAction
    by: str
    feedback: str
    content: str | None
    diff: str
    rejected: bool
    leave: bool
    again: bool
    rollback: Rollback | None


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What others read of a decision, and what a loop makes of it."""

    words: str
    leave: bool = False
    again: bool = False


_MEANINGS: dict[ReviewAction, _Meaning] = {
    "approve": _Meaning("Approved."),
    "reject": _Meaning("Rejected."),
    "modify": _Meaning("Modified."),
    "skip": _Meaning(""),
    "continue": _Meaning("Another round.", again=True),
    "apply": _Meaning("The files stay as they are now.", leave=True),
    "rollback": _Meaning("Files were put back to an earlier version. Another round.", again=True),
    "exit": _Meaning("Enough.", leave=True),
}


def offered(node: HumanReview) -> tuple[ReviewAction, ...]:
    """The actions that a node takes, in its order."""
    actions = tuple(dict.fromkeys(node.actions))
    return actions if not node.allow_skip or "skip" in actions else (*actions, "skip")


def judge(
    action: ReviewAction, data: ReviewData, *, actions: Iterable[str], draft: str | None, by: str
) -> Reviewed:
    """The decision. Raises Invalid when the node does not take it, or when what goes with it does not fit."""
    _check_offered(action, tuple(actions))
    _check_data(action, data)
    return _decided(action, data, draft, by)


def in_vain(on_timeout: Literal["approve", "reject", "fail"]) -> dict[str, Any]:
    """What is recorded when nobody comes in time."""
    if on_timeout == "fail":
        return {"action": FAIL, "by": TIMEOUT}
    return dict(_decided(on_timeout, ReviewData(), None, TIMEOUT))


def reading(reviewed: Reviewed, draft_key: str | None) -> dict[str, Any]:
    """What whoever speaks later reads of it: the edited text in the draft's place, or what was decided and why."""
    feedback = reviewed["feedback"]
    if reviewed["content"] is not None:
        covers = [draft_key] if draft_key else []
        text = {"content": reviewed["content"], "note": feedback}
        return text | {"heading": _EDITED, "author": "person", "covers": covers}
    words = [_MEANINGS[reviewed["action"]].words, feedback]
    return {"content": "\n\n".join(word for word in words if word), "heading": _HEADING}


def draft_of(graph: Graph, heard: Iterable[str], results: Mapping[str, dict[str, Any]]) -> str | None:
    """The step key of what is to be judged: the latest ruling, report or edited text, else who spoke last."""
    spoken = [key for key in heard if _is_text(graph.nodes[node_of(key)], results.get(key, {}))]
    weighty = [key for key in spoken if _is_weighty(graph.nodes[node_of(key)], results[key])]
    return next(reversed(weighty or spoken), None)


def text_of(result: dict[str, Any]) -> str:
    """A result's words as people read them: without the block for machines."""
    return str(result.get("prose") or result["content"])


def score_of(heard: Iterable[str], results: Mapping[str, dict[str, Any]]) -> dict[str, Any] | None:
    """The chair's latest score, and how far it is from the one before."""
    scored = [results[key] for key in heard if results.get(key, {}).get("score") is not None]
    if not scored:
        return None
    total, previous = scored[-1]["score"], scored[-2]["score"] if len(scored) > 1 else None
    return {
        "round": scored[-1].get("round", 1),
        "weighted_total": total,
        "previous": previous,
        "change": None if previous is None else round(total - previous, 1),
    }


def _is_text(node: Node, result: dict[str, Any]) -> bool:
    return bool(result.get("content")) and (
        node.type in ("agent", "llm", "end") or result.get("author") == "person"
    )


def _is_weighty(node: Node, result: dict[str, Any]) -> bool:
    return (
        node.properties.get("output") in ("verdict", "report")
        or node.type == "end"
        or result.get("author") == "person"
    )


# Inside


def _check_offered(action: str, actions: tuple[str, ...]) -> None:
    if action not in actions:
        _refuse("action", f"This node does not take {action!r}.", f"Use one of {', '.join(actions)}.")


def _check_data(action: ReviewAction, data: ReviewData) -> None:
    """What is not of this action is refused, not ignored."""
    if action == "modify" and not (data.content or "").strip():
        _refuse("data.content", "A modified draft needs its text.", "Send the whole text as data.content.")
    if action != "modify" and data.content is not None:
        _refuse("data.content", "Only modify takes a text.", "Leave it out, or use modify.")
    if action != "rollback" and (data.path is not None or data.version is not None):
        _refuse("data.path", "Only rollback takes path and version.", "Leave them out, or use rollback.")
    if (data.path is None) != (data.version is None):
        missing = "data.path" if data.path is None else "data.version"
        _refuse(missing, "path and version belong together.", "Send both, or neither for all of the round.")


def _refuse(path: str, reason: str, suggestion: str) -> None:
    raise Invalid(
        reason, hint=suggestion, details=[{"path": path, "reason": reason, "suggestion": suggestion}]
    )


def _decided(action: ReviewAction, data: ReviewData, draft: str | None, by: str) -> Reviewed:
    meaning = _MEANINGS[action]
    content = data.content if action == "modify" else None
    back = (
        None if data.path is None or data.version is None else Rollback(path=data.path, version=data.version)
    )
    return Reviewed(
        action=action,
        by=by,
        feedback=data.feedback.strip(),
        content=content,
        diff="" if content is None else difference(draft or "", content, path=DRAFT).text,
        rejected=action == "reject",
        leave=meaning.leave,
        again=meaning.again,
        rollback=back,
    )

"""human_review: a person judges what there is; the meeting waits as long as that takes."""

from typing import Any, cast

from sqlalchemy.engine import Connection

from council.engine import round_files
from council.engine.nodes.said import said_by_person
from council.engine.turn import Turn
from council.engine.waiting import Asked, answer_of, ask_person
from council.events import Event
from council.live.records import Decision
from council.meeting.nodes import HumanReview
from council.meeting.review import Reviewed, draft_of, in_vain, offered, reading, score_of, text_of
from council.store import steps

UNDONE = "undone"  # The part of a visit in which files are put back.
_REASON = "Please review this."


def run(turn: Turn) -> dict[str, Any]:
    properties = HumanReview.model_validate(turn.node.properties)
    draft_key = draft_of(turn.record.graph, turn.heard, turn.results)
    answer = answer_of(turn) or ask_person(turn, _asked(turn, properties, draft_key))
    reviewed = cast(Reviewed, answer)
    if reviewed["action"] == "rollback" and turn.recorded(UNDONE) is None:
        _undo(turn, reviewed)
    result = reviewed | reading(reviewed, draft_key) | {"round": turn.round}
    return turn.conclude(result, *turn.entering(), *_rewritten(turn, reviewed))


def _asked(turn: Turn, properties: HumanReview, draft_key: str | None) -> Asked:
    with turn.desk.store.read() as connection:
        changed = round_files.changes(connection, turn)
        files = round_files.shown(connection, turn.record.session_id, changed)
    return Asked(
        kind="review",
        reason=properties.question or _REASON,
        otherwise=in_vain(properties.on_timeout),
        timeout_minutes=properties.timeout_minutes,
        reminder_minutes=properties.reminder_minutes,
        actions=offered(properties),
        allow_skip=properties.allow_skip,
        draft=text_of(turn.results[draft_key]) if draft_key else None,
        score=score_of(turn.heard, turn.results),
        files=files,
    )


def _undo(turn: Turn, reviewed: Reviewed) -> None:
    """Put files back, once, whatever crashes."""

    def decide(connection: Connection) -> Decision:
        written = round_files.undo(connection, turn, reviewed)
        versions = [{"path": each.path, "version": each.version} for each in written]
        steps.record(connection, turn.record.session_id, f"{turn.key}/{UNDONE}", {"files": versions})
        return Decision(written)

    turn.minutes.decide(decide)


def _rewritten(turn: Turn, reviewed: Reviewed) -> tuple[Event, ...]:
    content = reviewed["content"]
    return () if content is None else (said_by_person(turn, content),)

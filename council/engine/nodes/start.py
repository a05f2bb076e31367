"""start: takes the subject, the documents and the objective."""

from typing import Any

from council.engine.turn import Turn


def run(turn: Turn) -> dict[str, Any]:
    result: dict[str, Any] = {"documents": len(turn.record.matter.documents)}
    turn.minutes.conclude(turn.node.node_id, result, *turn.entering())
    return result

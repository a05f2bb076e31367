"""start: takes the subject, the documents and the objective."""

from typing import Any

from council.engine.turn import Turn


def run(turn: Turn) -> dict[str, Any]:
    return turn.conclude({"documents": len(turn.matter.documents)}, *turn.entering())

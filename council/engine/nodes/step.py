"""parallel and sequence: they say nothing themselves; the walk starts their branches."""

from typing import Any

from council.engine.turn import Turn
from council.events import ParallelStart


def run_parallel(turn: Turn) -> dict[str, Any]:
    node = turn.node
    started = ParallelStart(node_id=node.node_id, branches=node.next_ids)
    return turn.conclude({}, *turn.entering(), started)


def run_sequence(turn: Turn) -> dict[str, Any]:
    return turn.conclude({}, *turn.entering())

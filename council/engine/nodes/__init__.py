"""What each type of node does: one file per type, each with a ``run(turn)`` that concludes the turn."""

from collections.abc import Callable
from typing import Any

from council.engine.nodes import agent, end, llm, start, step
from council.engine.turn import Turn

Run = Callable[[Turn], dict[str, Any]]
"""Does the node's work, stores its conclusion, and returns the recorded result. Raises why it could not."""

RUNS: dict[str, Run] = {
    "start": start.run,
    "agent": agent.run,
    "llm": llm.run,
    "parallel": step.run_parallel,
    "sequence": step.run_sequence,
    "end": end.run,
}

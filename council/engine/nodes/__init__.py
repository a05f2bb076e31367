"""What each type of node does: one file per type, each with a ``run(turn)`` that concludes the turn."""

from collections.abc import Callable
from typing import Any

from council.engine.nodes import (
    agent,
    ask_human,
    context_synth,
    end,
    fact_check,
    human_review,
    llm,
    loop,
    memory_retrieval,
    start,
    step,
    tool,
    vote,
)
from council.engine.turn import Turn

Run = Callable[[Turn], dict[str, Any]]
"""Does the node's work, stores its conclusion, and returns the recorded result. Raises why it could not."""

RUNS: dict[str, Run] = {
    "start": start.run,
    "agent": agent.run,
    "llm": llm.run,
    "tool": tool.run,
    "loop": loop.run,
    "parallel": step.run_parallel,
    "sequence": step.run_sequence,
    "vote": vote.run,
    "fact_check": fact_check.run,
    "human_review": human_review.run,
    "ask_human": ask_human.run,
    "memory_retrieval": memory_retrieval.run,
    "context_synth": context_synth.run,
    "end": end.run,
}

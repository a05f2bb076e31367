"""LangGraph: a chain of nodes that say nothing, each step checkpointed in memory."""

import json
import os
import sys
import time
from typing import TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

steps, meetings = (int(part) for part in os.environ["BENCH_PLAN"].split("x"))


class State(TypedDict):
    step: int


def build():
    graph = StateGraph(State)
    names = [f"step{number}" for number in range(steps)]
    for number, name in enumerate(names):
        graph.add_node(name, lambda state, number=number: {"step": number})
    for before, after in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(before, after)
    return graph.compile(checkpointer=InMemorySaver())


def hold(graph, meeting: int) -> None:
    config = {"configurable": {"thread_id": str(meeting)}, "recursion_limit": steps + 10}
    graph.invoke({"step": -1}, config)


if __name__ == "__main__":
    graph = build()
    hold(graph, -1)
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()
    cpu, began = time.process_time(), time.monotonic()
    for meeting in range(meetings):
        hold(graph, meeting)
    taken = {"cpu_seconds": time.process_time() - cpu, "seconds": time.monotonic() - began}
    print(json.dumps(taken), flush=True)

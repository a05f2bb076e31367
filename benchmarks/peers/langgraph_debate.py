"""LangGraph: a StateGraph that fans out, joins at the judge and ends with a report; its message stream is shown."""

import asyncio
import operator
from typing import Annotated, TypedDict

from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph

from benchmarks.peers.debate import MEMBERS, Viewer, judging, obey, opening, read_plan, reporting, start_of

plan = read_plan()
chat = ChatOpenAI(base_url=plan.base_url, api_key="none", streaming=True, stream_usage=True, max_retries=0)


class Debate(TypedDict):
    model: str
    opinions: Annotated[list[str], operator.add]
    ruling: str
    report: str


def member(name: str):
    async def speak(state: Debate) -> dict[str, list[str]]:
        answer = await chat.ainvoke(opening(name), model=state["model"])
        return {"opinions": [str(answer.content)]}

    return speak


async def judge(state: Debate) -> dict[str, str]:
    answer = await chat.ainvoke(judging(state["opinions"]), model=state["model"])
    return {"ruling": str(answer.content)}


async def report(state: Debate) -> dict[str, str]:
    answer = await chat.ainvoke(reporting(state["opinions"], state["ruling"]), model=state["model"])
    return {"report": str(answer.content)}


def compile_graph():
    graph = StateGraph(Debate)
    graph.add_node("judge", judge)
    for name in MEMBERS:
        graph.add_node(name, member(name))
        graph.add_edge(START, name)
    graph.add_edge(list(MEMBERS), "judge")
    graph.add_node("report", report)
    graph.add_edge("judge", "report")
    graph.add_edge("report", END)
    return graph.compile()


graph = compile_graph()


async def debate(viewer: Viewer, model: str, delay: float) -> None:
    await asyncio.sleep(delay)
    start = {"model": model, "opinions": [], "ruling": "", "report": ""}
    async for chunk, about in graph.astream(start, stream_mode="messages"):
        if chunk.content:
            viewer.show(about["langgraph_node"], chunk.content)


async def debates(viewers: list[Viewer], model: str) -> None:
    await asyncio.gather(
        *(debate(viewer, model, start_of(number, plan)) for number, viewer in enumerate(viewers))
    )


if __name__ == "__main__":
    with asyncio.Runner() as runner:
        obey(plan, lambda viewers, model: runner.run(debates(viewers, model)))

"""The openai SDK on plain threads, its typed chunks iterated as its own examples do."""

from concurrent.futures import ThreadPoolExecutor

from openai import OpenAI

from benchmarks.peers.debate import MEMBERS, Viewer, judging, obey, on_threads, opening, read_plan, reporting

plan = read_plan()
client = OpenAI(base_url=plan.base_url, api_key="none", max_retries=0)


def speak(viewer: Viewer, model: str, node_id: str, messages: list[dict[str, str]]) -> str:
    parts = []
    stream = client.chat.completions.create(
        model=model, messages=messages, stream=True, stream_options={"include_usage": True}
    )
    for chunk in stream:
        if chunk.choices and (text := chunk.choices[0].delta.content):
            parts.append(text)
            viewer.show(node_id, text)
    return "".join(parts)


def debate(viewer: Viewer, model: str) -> None:
    with ThreadPoolExecutor(len(MEMBERS)) as members:
        opinions = list(members.map(lambda member: speak(viewer, model, member, opening(member)), MEMBERS))
    ruling = speak(viewer, model, "judge", judging(opinions))
    speak(viewer, model, "report", reporting(opinions, ruling))


if __name__ == "__main__":
    obey(plan, on_threads(plan, debate))

"""The floor: httpx2 and json on plain threads, nothing in between."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx2

from benchmarks.peers.debate import MEMBERS, Viewer, judging, obey, on_threads, opening, read_plan, reporting

plan = read_plan()
client = httpx2.Client(
    base_url=plan.base_url, trust_env=False, timeout=60, limits=httpx2.Limits(max_connections=None)
)


def speak(viewer: Viewer, model: str, node_id: str, messages: list[dict[str, str]]) -> str:
    parts = []
    body = {"model": model, "messages": messages, "stream": True, "stream_options": {"include_usage": True}}
    with client.stream("POST", "/chat/completions", json=body) as response:
        for line in response.iter_lines():
            if not line.startswith("data: {"):
                continue
            choices = json.loads(line[6:])["choices"]
            if choices and (text := choices[0]["delta"].get("content")):
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

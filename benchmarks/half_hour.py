"""The page, half an hour long: whether what it keeps grows with what it has shown."""

from collections.abc import Iterator, Mapping

from benchmarks.chromium import Window
from benchmarks.chromium import window as new_window
from benchmarks.measure import Case
from benchmarks.page import follow, meeting, speak, wait_for_end
from benchmarks.report import About, Column

PARTS = 3
REAL_SECONDS, QUICK_SECONDS = 1800, 90
SCENARIO = "half an hour of 12 members at 80 tokens/s"

ABOUT = About(
    title="The page, half an hour long",
    text=(
        "The page of a meeting in which twelve members speak at once and all the time, at its own pace, before a "
        "reader who follows. Memory is what scripts keep after garbage collection, at the beginning and after each "
        "third; `words` are all that came, with their HTML. A run takes half an hour: it is made when it is named."
    ),
    columns=(
        Column("frames_per_second", "frames/s", 1),
        Column("long_tasks", "tasks over 50 ms"),
        Column("longest_task_ms", "longest ms", 0),
        Column("heap_0_mb", "heap MB, before", 1),
        Column("heap_1_mb", "after 1/3", 1),
        Column("heap_2_mb", "after 2/3", 1),
        Column("heap_3_mb", "in the end", 1),
        Column("nodes_1", "DOM nodes after 1/3"),
        Column("nodes_3", "in the end"),
        Column("words_mb", "words MB", 1),
        Column("behind_seconds", "s behind", 1),
    ),
    plots=(),
)


def cases(quick: bool) -> Iterator[Case]:
    seconds = QUICK_SECONDS if quick else REAL_SECONDS
    yield Case(SCENARIO, "council", lambda: half_hour(seconds))


def half_hour(seconds: float) -> Mapping[str, float]:
    with meeting(0) as (server, session_id), new_window() as watched:
        follow(watched, server, f"/meetings/{session_id}")
        figures: dict[str, float] = {"heap_0_mb": watched.heap_mb()}
        began = watched.metrics()["Timestamp"]
        speak(server, session_id, seconds, 1)
        watched.forget()
        smoothness = []
        for part in range(1, PARTS + 1):
            _pass_until(watched, began + seconds * part / PARTS - 2)
            smoothness.append(watched.smoothness())
            watched.forget()
            figures[f"heap_{part}_mb"] = watched.heap_mb()
            figures[f"nodes_{part}"] = watched.metrics()["Nodes"]
            watched.forget()  # Collecting garbage on demand is a long task.
        wait_for_end(watched)
        figures["behind_seconds"] = max(0.0, watched.metrics()["Timestamp"] - began - seconds)
        messages = server.request("GET", f"/api/v1/sessions/{session_id}")["messages"]
        figures["words_mb"] = sum(len(m["content"]) + len(m["html"]) for m in messages) / 1e6
        return figures | {
            "frames_per_second": min(part["frames_per_second"] for part in smoothness),
            "long_tasks": sum(part["long_tasks"] for part in smoothness),
            "longest_task_ms": max(part["longest_task_ms"] for part in smoothness),
        }


def _pass_until(watched: Window, moment: float) -> None:
    watched.page.wait_for_timeout(1000 * (moment - watched.metrics()["Timestamp"]))

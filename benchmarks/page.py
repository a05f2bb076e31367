"""The page: twelve members who speak at once, half an hour of their tokens, and a meeting of 2,000 messages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import TimeoutError

from benchmarks.chromium import Window, window
from benchmarks.council_server import CouncilServer, council_server
from benchmarks.measure import Case
from benchmarks.report import About, Column, Plot

APP = "benchmarks.page_app:page_app()"
MESSAGES = 2000
WARM_SECONDS = 5
PATIENCE_SECONDS = 180
REAL_SECONDS, QUICK_SECONDS = 60, 10
HALF_HOUR, QUICK_HALF_HOUR, SPEED = 1800, 120, 20
LIVE = "12 members at 80 tokens/s"
LONG = "half an hour of their tokens in 90 s"
OPENING = f"a meeting of {MESSAGES:,} messages is opened"

CONTESTANTS = {
    "council": "/meetings/{}",
    "naive page, Markdown": "/naive/{}",
    "naive page, text": "/naive/{}?text",
}

ABOUT = About(
    title="The page",
    text=(
        "Chromium without a graphics card, which shares two cores with the server: frames are painted by the "
        "processor. Live: twelve members speak at once, 80 tokens a second each, which the server gathers for 42 ms; "
        "a turn of 800 tokens ends with its Markdown rendered and the next begins. CPU is that of the page's main "
        "thread. "
        "The half hour is sent at twenty times its pace; memory is what scripts keep after garbage collection, beside "
        "the words and their HTML that came. The naive pages set each message's whole text anew with every event, as "
        "text or through a small Markdown parser, and build everything from one JSON answer."
    ),
    columns=(
        Column("frames_per_second", "frames/s", 1),
        Column("frame_p99_ms", "p99 frame ms", 1),
        Column("long_tasks", "tasks over 50 ms"),
        Column("longest_task_ms", "longest ms", 0),
        Column("core_percent", "main thread, % of a core", 1),
        Column("script_percent", "scripts, % of a core", 1),
        Column("heap_before_mb", "heap MB, before", 1),
        Column("heap_after_mb", "after", 1),
        Column("words_mb", "words MB", 1),
        Column("nodes", "DOM nodes"),
        Column("behind_seconds", "s behind at the end", 1),
        Column("first_paint_ms", "first paint ms"),
        Column("first_message_ms", "first message ms"),
        Column("loaded_ms", "loaded ms"),
        Column("connected_ms", "connected ms"),
        Column("response_ms", "server ms"),
        Column("page_kb", "page KB"),
    ),
    plots=(
        Plot(LIVE, "core_percent", "12 members at 80 tokens/s: main thread, % of a core"),
        Plot(OPENING, "connected_ms", "2,000 messages: ms until it is connected"),
    ),
)


def cases(quick: bool) -> Iterator[Case]:
    seconds = QUICK_SECONDS if quick else REAL_SECONDS
    half_hour = QUICK_HALF_HOUR if quick else HALF_HOUR
    for name, address in CONTESTANTS.items():
        yield Case(LIVE, name, lambda a=address: live(a, seconds))
    for name, address in CONTESTANTS.items():
        if not quick or name == "council":
            yield Case(LONG, name, lambda a=address: long_run(a, half_hour))
    for name, address in CONTESTANTS.items():
        if "text" not in name:
            yield Case(OPENING, name, lambda a=address: opening(a))


def live(address: str, seconds: float) -> Mapping[str, float]:
    with meeting(0) as (server, session_id), window() as watched:
        follow(watched, server, address.format(session_id))
        speak(server, session_id, seconds + WARM_SECONDS, 1)
        watched.page.wait_for_timeout(WARM_SECONDS * 1000)
        watched.forget()
        before = watched.metrics()
        watched.page.wait_for_timeout(seconds * 1000 - 500)
        after, smoothness = watched.metrics(), watched.smoothness()
        wait_for_end(watched)
    passed = after["Timestamp"] - before["Timestamp"]
    return {
        **smoothness,
        "core_percent": 100 * (after["TaskDuration"] - before["TaskDuration"]) / passed,
        "script_percent": 100 * (after["ScriptDuration"] - before["ScriptDuration"]) / passed,
    }


def long_run(address: str, seconds: float) -> Mapping[str, float]:
    with meeting(0) as (server, session_id), window() as watched:
        follow(watched, server, address.format(session_id))
        heap, began = watched.heap_mb(), watched.metrics()["Timestamp"]
        speak(server, session_id, seconds, SPEED)
        if not wait_for_end(watched):
            return {"behind_seconds": PATIENCE_SECONDS - seconds / SPEED}  # At least: so long was waited.
        behind = watched.metrics()["Timestamp"] - began - seconds / SPEED
        heap_after = watched.heap_mb()
        messages = server.request("GET", f"/api/v1/sessions/{session_id}")["messages"]
        return {
            "heap_before_mb": heap,
            "heap_after_mb": heap_after,
            "words_mb": sum(len(m["content"]) + len(m["html"]) for m in messages) / 1e6,
            "nodes": watched.metrics()["Nodes"],
            "behind_seconds": behind,
            **watched.long_tasks(),
        }


def opening(address: str) -> Mapping[str, float]:
    with meeting(MESSAGES) as (server, session_id), window() as watched:
        url = f"http://127.0.0.1:{server.port}{address.format(session_id)}"
        watched.page.goto(f"http://127.0.0.1:{server.port}/")
        watched.page.goto(url)
        watched.page.wait_for_selector("body[data-connection=connected]", state="attached")
        watched.page.wait_for_function(
            "document.querySelector('article[data-message-id]') && seen.moments.connected"
        )
        times = watched.times()
        return {
            "first_paint_ms": times["paint"] or 0,
            "first_message_ms": times["first_message"],
            "loaded_ms": times["domContentLoadedEventEnd"],
            "connected_ms": times["connected"],
            "response_ms": times["responseStart"],
            "page_kb": times["decodedBodySize"] / 1000,
            **watched.long_tasks(),
        }


# Meetings


@contextmanager
def meeting(messages: int) -> Iterator[tuple[CouncilServer, str]]:
    """A server with a meeting that has said so much already; with nothing said it is still running."""
    with council_server(app=APP) as server:
        yield server, server.request("POST", "/bench/meetings", {"messages": messages})["session_id"]


def follow(watched: Window, server: CouncilServer, path: str) -> None:
    watched.page.goto(f"http://127.0.0.1:{server.port}{path}")
    watched.page.wait_for_selector("body[data-connection=connected]", state="attached")


def speak(server: CouncilServer, session_id: str, seconds: float, speed: int) -> None:
    server.request("POST", "/bench/speak", {"session_id": session_id, "seconds": seconds, "speed": speed})


def wait_for_end(watched: Window) -> bool:
    """Whether the page has shown the meeting's end, while there was patience."""
    ended, patience = "body[data-session-status=completed]", PATIENCE_SECONDS * 1000
    try:
        watched.page.wait_for_selector(ended, state="attached", timeout=patience)
    except TimeoutError:
        return False
    return True

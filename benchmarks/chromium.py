"""A real Chromium, and what it says of a page: frames, long tasks, CPU time of its main thread, memory."""

import os
import shutil
import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.measure import BenchmarkFailed

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
WATCH = """(() => {
  const seen = { frames: [], tasks: [], moments: {}, last: 0 };
  globalThis.seen = seen;
  new PerformanceObserver((list) => list.getEntries().forEach((task) => seen.tasks.push(task.duration)))
    .observe({ type: "longtask", buffered: true });
  const note = (name, when) => { if (when && !(name in seen.moments)) seen.moments[name] = performance.now(); };
  const frame = (now) => {
    if (seen.last) seen.frames.push(now - seen.last);
    seen.last = now;
    note("first_message", document.querySelector("article[data-message-id]"));
    note("connected", document.body?.dataset.connection === "connected");
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()"""
FORGET = "seen.frames.length = seen.tasks.length = 0"
TIMES = """() => {
  const [{ responseStart, responseEnd, domContentLoadedEventEnd, decodedBodySize }] =
    performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null;
  return { responseStart, responseEnd, domContentLoadedEventEnd, decodedBodySize, paint, ...seen.moments };
}"""


@dataclass(frozen=True, slots=True)
class Window:
    """One page in a window of its own, watched from its first moment."""

    page: Page
    cdp: CDPSession

    def metrics(self) -> dict[str, float]:
        return {one["name"]: one["value"] for one in self.cdp.send("Performance.getMetrics")["metrics"]}

    def heap_mb(self) -> float:
        """What scripts keep, after everything else was collected."""
        for _ in range(2):
            self.cdp.send("HeapProfiler.collectGarbage")
        used: float = self.cdp.send("Runtime.getHeapUsage")["usedSize"]
        return used / 1e6

    def forget(self) -> None:
        """Frames and tasks count from now on."""
        self.page.evaluate(FORGET)

    def smoothness(self) -> Mapping[str, float]:
        """Frames and long tasks since they were last forgotten."""
        frames: list[float] = self.page.evaluate("seen.frames")
        if not frames:
            raise BenchmarkFailed("The page painted no frame.")
        return {
            "frames_per_second": 1000 * len(frames) / sum(frames),
            "frame_p99_ms": statistics.quantiles(frames, n=100)[98] if len(frames) > 1 else frames[0],
            **self.long_tasks(),
        }

    def long_tasks(self) -> Mapping[str, float]:
        tasks: list[float] = self.page.evaluate("seen.tasks")
        return {"long_tasks": len(tasks), "longest_task_ms": max(tasks, default=0.0)}

    def times(self) -> dict[str, Any]:
        """Milliseconds since the page was asked for, and its size in bytes."""
        return self.page.evaluate(TIMES)


@contextmanager
def window(width: int = 1600, height: int = 1000) -> Iterator[Window]:
    """A fresh browser with one empty page; open an address in ``page``."""
    path = (
        os.environ.get("COUNCIL_TEST_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
    )
    if path is None:
        raise BenchmarkFailed("The benchmark of the page needs Chromium (Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(120_000)
            page.add_init_script(WATCH)
            cdp = page.context.new_cdp_session(page)
            cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
            cdp.send("HeapProfiler.enable")
            yield Window(page, cdp)
        finally:
            browser.close()

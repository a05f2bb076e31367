"""The numbers of several processes in one folder, in the files that prometheus-client's multi-process mode reads.

Each process writes its own every second; whichever is scraped adds all of them up.
"""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import structlog
from prometheus_client import Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import mark_process_dead
from prometheus_client.samples import Sample

from council.web.measures import METRICS, Measures

log = structlog.get_logger(__name__)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
WRITE_SECONDS = 1.0


def shared_folder() -> Path | None:
    """Where processes share their numbers; ``None`` when each has its own."""
    folder = os.environ.get(FOLDER)
    return Path(folder) if folder else None


def forget_process(folder: Path, pid: int) -> None:
    """A process has ended: its gauges go, what it counted stays."""
    mark_process_dead(pid, path=str(folder))


class SharedMeasures:
    """This process's numbers in the shared folder, and the thread that writes them."""

    def __init__(self, measures: Measures, folder: Path) -> None:
        self.folder = folder
        self._measures = measures
        self._lock = threading.Lock()  # Guards _files, and that one thread writes at a time.
        self._files: dict[str, MmapedDict] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._keep_writing, name="metrics-writer", daemon=True)

    def start(self) -> None:
        """After the fork: the files are named for the process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def close(self) -> None:
        """The last numbers stay. Idempotent."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()

    def write(self) -> None:
        """Write them as they are now."""
        with self._lock:  # Counted inside: an older count must not come after a newer one.
            families, now = list(self._measures.collect()), time.time()
            for family in families:
                self._write_family(family, now)

    def _write_family(self, family: Metric, now: float) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        about = METRICS[family.name]
        kind = f"gauge_{about.merge}" if about.kind == "gauge" else about.kind
        keep = self._file(kind)
        for sample, value in _own_values(family):
            key = mmap_key(
                family.name, sample.name, list(sample.labels), list(sample.labels.values()), about.help
            )
            keep.write_value(key, value, now)

    def _file(self, kind: str) -> MmapedDict:
        if kind not in self._files:
            self._files[kind] = MmapedDict(str(self.folder / f"{kind}_{os.getpid()}.db"))
        return self._files[kind]

    def _keep_writing(self) -> None:
        while not self._closed.wait(WRITE_SECONDS):
            try:
                self.write()
            except Exception:  # top of the writing thread: the next second may be better
                log.exception("metrics.not_written")
        with suppress(Exception):  # The process ends; what could not be read any more is left out.
            self.write()


def _own_values(family: Metric) -> list[tuple[Sample, float]]:
    """The samples as the files have them: a bucket without those below it, and no count, which follows from them."""
    values, below = [], 0.0
    for sample in family.samples:
        if sample.name.endswith("_count"):
            continue
        value = float(sample.value)
        if sample.name.endswith("_bucket"):
            value, below = value - below, 0.0 if sample.labels["le"] == "+Inf" else value
        values.append((sample, value))
    return values

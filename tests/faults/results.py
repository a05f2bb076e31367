"""What became of the faults: one JSON file each, of its latest run, and how the machine was."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import council

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "results"


@dataclass(slots=True)
class Result:
    """Of one fault: how often all its tests were run, and how often all of them held."""

    name: str
    where: dict[str, Any]
    runs: int = 0
    held: int = 0
    seconds: float = 0.0
    skipped: list[str] = field(default_factory=list)  # Reasons, each once.
    failures: list[str] = field(default_factory=list)
    measured: dict[str, list[float]] = field(default_factory=dict)

    def save(self) -> None:
        save(self.name, asdict(self))


def save(name: str, found: dict[str, Any]) -> None:
    FOLDER.mkdir(exist_ok=True)
    _path(name).write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def load(name: str) -> dict[str, Any] | None:
    """What the latest run left; None when there was none."""
    path = _path(name)
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def load_all(names: Iterable[str]) -> dict[str, Result]:
    return {name: Result(**found) for name in names if (found := load(name)) is not None}


def here() -> dict[str, Any]:
    """When, what and on which machine."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "version": council.__version__,
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores, {_memory_gigabytes()} GB of memory, "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 1),
    }


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "council", "tests", "gunicorn.conf.py") else ""
    return f"{git('rev-parse', '--short', 'HEAD') or 'unknown'}{changed}"


def _memory_gigabytes() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _path(name: str) -> Path:
    kept = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    return FOLDER / f"{kept}.json"

"""What was measured: figures by benchmark, scenario and contestant, kept as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import HERE, Figure

FOLDER = HERE / "results"


@dataclass(slots=True)
class Results:
    """One benchmark's figures from one call of the runner."""

    benchmark: str
    runs: int
    quick: bool
    versions: dict[str, str]
    taken: dict[str, dict[str, list[Mapping[str, float]]]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    busy_elsewhere: list[float] = field(default_factory=list)  # Percent, before each case.

    def add(self, scenario: str, contestant: str, figures: Mapping[str, float]) -> None:
        self.taken.setdefault(scenario, {}).setdefault(contestant, []).append(figures)

    def save(self) -> Path:
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{self.benchmark}.json"
        path.write_text(json.dumps(self._as_json(), indent=1) + "\n")
        return path

    def _as_json(self) -> dict[str, object]:
        return {
            "benchmark": self.benchmark,
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "runs": self.runs,
            "quick": self.quick,
            "machine": machine(),
            "versions": self.versions,
            "failures": self.failures,
            "busy_elsewhere_percent": round(statistics.fmean(self.busy_elsewhere or [0.0]), 1),
            "scenarios": {
                scenario: {
                    name: {key: asdict(f) for key, f in summary(runs).items()} for name, runs in rows.items()
                }
                for scenario, rows in self.taken.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Saved:
    """One benchmark's figures, read back."""

    benchmark: str
    date: str
    runs: int
    quick: bool
    machine: str
    versions: dict[str, str]
    failures: list[str]
    busy_elsewhere_percent: float
    scenarios: dict[str, dict[str, dict[str, Figure]]]


def load_all(benchmarks: Iterable[str]) -> dict[str, Saved]:
    """What the latest runs of these benchmarks left; those that never ran are missing."""
    paths = {name: FOLDER / f"{name}.json" for name in benchmarks}
    return {name: _load(path) for name, path in paths.items() if path.exists()}


def _load(path: Path) -> Saved:
    saved = json.loads(path.read_text())
    saved["scenarios"] = {
        scenario: {name: {key: Figure(**f) for key, f in figures.items()} for name, figures in rows.items()}
        for scenario, rows in saved["scenarios"].items()
    }
    return Saved(**saved)


def summary(runs: list[Mapping[str, float]]) -> dict[str, Figure]:
    """The median and the spread of each quantity over the runs."""
    return {key: Figure.of(run[key] for run in runs if key in run) for key in runs[0]}


def machine() -> str:
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{os.cpu_count()} cores, Python {python}, {platform.system()} {platform.machine()}"

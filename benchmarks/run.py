"""Runs the benchmarks: ``python -m benchmarks.run [names] [--quick] [--runs N] [--publish]``."""

import argparse
import importlib
import shutil
import sys
from importlib.metadata import version
from types import ModuleType

from benchmarks.goals import judge
from benchmarks.measure import ROOT, BenchmarkFailed, busy_elsewhere_percent
from benchmarks.peers import environment
from benchmarks.plot import svg
from benchmarks.report import document, scenario_table
from benchmarks.results import FOLDER, Results, load_all, summary

BENCHMARKS = ("fanout", "engine", "nodes", "page", "pipeline", "replay", "sockets", "start")
LONG = ("half_hour",)  # Run when they are named.
ALL = BENCHMARKS + LONG
OUR_PARTS = ("flask", "gunicorn", "openai", "sqlalchemy")
DOCS = ROOT / "docs" / "reference"


def main() -> int:
    options = _parse()
    environment.prepare()
    versions = _versions()
    failures = 0
    for name in options.names or BENCHMARKS:
        results = Results(name, 1 if options.quick else options.runs, options.quick, versions)
        measure(_module(name), results, options.only)
        results.save()
        failures += len(results.failures)
    write_page()
    if options.publish:
        publish()
    return 1 if failures else 0


def measure(benchmark: ModuleType, results: Results, only: str) -> None:
    """All cases once, then all again: what disturbs the machine for a while disturbs everybody."""
    print(f"\n{benchmark.ABOUT.title}", file=sys.stderr)
    cases = [case for case in benchmark.cases(results.quick) if only in case.contestant]
    for run in range(results.runs):
        for case in cases:
            print(f"  run {run + 1}: {case.scenario}: {case.contestant}", file=sys.stderr)
            results.busy_elsewhere.append(busy_elsewhere_percent())
            try:
                results.add(case.scenario, case.contestant, case.run())
                results.save()  # Whatever happens to the next one.
            except BenchmarkFailed as problem:
                results.failures.append(f"{case.scenario}: {case.contestant}: {str(problem).splitlines()[0]}")
                print(f"    failed: {problem}", file=sys.stderr)
    for scenario, rows in results.taken.items():
        figures = {name: summary(runs) for name, runs in rows.items()}
        print(f"\n{scenario}\n\n{scenario_table(benchmark.ABOUT, figures)}")


def write_page() -> None:
    """The latest figures of all benchmarks as one page, with a plot of each."""
    saved = load_all(ALL)
    verdicts = judge(saved)
    sections = [(_module(name).ABOUT, results) for name, results in saved.items()]
    for about, results in sections:
        if about.plots:
            picture = svg(about.title, about.plots, results.scenarios)
            (FOLDER / f"{results.benchmark}.svg").write_text(picture)
    (FOLDER / "benchmarks.md").write_text(document(sections, verdicts))
    for verdict in verdicts:
        value = "" if verdict.value is None else f"{verdict.value:,.3g} {verdict.goal.unit}"
        print(f"{verdict.word:13} {verdict.goal.what}: {value}", file=sys.stderr)


def publish() -> None:
    """Copies the page and its plots into the reference."""
    DOCS.mkdir(parents=True, exist_ok=True)
    for path in (*FOLDER.glob("*.svg"), FOLDER / "benchmarks.md"):
        shutil.copy(path, DOCS / path.name)


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}")


def _versions() -> dict[str, str]:
    ours = {f"our {name}": version(name) for name in OUR_PARTS}
    return environment.versions() | ours


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"which: {', '.join(ALL)} (default: all but the last)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one short run of each, to see that everything works"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often everything is run (default: 3)")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="only contestants whose name has this text"
    )
    parser.add_argument(
        "--publish", action="store_true", help="also write docs/reference/benchmarks.md and its plots"
    )
    options = parser.parse_args()
    for name in options.names:
        if name not in ALL:
            parser.error(f"There is no benchmark {name}; there are {', '.join(ALL)}.")
    if options.quick and options.publish:
        parser.error("A quick run only shows that everything works: its figures are not for publishing.")
    return options


if __name__ == "__main__":
    sys.exit(main())

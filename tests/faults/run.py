"""Makes the faults of the table and writes down what became of them: ``make faults``.

``python -m tests.faults.run [--only words] [--times N] [--quick]``. The page is made of the latest run of each fault,
this call's or an earlier one's; ``--quick`` makes each once and leaves the page as it is.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from council.clock import monotonic
from tests.faults.conftest import LONG_TOO
from tests.faults.page import write_page
from tests.faults.results import ROOT, Result, here
from tests.faults.table import FAULTS, MEASURES, Fault

TIMEOUT_SECONDS = 600.0
MOST_FAILURES = 5  # Of one fault that are told.


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    chosen = [fault for fault in FAULTS if options.only.lower() in fault.name.lower()]
    if not chosen:
        print(f"No fault's name has {options.only!r} in it. They are in tests/faults/table.py.")
        return 2
    results = [make(fault, _times(fault, options)) for fault in chosen]
    if not options.quick:
        for result in results:
            result.save()
        write_page()
    return int(any(result.held < result.runs for result in results))


def make(fault: Fault, times: int) -> Result:
    """Make it that often, each time in a process of its own."""
    result = Result(fault.name, here())
    print(f"{fault.name} ", end="", flush=True)
    for _ in range(times):
        _make_once(fault, result)
    print(f" {result.held} of {result.runs} in {result.seconds:.0f} s")
    for line in result.failures:
        print(f"    {line}")
    return result


def _make_once(fault: Fault, result: Result) -> None:
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        status, said = _pytest(fault, report)
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    result.seconds += monotonic() - began
    result.runs += 1
    result.held += status == 0
    failures = [line for case in cases for line in _failures(case)]
    if status != 0:
        result.failures += failures or [f"pytest ended with {status}: {said[-300:]}"]
        del result.failures[MOST_FAILURES:]
    for case in cases:
        _take(case, result)
    print("." if status == 0 else "F", end="", flush=True)


def _pytest(fault: Fault, report: Path) -> tuple[int, str]:
    properties = ("-o", "junit_family=legacy")  # The newer one has no place for what a test writes down.
    command = [sys.executable, "-m", "pytest", *fault.tests, f"--junitxml={report}", *properties]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {LONG_TOO: "1"},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return -1, f"no end within {TIMEOUT_SECONDS:g} s"
    return done.returncode, done.stdout


def _failures(case: ElementTree.Element) -> Iterator[str]:
    """One line for what went wrong with a test."""
    for kind in ("failure", "error"):
        for each in case.findall(kind):
            lines = (each.get("message") or each.text or "").splitlines() or [kind]
            yield f"{case.get('name')}: {lines[0][:200]}"


def _take(case: ElementTree.Element, result: Result) -> None:
    """What a test wrote down, and why it was skipped."""
    for each in case.iter("property"):
        name, value = str(each.get("name")), str(each.get("value"))
        if name in MEASURES:
            result.measured.setdefault(name, []).append(float(value))
    for each in case.findall("skipped"):
        reason = f"{case.get('name')}: {each.get('message')}"
        if reason not in result.skipped:
            result.skipped.append(reason)


def _times(fault: Fault, options: argparse.Namespace) -> int:
    return 1 if options.quick else options.times or fault.times


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run", description=__doc__)
    parser.add_argument("--only", default="", help="faults whose name has these words in it")
    parser.add_argument("--times", type=int, help="how often, instead of what the table says")
    parser.add_argument("--quick", action="store_true", help="each once, and the page stays as it is")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

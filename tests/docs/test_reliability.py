"""The table of faults is complete, and the page that is made of it shows every one."""

import ast
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT
from tests.faults.page import PAGE, document
from tests.faults.results import Result
from tests.faults.table import FAULTS, INVARIANTS, MEASURES, Fault

HERE = {"date": "2026-11-21", "version": "1", "commit": "abc", "machine": "2 cores", "load": 1.0}
SMOKE = ROOT / "tests" / "faults" / "test_soak.py"  # What it tries, `make soak` does at length.


def functions_of(path: Path) -> set[str]:
    """The tests of a module."""
    found = ast.parse(path.read_text("utf-8")).body
    return {
        each.name for each in found if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }


def test_no_test_of_faults_is_forgotten() -> None:
    """Every test under tests/faults is made by some fault of the table."""
    made = {test for fault in FAULTS for test in fault.tests}
    for path in sorted((ROOT / "tests" / "faults").glob("test_*.py")):
        name = path.relative_to(ROOT).as_posix()
        left = {test for test in functions_of(path) if not made & {name, f"{name}::{test}"}}
        assert path == SMOKE or left == set(), f"{name}: {left} is not in tests/faults/table.py"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_the_table_names_exists(fault: Fault) -> None:
    """Each node id leads to a module, or to a test in it."""
    for test in fault.tests:
        name, _, function = test.partition("::")
        assert (ROOT / name).exists(), test
        assert not function or function in functions_of(ROOT / name), test


def test_what_tests_write_down_has_words() -> None:
    """Every property that a test of faults records is known to the page, and the other way round."""
    calls = [
        node.args[0].value
        for path in (ROOT / "tests" / "faults").glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "record_property"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert set(calls) == set(MEASURES)


def test_the_page_has_every_fault() -> None:
    """And every invariant; to mend it: python -m tests.faults.page."""
    text = PAGE.read_text("utf-8")
    assert [fault.name for fault in FAULTS if f"| {fault.name} | {fault.how}" not in text] == []
    assert [each for each in INVARIANTS if each not in text] == []


def test_failures_are_shown() -> None:
    """What held is counted, what failed is told in its own words, and what was not run says so."""
    broken = Result(FAULTS[0].name, HERE, runs=20, held=18, failures=["test_x: it broke | badly"])
    broken.measured["takeover_seconds"] = [1.5, 2.5]
    text = document({broken.name: broken}, None)
    assert "| **18 of 20** | take-over after at most 2.5 s (limit lease of 1 s + 2 s) |" in text
    assert "`test_x: it broke / badly`" in text
    assert text.count("| not run |") == len(FAULTS) - 1

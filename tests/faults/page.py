"""What became of the faults, as a page: ``python -m tests.faults.page`` writes docs/reference/reliability.md anew."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from tests.faults.results import ROOT, Result, load, load_all
from tests.faults.table import FAULTS, INVARIANTS, LEVELS, MEASURES, Fault, Level

PAGE = ROOT / "docs" / "reference" / "reliability.md"
SOAK = "soak"

_HEAD = """# Faults, and what became of them

What Council promises is said in [reliability](../explanation/reliability.md). This page says how each promise was put
to the test, how often, and what came of it. It is made by `make faults` and `make soak`, on one machine with one or two
processes on one SQLite file; anyone can run them again, and failures are shown as failures.

| Command | Does |
| --- | --- |
| `make faults` | makes every fault on this page as often as said here, and writes the page anew |
| `python -m tests.faults.run --only disk --times 50` | makes those alone whose name has that word, that often |
| `python -m tests.faults.run --quick` | makes each once, for a look; the page stays as it is |
| `make soak` | half an hour of faults by chance under load, see [below](#soak) |

Each fault is made by tests in the repository, from real processes and sockets unless its level says otherwise. One time
is one run of all its tests in a fresh process; it held if nothing at all was found wrong.
"""

_INVARIANTS = """## What must hold

Each test with a meeting in it asks the same in the end, as far as its fault has to do with it; `make soak` asks all.
"""


def main() -> None:
    write_page()


def write_page() -> None:
    """Of the latest results there are. A fault without one is shown as not run."""
    results = load_all(fault.name for fault in FAULTS)
    PAGE.write_text(document(results, load(SOAK)), "utf-8")


def document(results: dict[str, Result], soak: dict[str, Any] | None) -> str:
    invariants = "\n".join(f"{number}. {text}" for number, text in enumerate(INVARIANTS, 1))
    parts = [_HEAD, _where(results.values()), _shorter(results), f"{_INVARIANTS}\n{invariants}\n"]
    parts += [_level(level, results) for level in LEVELS]
    parts += [_failures(results.values()), _soak(soak)]
    return "\n".join(part for part in parts if part)


def _where(results: Collection[Result]) -> str:
    """When and where it was run; several, when not all was run at once."""
    found = dict.fromkeys(
        f"{each.where['date']}, version {each.where['version']}, commit {each.where['commit']}: "
        f"{each.where['machine']}."
        for each in results
    )
    lines = "\n".join(f"- {line}" for line in found)
    return f"Run on:\n\n{lines or '- nothing yet'}\n{_busy([each.where['load'] for each in results])}"


def _shorter(results: dict[str, Result]) -> str:
    """Says so, when the latest run was not the whole one."""
    short = [each for each in FAULTS if each.name in results and results[each.name].runs < each.times]
    if not short:
        return ""
    return f"A shorter run than a whole `make faults`: {len(short)} of {len(FAULTS)} faults were made less often.\n"


def _busy(loads: list[float]) -> str:
    """How much else the machine had to do."""
    if not loads:
        return ""
    return f"\nThe machine was shared: its load was between {min(loads)} and {max(loads)} when they began.\n"


def _level(level: Level, results: dict[str, Result]) -> str:
    faults = [fault for fault in FAULTS if fault.level == level]
    rows = "\n".join(_row(fault, results.get(fault.name)) for fault in faults)
    head = "| Fault | How it is made | Held | Written down |\n| --- | --- | --- | --- |"
    return f"## Level {level}\n\n{LEVELS[level]}\n\n{head}\n{rows}\n"


def _row(fault: Fault, result: Result | None) -> str:
    made_by = ", ".join(
        f"`{path}`" for path in dict.fromkeys(test.partition("::")[0] for test in fault.tests)
    )
    held = "not run" if result is None else _held(result)
    measured = "" if result is None else _measured(result)
    return f"| {fault.name} | {fault.how} By {made_by}. | {held} | {measured} |"


def _held(result: Result) -> str:
    told = f"{result.held} of {result.runs}"
    if result.held < result.runs:
        told = f"**{told}**"
    return f"{told}; a part was skipped" if result.skipped else told


def _measured(result: Result) -> str:
    return "; ".join(_measure(name, values) for name, values in result.measured.items())


def _measure(name: str, values: list[float]) -> str:
    measure = MEASURES[name]
    value = sum(values) if measure.counts == "sum" else max(values)
    if measure.counts == "sum":
        return f"{value:,.0f} {measure.words}"
    limit = f" (limit {measure.limit})" if measure.limit else ""
    return f"{measure.words} {value:,.4g} {measure.unit}".rstrip() + limit


def _failures(results: Iterable[Result]) -> str:
    lines = [f"- {each.name}: {_plain(line)}" for each in results for line in each.failures]
    lines += [f"- {each.name}, not run: {_plain(line)}" for each in results for line in each.skipped]
    return "## What did not hold, and what was not run\n\n" + ("\n".join(lines) or "Nothing.") + "\n"


def _plain(line: str) -> str:
    return f"`{line.replace('`', chr(39)).replace('|', '/')}`"


def _soak(found: dict[str, Any] | None) -> str:
    return "## Soak\n\n" + ("\n".join(_soak_lines(found)) if found else "Not run.") + "\n"


def _soak_lines(found: dict[str, Any]) -> Iterator[str]:
    """What was done, then a line for each invariant."""
    yield found["told"]
    yield ""
    yield f"{found['where']['date']}, commit {found['where']['commit']}: {found['where']['machine']}."
    yield f"Command: `{found['command']}`."
    yield ""
    yield "| What must hold | Held | What was found |"
    yield "| --- | --- | --- |"
    for row in found["rows"]:
        held = {True: "yes", False: "**no**", None: "written down"}[row["held"]]
        yield f"| {row['number']}. {row['what']} | {held} | {row['found']} |"


if __name__ == "__main__":
    main()

"""Results as people read them: Markdown tables, with what was wished beside what was reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.goals import Verdict
from benchmarks.measure import Figure
from benchmarks.results import Saved


@dataclass(frozen=True, slots=True)
class Column:
    """One quantity of a benchmark's tables."""

    key: str
    heading: str
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Plot:
    """One chart: a quantity of one scenario, a bar for each contestant."""

    scenario: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class About:
    """How a benchmark is presented."""

    title: str
    text: str
    columns: tuple[Column, ...]
    plots: tuple[Plot, ...]


def document(sections: Iterable[tuple[About, Saved]], verdicts: list[Verdict]) -> str:
    """The whole page; the plots lie beside it."""
    parts = [_HEAD, "## Goals\n", _goals(verdicts)]
    for about, saved in sections:
        parts.append(_section(about, saved))
    return "\n".join(parts)


QUIET_PERCENT = 8.0

_HEAD = """# Benchmarks

Council and its peers, measured in the same run by `make bench`: each server alone on one core, the load client and
the fake model server, both in C, on another. Each figure is the median of the interleaved runs, with half the distance
between the lowest and the highest as ± %. Absolute figures do not travel between machines; ratios do.
"""


def _goals(verdicts: list[Verdict]) -> str:
    rows = [_goal_row(verdict) for verdict in verdicts]
    return _table(["goal", "wanted", "measured", "", "margin"], rows)


def _goal_row(verdict: Verdict) -> list[str]:
    goal = verdict.goal
    value = "–" if verdict.value is None else f"{_number(verdict.value)} {goal.unit}".strip()
    margin = "" if verdict.margin is None else f"{verdict.margin:.2f}x"
    word = f"**{verdict.word}**" if verdict.word == "not met" else verdict.word
    return [goal.what, f"{goal.kind} {_number(goal.limit)} {goal.unit}".strip(), value, word, margin]


def _section(about: About, saved: Saved) -> str:
    quick = " A quick run: the figures only show that everything works." if saved.quick else ""
    versions = ", ".join(f"{name} {version}" for name, version in saved.versions.items())
    parts = [
        f"## {about.title}\n",
        f"{about.text}\n",
        f"{saved.machine}; {saved.date}; {saved.runs} runs.{quick} {versions}.\n",
    ]
    if saved.busy_elsewhere_percent > QUIET_PERCENT:
        parts.append(
            f"**Disturbed:** other programs kept the machine {saved.busy_elsewhere_percent:.0f} % busy meanwhile. "
            "Latencies and rates say little; CPU time says something.\n"
        )
    if about.plots:
        parts.append(f"![{about.title}]({saved.benchmark}.svg)\n")
    for scenario, rows in saved.scenarios.items():
        parts.append(f"### {scenario}\n\n{scenario_table(about, rows)}")
    parts += [f"Failed: {failure}\n" for failure in saved.failures]
    return "\n".join(parts)


def scenario_table(about: About, rows: Mapping[str, Mapping[str, Figure]]) -> str:
    shown = [c for c in about.columns if any(c.key in figures for figures in rows.values())]
    body = [[name, *(_cell(figures.get(c.key), c.digits) for c in shown)] for name, figures in rows.items()]
    return _table(["", *(c.heading for c in shown)], body)


def _cell(figure: Figure | None, digits: int) -> str:
    if figure is None:
        return ""
    text = f"{figure.median:,.{digits}f}"
    return f"{text} ±{figure.spread_percent:.0f} %" if figure.spread_percent >= 0.5 else text


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] + ["---:"] * (len(headings) - 1), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)

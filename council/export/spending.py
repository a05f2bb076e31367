"""What a meeting has cost, in all and by member: who spent most stands first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext

from council.export import words
from council.export.blocks import Block, Facts, Grid, Line, Title
from council.export.names import Names
from council.export.report import Cost, Report, Spending


def spending_of(usages: Iterable[Mapping[str, Any]], names: Names) -> tuple[Spending, ...]:
    """Each member once, whatever its turns."""
    found: dict[str, Spending] = {}
    for usage in usages:
        node_id, agent_id = usage["node_id"], usage["agent_id"]
        key = agent_id or node_id
        nothing = Spending(names.anybody(key), names.model(node_id, agent_id), Cost(0, 0, None, 0))
        before = found.get(key, nothing)
        found[key] = replace(before, cost=_grown(before.cost, usage))
    return tuple(found.values())


def _grown(cost: Cost, usage: Mapping[str, Any]) -> Cost:
    """A price that nobody knows adds to the tokens without one, and a local model has none."""
    read, written, usd = usage["input_tokens"], usage["output_tokens"], usage["estimated_cost_usd"]
    is_known = usd is not None and usage["price"] != "local"
    return Cost(
        input_tokens=cost.input_tokens + read,
        output_tokens=cost.output_tokens + written,
        usd=(cost.usd or 0.0) + usd if is_known else cost.usd,
        unknown_tokens=cost.unknown_tokens + (read + written if usage["price"] == "unknown" else 0),
    )


def cost_blocks(report: Report) -> Iterator[Block]:
    cost = report.cost
    yield Facts(tuple((name, value) for name, value in _sums(report) if value))
    if cost.unknown_tokens:
        text = gettext("The price of {tokens} tokens is unknown: the real cost is higher than what is known.")
        yield Line(text.format(tokens=words.count(cost.unknown_tokens)), "warning")
    if cost.lost_tokens:
        text = gettext("Up to {tokens} tokens of interrupted calls could not be counted.")
        yield Line(text.format(tokens=words.count(cost.lost_tokens)), "warning")
    if report.spending:
        yield Title(gettext("By member"))
        yield _by_member(report.spending, report.rehearsal)


def _sums(report: Report) -> Iterable[tuple[str, str]]:
    cost = report.cost
    yield gettext("Cost"), words.cost_text(cost, report.rehearsal)
    yield gettext("Tokens read"), words.count(cost.input_tokens)
    yield gettext("Tokens written"), words.count(cost.output_tokens)
    yield gettext("Cap"), ", ".join(_limit(name, most) for name, most in cost.cap.items())


def _limit(name: str, most: float) -> str:
    match name:
        case "usd":
            return words.usd(most)
        case "tokens":
            return gettext("{count} tokens").format(count=words.count(most))
        case _:
            return words.duration(most)


def _by_member(spending: Iterable[Spending], rehearsal: bool) -> Grid:
    head = (
        gettext("Member"), gettext("Model"), gettext("Tokens read"), gettext("Tokens written"), gettext("Cost"),
    )  # fmt: skip
    return Grid(
        head, tuple(_row(each, rehearsal) for each in sorted(spending, key=_dearest)), frozenset({2, 3, 4})
    )


def _row(each: Spending, rehearsal: bool) -> tuple[str, ...]:
    read, written = words.count(each.cost.input_tokens), words.count(each.cost.output_tokens)
    return (each.name, each.model, read, written, words.cost_text(each.cost, rehearsal))


def _dearest(each: Spending) -> tuple[float, int]:
    return -(each.cost.usd or 0.0), -(each.cost.input_tokens + each.cost.output_tokens)

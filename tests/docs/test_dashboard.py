"""The dashboard for Grafana shows what this server tells, and nothing that it does not."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from council.parts import Parts
from council.web.measures import METRICS
from tests.docs.markdown import ROOT

_METRIC = re.compile(r"council_[a-z_]+")
_BY = re.compile(r"by \(([^)]*)\)")
_LEGEND = re.compile(r"\{\{(\w+)\}\}")
FROM_PROMETHEUS = {"job", "instance"}

Panel = dict[str, Any]


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "council.json").read_text("utf-8"))
    return loaded


@pytest.fixture
def told(make_council: Callable[..., Parts]) -> set[str]:
    """The name of every series that a real scrape has, those of histograms included."""
    text = make_council().app.test_client().get("/metrics").text  # type: ignore[attr-defined]
    return {
        name for family in text_string_to_metric_families(text) for name in _series(family.name, family.type)
    }


def test_every_metric_it_names_is_in_a_scrape(dashboard: dict[str, Any], told: set[str]) -> None:
    """A panel over a metric that does not exist would stay empty for ever."""
    named = set(_METRIC.findall(json.dumps(dashboard)))
    assert named - told == set()


def test_it_shows_everything(dashboard: dict[str, Any]) -> None:
    """Every metric has its place in a panel."""
    queries = " ".join(target["expr"] for panel in _panels(dashboard) for target in panel["targets"])
    missing = [
        name
        for name, about in METRICS.items()
        if not set(_series(name, about.kind)) & set(_METRIC.findall(queries))
    ]
    assert missing == []


def test_labels_exist(dashboard: dict[str, Any]) -> None:
    """What a query groups by, and what a legend names, are labels of that metric."""
    for panel in _panels(dashboard):
        for target in panel["targets"]:
            metrics = [_about(series) for series in _METRIC.findall(target["expr"])]
            labels = FROM_PROMETHEUS | {"le"} | {label for about in metrics for label in about.labels}
            grouped = {label.strip() for found in _BY.findall(target["expr"]) for label in found.split(",")}
            assert grouped | set(_LEGEND.findall(target["legendFormat"])) <= labels, panel["title"]


def test_counters_are_seen_as_rates(dashboard: dict[str, Any]) -> None:
    """The number itself starts anew with every process."""
    for panel in _panels(dashboard):
        for target in panel["targets"]:
            for name in re.findall(r"council_[a-z_]+(?:_total|_bucket)\b", target["expr"]):
                assert re.search(rf"(?:rate|increase)\({name}\b", target["expr"]), (panel["title"], name)


def test_the_data_source_can_be_chosen(dashboard: dict[str, Any]) -> None:
    """Nothing in it belongs to the Grafana it was made with."""
    variables = {each["name"]: each for each in dashboard["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    sources = [part["datasource"] for panel in _panels(dashboard) for part in (panel, *panel["targets"])]
    assert {source["uid"] for source in sources} == {"${datasource}"}
    assert dashboard["id"] is None
    assert dashboard["schemaVersion"] >= 38


def test_panels_have_their_places(dashboard: dict[str, Any]) -> None:
    """Ids are unique, rows come before their panels, and no two panels lie over each other."""
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert panels[0]["type"] == "row"
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def _panels(dashboard: dict[str, Any]) -> list[Panel]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def _series(name: str, kind: str) -> Iterator[str]:
    match kind:
        case "counter":
            yield f"{name}_total"
        case "histogram":
            yield from (f"{name}_{part}" for part in ("bucket", "sum", "count"))
        case _:
            yield name


def _about(series: str) -> Any:
    [about] = [about for name, about in METRICS.items() if series in _series(name, about.kind)]
    return about

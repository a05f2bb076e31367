"""GET /metrics: this server in numbers, as Prometheus reads them."""

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from council.web.describe import Answer, describes
from council.web.measures import Measures
from council.web.shared_measures import SharedMeasures


def blueprint(measures: Measures, shared: SharedMeasures | None) -> Blueprint:
    """With ``shared`` the numbers of all processes that use its folder, added up."""
    pages = Blueprint("metrics", __name__)
    registry = _registry(measures) if shared is None else None

    @pages.get("/metrics")
    @describes(
        "read_metrics",
        "This server in numbers, for Prometheus",
        details="A scraper may bring `COUNCIL_METRICS_TOKEN` instead of a user's token.",
        answers={200: Answer("Prometheus' text format.", {"text/plain": {"type": "string"}})},
    )
    def metrics() -> Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        current = registry or _registry_of_all(shared)
        return Response(encode(current), content_type=content_type, headers={"Cache-Control": "no-store"})

    return pages


def _registry(measures: Measures) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(measures)
    return registry


def _registry_of_all(shared: SharedMeasures | None) -> CollectorRegistry:
    """This process's numbers are written first, so that they are as new as the scrape."""
    if shared is None:
        raise AssertionError("one process keeps a registry of its own")
    shared.write()
    registry = CollectorRegistry(auto_describe=False)
    MultiProcessCollector(registry, path=str(shared.folder))
    return registry

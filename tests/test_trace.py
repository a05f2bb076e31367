"""Traces: off unless they are asked for, and then below whoever asks."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from council import trace
from council.application import prepare
from council.parts import Parts
from council.settings import Settings, SettingsError

MakeSettings = Callable[..., Settings]
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def no_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in trace.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    yield
    trace.use(None)


@pytest.fixture
def spans() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.use(provider)
    return exporter


@pytest.mark.parametrize("endpoint", trace.ENDPOINTS)
def test_when_traces_are_wanted(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    """``auto`` listens to OpenTelemetry's own variables; ``on`` and ``off`` are what they say."""
    assert not trace.wanted(make_settings())
    assert trace.wanted(make_settings(tracing="on"))
    monkeypatch.setenv(endpoint, "http://127.0.0.1:4318")
    assert trace.wanted(make_settings())
    assert not trace.wanted(make_settings(tracing="off"))


def test_a_missing_package_is_told(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for traces and has not installed them hears what to install, before anything is served."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match="is not installed") as told:
        prepare(make_settings(tracing="on"))
    assert "requirements-trace.txt" in told.value.hint
    prepare(make_settings(tracing="off"))


def test_nothing_is_imported_while_off() -> None:
    """A process without traces never loads OpenTelemetry."""
    code = (
        "import sys; from council import trace\n"
        "with trace.span('a', b=1) as span: span.set(c=2)\n"
        "assert span is trace.NO_SPAN\n"
        "assert trace.open_request_span('GET /', {}, {}) is None\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_span_of_a_request(make_council: Callable[..., Parts], spans: InMemorySpanExporter) -> None:
    """A server's span with method, route and status, below that of whoever sent it; the query is left out."""
    app = make_council().app  # type: ignore[attr-defined]
    app.test_client().get("/health?token=abc", headers={"traceparent": PARENT})
    [span] = spans.get_finished_spans()
    assert (span.name, span.kind) == ("GET /health", SpanKind.SERVER)
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/health",
        "url.path": "/health",
        "http.response.status_code": 200,
    }
    assert span.parent is not None
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == PARENT.split("-")[1]
    assert f"{span.parent.span_id:016x}" == PARENT.split("-")[2]


def test_an_exception_marks_its_span(spans: InMemorySpanExporter) -> None:
    """By its kind; what it says is left out."""
    with pytest.raises(ValueError, match="whale"), trace.span("a"):
        raise ValueError("the blue whale")
    [span] = spans.get_finished_spans()
    assert dict(span.attributes or {}) == {"error.type": "ValueError"}
    assert "whale" not in span.to_json()

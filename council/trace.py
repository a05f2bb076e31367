"""Spans of meetings, their nodes, their model calls and HTTP requests, sent over OTLP. Off unless it is asked for.

While it is off nothing of OpenTelemetry is imported, and a span is one shared object that does nothing.
"""

import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from council.errors import Interrupted
from council.settings import Settings, SettingsError

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

DEFAULT_ENDPOINT = "http://localhost:4318"

Attributes = Mapping[str, Any]

EXPORT_SECONDS = 3.0  # A collector that does not answer must not hold up the end of the process for longer.

_PACKAGES = (
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.sdk.trace",
    "opentelemetry.sdk.trace.export",
    "opentelemetry.sdk.resources",
)

_tracer: Any = None  # Set once, before anything is served.
_provider: Any = None


class Span:
    """What is said of one span. The one that is shared while traces are off says nothing."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: Any = None, token: Any = None) -> None:
        self._span = span
        self._token = token

    def set(self, **attributes: Any) -> None:
        """Attributes with dots in their names are given with two underscores."""
        if self._span is not None:
            for name, value in attributes.items():
                if value is not None:
                    self._span.set_attribute(name.replace("__", "."), value)

    def failed(self, kind: str) -> None:
        """It did not do what it was for; ``kind`` is one of few words, never what somebody wrote."""
        if self._span is not None:
            from opentelemetry.trace import Status, StatusCode

            self._span.set_attribute("error.type", kind)
            self._span.set_status(Status(StatusCode.ERROR))

    def answered(self, status: int) -> None:
        self.set(http__response__status_code=status)
        if status >= 500:
            self.failed(str(status))

    def end(self) -> None:
        """Only for spans that are opened by hand: ``open_request_span``."""
        if self._span is not None:
            from opentelemetry import context

            self._span.end()
            context.detach(self._token)


NO_SPAN = Span()


def wanted(settings: Settings) -> bool:
    """Whether the settings, or OpenTelemetry's own variables, ask for traces."""
    if settings.tracing == "auto":
        return any(os.environ.get(name) for name in ENDPOINTS)
    return settings.tracing == "on"


def endpoint() -> str:
    """Where the exporter sends them: OpenTelemetry's own variables, or its own default."""
    found = (os.environ.get(name) for name in reversed(ENDPOINTS))
    return next(filter(None, found), DEFAULT_ENDPOINT)


def check_tracing(settings: Settings) -> None:
    """Raises SettingsError when traces are wanted and cannot be sent. Before the fork: it starts nothing."""
    if wanted(settings):
        _packages()


def configure_tracing(settings: Settings, version: str) -> None:
    """From now on spans are sent, if they are wanted. Raises SettingsError when the packages are missing."""
    if not wanted(settings) or _tracer is not None:
        return
    exporter, sdk, export, resources = _packages()
    resource = resources.Resource.create({"service.name": "council", "service.version": version})
    provider = sdk.TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(export.BatchSpanProcessor(exporter.OTLPSpanExporter(timeout=EXPORT_SECONDS)))
    use(provider)


def _packages() -> list[ModuleType]:
    try:
        return [importlib.import_module(name) for name in _PACKAGES]
    except ImportError as problem:
        raise SettingsError(
            f"Traces are asked for, and {problem.name or 'OpenTelemetry'} is not installed.",
            hint="Run pip install -r requirements-trace.txt, or set COUNCIL_TRACING=off.",
        ) from problem


def use(provider: Any) -> None:
    """Send spans to this provider of OpenTelemetry's SDK; ``None`` turns them off."""
    global _tracer, _provider
    _provider = provider
    _tracer = None if provider is None else provider.get_tracer("council")


def close_tracing() -> None:
    """Send what is left, for a few seconds at most. Idempotent."""
    provider = _provider
    use(None)
    if provider is not None:
        provider.shutdown()


@contextmanager
def span(name: str, *, client: bool = False, **attributes: Any) -> Iterator[Span]:
    """A span round what follows, below the one that is open on this thread. Errors mark it by their code."""
    tracer = _tracer
    if tracer is None:
        yield NO_SPAN
        return
    from opentelemetry.trace import SpanKind

    kind = SpanKind.CLIENT if client else SpanKind.INTERNAL
    with tracer.start_as_current_span(
        name, kind=kind, record_exception=False, set_status_on_exception=False
    ) as raw:
        opened = Span(raw)
        opened.set(**attributes)
        try:
            yield opened
        except Exception as problem:
            if isinstance(problem, Interrupted):
                opened.set(council__left_off=problem.code)
            else:
                opened.failed(str(getattr(problem, "code", type(problem).__name__)))
            raise


def open_request_span(name: str, headers: Mapping[str, str], attributes: Attributes) -> Span | None:
    """The span of one HTTP request, below that of whoever sent it; ``end`` it. ``None`` while traces are off."""
    if _tracer is None:
        return None
    from opentelemetry import context
    from opentelemetry.trace import SpanKind, set_span_in_context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier = {key.lower(): value for key, value in dict(headers).items()}
    parent = TraceContextTextMapPropagator().extract(carrier)
    raw = _tracer.start_span(name, context=parent, kind=SpanKind.SERVER, attributes=dict(attributes))
    return Span(raw, context.attach(set_span_in_context(raw, parent)))

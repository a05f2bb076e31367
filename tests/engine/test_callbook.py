"""Every model call of a process: counted when it ends, however it does, and a span where traces are wanted."""

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from council import trace
from council.parts import Parts
from tests.engine.conftest import MakeCouncil
from tests.support.meetings import start
from tests.support.model_server import Reply, ScriptedModelServer

SUBJECT = "Shall-the-blue-whale-fly?"
ANSWER = "The-heron-eats-at-noon."


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Where spans go while a test runs."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.use(provider)
    yield exporter
    trace.use(None)


def account(parts: Parts) -> Any:
    return parts.callbook.accounts()["endpoint"]


def named(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == name]


def test_a_call_that_ends_well(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Its tokens, its seconds and those to its first token."""
    model.reply(ANSWER, input_tokens=21, output_tokens=9)
    parts = council()
    start(parts, "solo").wait_for_end()
    found = account(parts)
    assert (found.outcomes, found.open) == ({"stop": 1}, 0)
    assert (found.input_tokens, found.output_tokens) == (21, 9)
    assert found.seconds.count == found.first_token.count == 1
    assert 0 < found.first_token.total <= found.seconds.total


def test_each_attempt_is_a_call(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """One that was busy has no first token and no tokens; what it cost is nothing, and not unknown."""
    model.fail(503)
    model.reply(ANSWER)
    parts = council(engine={"retries": 1})
    start(parts, "solo").wait_for_end()
    found = account(parts)
    assert found.outcomes == {"model_busy": 1, "stop": 1}
    assert (found.seconds.count, found.first_token.count) == (2, 1)
    assert found.unpriced <= 1


@pytest.mark.parametrize(("end", "outcome"), [("stop", "stopped"), ("cut", "cut")])
def test_a_call_that_a_person_ends(
    council: MakeCouncil, model: ScriptedModelServer, end: str, outcome: str
) -> None:
    """The whole meeting is stopped, or this member alone: both are told apart."""
    model.hold("mid_stream", after_chunks=2)
    parts = council()
    meeting = start(parts, "solo")
    model.wait_until_held()
    meeting.wait_for_event("token_stream")
    assert account(parts).open == 1
    meeting.stop() if end == "stop" else meeting.stop_member("solo")
    model.release()
    meeting.wait_for_end()
    assert (account(parts).outcomes, account(parts).open) == ({outcome: 1}, 0)


# Traces


def test_spans_of_a_meeting(
    council: MakeCouncil, model: ScriptedModelServer, spans: InMemorySpanExporter
) -> None:
    """Meeting, node, model call, each below the one before; the call has the names of the conventions for GenAI."""
    model.reply(ANSWER, input_tokens=21, output_tokens=9)
    parts = council()
    meeting = start(parts, "solo", subject=SUBJECT)
    meeting.wait_for_end()
    meeting.wait_until_left()
    parts.close()
    [session], [node], [call] = (
        named(spans, "session"),
        named(spans, "node agent"),
        named(spans, "chat scripted"),
    )
    assert session.parent is None
    assert node.parent is not None
    assert call.parent is not None
    assert node.parent.span_id == session.context.span_id
    assert call.parent.span_id == node.context.span_id
    assert call.kind is SpanKind.CLIENT
    attributes = dict(call.attributes or {})
    assert attributes.pop("council.first_token_seconds") > 0  # type: ignore[operator]
    assert {name.split(".")[0] for name in attributes} == {"gen_ai"}
    expected = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "endpoint",
        "gen_ai.request.model": "scripted",
        "gen_ai.response.model": "scripted",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 21,
        "gen_ai.usage.output_tokens": 9,
        "gen_ai.output.type": "text",
        "gen_ai.conversation.id": meeting.session_id,
    }
    assert attributes | expected == attributes


def test_no_words_in_a_span(
    council: MakeCouncil, model: ScriptedModelServer, spans: InMemorySpanExporter
) -> None:
    """Neither what a model is asked nor what it says, nor what an error quotes of it."""
    model.responder = lambda _request: Reply(ANSWER)
    model.fail(400, {"error": {"message": f"bad: {SUBJECT}"}})
    parts = council(engine={"retries": 0})
    start(parts, subject=SUBJECT).wait_for_end()
    parts.close()
    told = "\n".join(span.to_json() for span in spans.get_finished_spans())
    assert len(spans.get_finished_spans()) > 5
    assert SUBJECT not in told
    assert ANSWER not in told


def test_a_failed_call_marks_its_span(
    council: MakeCouncil, model: ScriptedModelServer, spans: InMemorySpanExporter
) -> None:
    """By the code of its error; a meeting that was stopped is no error."""
    model.fail(401, {"error": {"message": "no such key"}})
    parts = council()
    start(parts, "solo").wait_for_end()
    parts.close()
    [call] = named(spans, "chat scripted")
    assert call.status.status_code is StatusCode.ERROR
    assert call.attributes is not None
    assert call.attributes["error.type"] == "model_refused"
    assert call.events == ()

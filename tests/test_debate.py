"""A whole meeting, from a document to a verdict, against a real llama.cpp server and in rehearsal."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from council.commands import StartSession
from council.events import session_channel
from council.meeting.graph import Template
from council.parts import Parts
from tests.support import toy_model
from tests.support.waiting import wait_until

DOCUMENT = (
    "# Plan\n\nWe move all teams into one repository.\nBuilds take 40 minutes today.\nThere are 12 teams.\n"
)


def hold(parts: Parts, **more: Any) -> dict[str, Any]:
    """Hold a debate on the document to its end; its snapshot."""
    session_id = str(uuid.uuid4())
    command = StartSession.model_validate(
        {
            "template_id": "council_debate",
            "session_id": session_id,
            "subject": "One repository for all teams?",
            "inputs": {"documents": [{"name": "plan.md", "content": DOCUMENT}], "objective": "Faster builds"},
        }
        | more
    )
    parts.control.apply(command)
    return wait_until(lambda: finished(parts, session_id), timeout=60, what="the end of the meeting")


def finished(parts: Parts, session_id: str) -> dict[str, Any] | None:
    snapshot = parts.archive.snapshot(session_id)
    return snapshot if snapshot["status"] in ("completed", "failed", "cancelled") else None


def log_of(parts: Parts, session_id: str) -> list[dict[str, Any]]:
    return [
        json.loads(envelope)
        for _seq, envelope in parts.archive.events(session_channel(session_id), 0, 10_000)
    ]


def short(template: Template, max_tokens: int) -> Template:
    """The same template, with members who stop after so many tokens."""
    raw = template.model_dump()
    for node in raw["graph"]["nodes"].values():
        if "agent_id" in node["properties"]:
            node["properties"] |= {"max_tokens": max_tokens, "retries": 10}
    return Template.model_validate(raw)


def test_rehearsed_debate(make_council: Callable[..., Parts]) -> None:
    """A debate in rehearsal ends with a decided verdict whose score the server weighed 40/30/30."""
    snapshot = hold(make_council())
    verdict = snapshot["verdict"]
    parts = verdict["parts"]
    assert snapshot["status"] == "completed"
    assert snapshot["panel"]["rehearsal"]
    assert verdict["outcome"] == "decided"
    assert verdict["word"] in ("pass", "refine", "improve", "rework", "reject")
    weighed = 0.4 * parts["strategic"] + 0.3 * parts["practical"] + 0.3 * parts["consistency"]
    assert verdict["score"] == pytest.approx(weighed, abs=0.051)
    assert not verdict["absences"]
    assert [m["agent_name"] for m in snapshot["messages"]][2:] == ["Chief Justice", "Chief Justice"]
    assert {m["agent_name"] for m in snapshot["messages"][:2]} == {"Value Defender", "Risk Auditor"}
    assert any("[Ref: L" in m["content"] for m in snapshot["messages"])
    assert snapshot["totals"]["cost_usd"] == 0.0


@pytest.mark.toy_model
def test_debate_on_a_real_model_server(
    make_council: Callable[..., Parts], toy_server: toy_model.ToyServer
) -> None:
    """A debate against a real llama.cpp server streams, counts its tokens and claims no verdict it could not read."""
    parts = make_council(llm_base_url=toy_server.url, llm_model=toy_server.model)
    parts.library.templates["council_debate"] = short(parts.library.template("council_debate"), max_tokens=60)
    snapshot = hold(parts)
    events = log_of(parts, snapshot["session_id"])
    assert snapshot["status"] == "completed", snapshot["reason"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert all(m["finish"] in ("stop", "length") for m in snapshot["messages"])
    verdict = snapshot["verdict"]
    assert verdict["outcome"] == "partial"  # It babbles: cut off, or to an end that nobody can read.
    assert verdict["partial_reason"] in ("below_quorum", "unreadable", "chair_cut")
    assert verdict["score"] is None
    assert verdict["word"] is None
    usage = [event["data"] for event in events if event["event"] == "token_usage"]
    assert len(usage) >= 4  # An answer without a word is asked again, and counted.
    assert all(each["price"] == "local" and not each["estimated"] for each in usage)
    assert snapshot["totals"]["output_tokens"] == sum(each["output_tokens"] for each in usage) > 0


@pytest.mark.toy_model
def test_prompt_too_long_for_the_model(
    make_council: Callable[..., Parts], toy_server: toy_model.ToyServer
) -> None:
    """A document longer than the model's context is an error that says so; nothing is cut in silence."""
    parts = make_council(llm_base_url=toy_server.url, llm_model=toy_server.model)
    snapshot = hold(parts, inputs={"document": "A line of the document.\n" * 4_000})
    errors = [event["data"] for event in log_of(parts, snapshot["session_id"]) if event["event"] == "error"]
    assert snapshot["status"] == "failed"
    assert {error["code"] for error in errors} == {"context_too_long"}
    assert all("Shorten" in error["hint"] for error in errors)

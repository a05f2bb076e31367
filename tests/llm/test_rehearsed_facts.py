"""A rehearsed fact check makes nothing up: its claims stand in the texts, and evidence decides."""

import json
from typing import Any

import pytest

from council.llm.base import ChatMessage, ChatRequest
from council.llm.rehearsal import Rehearsal
from council.meeting.claims import (
    JUDGEMENT_SCHEMA,
    Claim,
    claims_prompt,
    claims_schema,
    judgement_prompt,
    read_claims,
    read_judgement,
)
from council.meeting.prompts import Prompt, Words

NONCE = "0123456789abcdef"
TEXT = """### Position

I am in favour. The pilot saved 12 percent of the costs [Ref: L3-3]. Is it 13 percent?

- “The office in Leeds is half empty.” [Ref: L4-4]: that is what it rests on.
- 试点节省了百分之12的成本。
"""


def answer(prompt: Prompt, schema: dict[str, Any]) -> str:
    messages = (ChatMessage("system", prompt.system), ChatMessage("user", prompt.user))
    request = ChatRequest(model="rehearsal", messages=messages, json_schema=schema, timeout_seconds=5)
    return Rehearsal(0).open(request).run(lambda text, is_thinking: None).content


def claims_of(*texts: str, most: int = 10) -> Any:
    words = tuple(Words("Member A said", text) for text in texts)
    prompt = claims_prompt("s", "List.", words, nonce=NONCE, max_claims=most, max_queries=2)
    said = answer(prompt, claims_schema(most, 2))
    return read_claims(said, texts, max_claims=most, max_queries=2)


def judged(claim: str, *evidence: str) -> Any:
    pieces = [f"plan.md L3\nplan.md L3 (documents)\n\n{text}" for text in evidence]
    one = Claim(claim, "other", (), 0, claim)
    said = answer(judgement_prompt("s", "Judge.", one, pieces, nonce=NONCE), JUDGEMENT_SCHEMA)
    return read_judgement(said, len(pieces))


def test_claims_come_from_the_texts() -> None:
    """Quotations and sentences with figures; none is dropped, for all of them were really said."""
    found = claims_of(TEXT)
    texts = [claim.claim for claim in found.claims]
    assert "The office in Leeds is half empty." in texts
    assert any(text.startswith("The pilot saved 12 percent of the costs") for text in texts)
    assert "试点节省了百分之12的成本。" in texts
    assert found.dropped == 0
    assert claims_of(TEXT) == found


def test_no_figures_no_claims() -> None:
    assert claims_of("I am in favour.").claims == ()


def test_no_more_than_allowed() -> None:
    assert len(claims_of("\n\n".join(f"Town number {n} saved money." for n in range(30)), most=4).claims) == 4


@pytest.mark.parametrize(
    ("evidence", "status", "named"),
    [
        (("Nothing to do with it.", "In Leeds the pilot saved 12 percent of costs."), "supported", (2,)),
        (("In Leeds the pilot saved 21 percent of costs.",), "refuted", (1,)),
        (("The pilot was expensive.",), "not_checkable", ()),
    ],
)
def test_the_evidence_decides(evidence: tuple[str, ...], status: str, named: tuple[int, ...]) -> None:
    """Its words and figures support, other figures refute, anything else settles nothing."""
    found = judged("The pilot in Leeds saved 12 percent of the costs", *evidence)
    assert (found.status, found.evidence) == (status, named)


def test_other_forms_are_answered_as_before() -> None:
    """Only these two questions are a fact check's."""
    schema = {"type": "object", "properties": {"claims": {"type": "array", "items": {"type": "string"}}}}
    assert isinstance(json.loads(answer(Prompt("s", "u"), schema))["claims"], list)

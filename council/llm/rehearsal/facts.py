"""A rehearsed fact check: claims that really stand in the texts, judged by what the evidence really says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from council.llm.base import ChatRequest
from council.llm.rehearsal.prompt import Section, sections_of, text_of
from council.meeting.terms import figures, sentences, share, terms

ENOUGH = 0.8
MAX_QUERY_TERMS = 10
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{12,300})[”\"]")
_REFERENCE = re.compile(r"\[Ref:[^\[\]\n]{1,200}\]", re.IGNORECASE)
_EVIDENCE = re.compile(r"evidence (\d+)", re.IGNORECASE)


def facts(request: ChatRequest) -> dict[str, Any] | None:
    """The answer to one of a fact check's two questions; ``None`` when it is another question."""
    schema = request.json_schema or {}
    sections = sections_of(text_of(request.messages, "user"))
    match schema.get("title"):
        case "fact_claims":
            return {"claims": _claims(sections, schema["properties"]["claims"])}
        case "fact_judgement":
            return _judgement(sections)
    return None


# Claims


def _claims(sections: Sequence[Section], schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    claims = dict.fromkeys(
        claim for section in sections for fenced in section.fenced for claim in _checkable(fenced.words)
    )
    return [
        {"claim": claim, "kind": "quotation", "queries": [" ".join(_plain_terms(claim)[:MAX_QUERY_TERMS])]}
        for claim in list(claims)[: schema.get("maxItems", 10)]
    ]


def _checkable(words: str) -> Iterator[str]:
    """Quotations of a source, and sentences with a figure."""
    for sentence in sentences(words):
        text = _REFERENCE.sub("", sentence.text).strip(" #*->|\n\t")
        quoted = _QUOTED.findall(text)
        if quoted:
            yield from (quote.rstrip("…") for quote in quoted if not quote.endswith(("?", "？")))
        elif figures(text) and len(_plain_terms(text)) > 2 and "\n" not in text:
            yield text


# Judgement


def _judgement(sections: Sequence[Section]) -> dict[str, Any]:
    """Supported when a piece holds the claim's words and figures; refuted when only the figures differ."""
    claim = next((section.fenced[0].words for section in sections if section.is_titled(("claim",))), "")
    wanted, numbers = _without_figures(claim), figures(claim)
    differing: list[int] = []
    for section in sections:
        named = _EVIDENCE.match(section.title)
        if not named or not section.fenced:
            continue
        text = section.fenced[0].words.partition("\n\n")[2]  # What comes before says where it stands.
        if share(wanted, frozenset(terms(text))) < ENOUGH:
            continue
        if numbers <= figures(text):
            return _answer(
                "supported", [int(named[1])], "Rehearsal: the evidence holds the words of the claim."
            )
        differing.append(int(named[1]))
    if differing:
        return _answer("refuted", differing, "Rehearsal: the evidence has the same words and other figures.")
    return _answer("not_checkable", [], "Rehearsal: no piece of evidence holds the words of the claim.")


def _answer(status: str, evidence: list[int], reason: str) -> dict[str, Any]:
    return {"status": status, "evidence": evidence, "reason": reason}


def _plain_terms(text: str) -> list[str]:
    return terms(_REFERENCE.sub("", text))


def _without_figures(text: str) -> list[str]:
    return [term for term in _plain_terms(text) if not term.isdecimal()]

"""Claims that can be checked: asked for, found again in the texts, judged by evidence. Nothing is verified by default.

Every function here fails closed. What a model claims that somebody claimed must stand in a text; a
judgement without a piece of evidence that exists is ``not_checkable``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

from council.meeting.prompts import Fence, Prompt, Words
from council.meeting.reading import Unreadable, the_object
from council.meeting.terms import figures, sentences, share, terms

Status = Literal["supported", "refuted", "not_checkable"]
ClaimKind = Literal["figure", "percentage", "money", "year", "citation", "event", "quotation", "other"]

KINDS: tuple[str, ...] = get_args(ClaimKind)
STATUSES: tuple[str, ...] = get_args(Status)
MAX_ANSWER = 100_000
MAX_CLAIM = 500
MAX_QUERY = 200
MAX_REASON = 500
NEAR_ENOUGH = (
    0.75  # Share of a claim's neighbouring pairs of terms that must stand in the text, in that order.
)
NO_EVIDENCE = "no evidence named"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: ``speaker`` is the number of the text it stands in, ``quote`` the sentence there."""

    claim: str
    kind: str
    queries: tuple[str, ...]
    speaker: int
    quote: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """The claims of some texts, and how many were left out because they stand in none of them."""

    claims: tuple[Claim, ...]
    dropped: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a claim; ``evidence`` are the numbers of pieces, from 1."""

    status: Status
    evidence: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The share of claims that are supported, ``None`` without any; and whether that is enough."""

    share_supported: float | None
    verified: bool


def tally(statuses: Sequence[str], threshold: float) -> Tally:
    """Claims that could not be checked count as not supported; one that is refuted spoils all."""
    if not statuses:
        return Tally(None, False)
    supported = sum(1 for status in statuses if status == "supported")
    found = supported / len(statuses)
    enough = supported > 0 and found >= threshold and "refuted" not in statuses
    return Tally(round(found, 4), enough)


# Which claims there are


def claims_schema(max_claims: int, max_queries: int) -> dict[str, Any]:
    claim = {
        "type": "object",
        "properties": {
            "claim": {"type": "string"},
            "kind": {"type": "string", "enum": list(KINDS)},
            "queries": {"type": "array", "items": {"type": "string"}, "maxItems": max_queries},
        },
        "required": ["claim", "kind", "queries"],
        "additionalProperties": False,
    }
    return {
        "title": "fact_claims",
        "type": "object",
        "properties": {"claims": {"type": "array", "items": claim, "maxItems": max_claims}},
        "required": ["claims"],
        "additionalProperties": False,
    }


def claims_prompt(
    system: str, task: str, texts: tuple[Words, ...], *, nonce: str, max_claims: int, max_queries: int
) -> Prompt:
    fence = Fence(nonce)
    asked = task.replace("{max_claims}", str(max_claims)).replace("{max_queries}", str(max_queries))
    parts = [f"## {words.heading}\n{fence.around(words.text)}" for words in texts]
    return Prompt(system, "\n\n".join([*parts, f"## Your task\n{asked}"]))


def read_claims(answer: str, texts: tuple[str, ...], *, max_claims: int, max_queries: int) -> Extracted:
    """The claims that stand in the texts, each once. Raises Unreadable."""
    listed = _object(answer).get("claims")
    if not isinstance(listed, list):
        raise Unreadable('"claims" must be a list')
    passages = [list(_passages(text)) for text in texts]
    found: dict[str, Claim] = {}
    dropped = 0
    for raw in listed[:max_claims]:
        claim = _located(*_claim(raw, max_queries), passages)
        dropped += claim is None
        if claim is not None:
            found.setdefault(claim.claim.casefold(), claim)
    return Extracted(tuple(found.values()), dropped)


def _claim(raw: Any, max_queries: int) -> tuple[str, str, tuple[str, ...]]:
    if not isinstance(raw, dict) or not isinstance(raw.get("claim"), str) or not raw["claim"].strip():
        raise Unreadable('each claim must be an object with "claim", "kind" and "queries"')
    queries = raw.get("queries", raw.get("query", []))
    listed = [queries] if isinstance(queries, str) else queries
    if not isinstance(listed, list) or not all(isinstance(query, str) for query in listed):
        raise Unreadable('"queries" must be a list of texts')
    text = _on_one_line(raw["claim"])[:MAX_CLAIM]
    kind = raw["kind"] if raw.get("kind") in KINDS else "other"
    return text, kind, _queries([*listed, text], max_queries)


def _queries(wanted: list[str], most: int) -> tuple[str, ...]:
    """The model's queries, and the claim's own words where there is room for one more."""
    texts = (_on_one_line(query)[:MAX_QUERY] for query in wanted)
    return tuple(dict.fromkeys(text for text in texts if text))[:most]


# Whether somebody said it


@dataclass(frozen=True, slots=True)
class _Passage:
    """A sentence and the one before it: what a claim may be taken from."""

    quote: str
    plain: str
    pairs: frozenset[str]
    figures: frozenset[str]


def _passages(text: str) -> Iterator[_Passage]:
    before = ""
    for sentence in sentences(text):
        both = f"{before} {sentence.text}"
        yield _Passage(
            _on_one_line(sentence.text)[:MAX_CLAIM], _plain(both), frozenset(_pairs(both)), figures(both)
        )
        before = sentence.text


def _located(claim: str, kind: str, queries: tuple[str, ...], passages: list[list[_Passage]]) -> Claim | None:
    """The claim with the place it stands at; ``None`` when nobody said it, or not with these figures."""
    plain, pairs, numbers = _plain(claim), _pairs(claim), figures(claim)
    best: tuple[float, int, str] = (0.0, 0, "")
    for speaker, told in enumerate(passages):
        for passage in told:
            near = 1.0 if plain and plain in passage.plain else share(pairs, passage.pairs)
            if near > best[0] and numbers <= passage.figures:
                best = (near, speaker, passage.quote)
    near, speaker, quote = best
    says_something = len(terms(claim)) > 1
    return Claim(claim, kind, queries, speaker, quote) if says_something and near >= NEAR_ENOUGH else None


def _pairs(text: str) -> list[str]:
    """Neighbouring terms, so that the order of the words counts."""
    found = terms(text)
    return [f"{one} {two}" for one, two in pairwise(found)] or found


def _plain(text: str) -> str:
    """Without what Markdown and typing put between words."""
    return " ".join(text.translate(_MARKUP).split()).casefold().strip(" .!?。！？;；,，:：\"'“”‘’")


_MARKUP = dict.fromkeys(map(ord, "*_`#>|"), " ")


# How one is judged


JUDGEMENT_SCHEMA: dict[str, Any] = {
    "title": "fact_judgement",
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": list(STATUSES)},
        "evidence": {"type": "array", "items": {"type": "integer"}},
        "reason": {"type": "string"},
    },
    "required": ["status", "evidence", "reason"],
    "additionalProperties": False,
}


def judgement_prompt(system: str, task: str, claim: Claim, evidence: Sequence[str], *, nonce: str) -> Prompt:
    """The claim, the sentence it stands in, and numbered pieces of evidence, all fenced."""
    fence = Fence(nonce)
    parts = [f"## Claim\n{fence.around(claim.claim)}", f"## As it was said\n{fence.around(claim.quote)}"]
    parts += [f"## Evidence {number}\n{fence.around(text)}" for number, text in enumerate(evidence, 1)]
    return Prompt(system, "\n\n".join([*parts, f"## Your task\n{task}"]))


def read_judgement(answer: str, pieces: int) -> Judgement:
    """The judgement, which holds only with a piece of evidence that was shown. Raises Unreadable."""
    found = _object(answer)
    status, named, reason = found.get("status"), found.get("evidence"), found.get("reason", "")
    if status not in STATUSES:
        raise Unreadable(f'"status" must be one of {", ".join(STATUSES)}')
    if not isinstance(named, list) or not all(_is_number(each) for each in named):
        raise Unreadable('"evidence" must be a list of numbers')
    if not isinstance(reason, str):
        raise Unreadable('"reason" must be a text')
    shown = tuple(dict.fromkeys(each for each in named if 1 <= each <= pieces))
    if status == "not_checkable":
        return not_checkable(_on_one_line(reason) or "The evidence does not settle it.")
    if not shown:
        return not_checkable(NO_EVIDENCE)
    return Judgement(status, shown, _on_one_line(reason)[:MAX_REASON])


def not_checkable(reason: str) -> Judgement:
    """What a claim is unless evidence says otherwise."""
    return Judgement("not_checkable", (), _on_one_line(reason)[:MAX_REASON])


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _object(answer: str) -> dict[str, Any]:
    if len(answer) > MAX_ANSWER:
        raise Unreadable(f"it is longer than {MAX_ANSWER:,} characters")
    return the_object(answer)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())

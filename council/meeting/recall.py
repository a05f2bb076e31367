"""What a group remembers of its meetings: what is worth keeping, and what of it bears on a new matter."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from council.meeting.terms import STOP_WORDS

LEAST_CHARACTERS = 50
LEAST_CONFIDENCE = 0.8
MAX_TITLE = 255
MAX_CONTENT = 4_000
MAX_QUOTE = 300
MAX_TERMS = 60
INDEXED = 3
"""Characters of the shortest piece of text that a trigram index finds."""

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|[^\W{_CJK}_]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a meeting has found. ``confidence`` is from 0 to 1; ``None``: nobody can say."""

    kind: str  # verdict or fact
    title: str
    content: str
    confidence: float | None

    @property
    def is_worth_keeping(self) -> bool:
        sure = self.confidence is not None and self.confidence >= LEAST_CONFIDENCE
        return sure and len(self.content) >= LEAST_CHARACTERS


# What is worth keeping


def verdict_findings(about: str, verdict: Mapping[str, Any]) -> Iterator[Finding]:
    """What a verdict leaves behind; nothing when nothing was decided, or a person rejected it."""
    if verdict["outcome"] != "decided" or (verdict.get("person") or {}).get("rejected"):
        return
    lines = [f"Ruling: {verdict['word']}"] if verdict["word"] else []
    lines += [_by_ballot(verdict.get("ballots") or {}, verdict.get("decision"))]
    lines += [verdict["text"], *(f"To be mended: {order}" for order in verdict["orders"])]
    content = _shortened("\n".join(line for line in lines if line))
    title = " ".join(about.split())[:MAX_TITLE] or "Verdict"
    yield Finding("verdict", title, content, verdict_confidence(verdict))


def _by_ballot(ballots: Mapping[str, Any], decision: str | None) -> str:
    if not decision or not ballots:
        return ""
    bar = _bar(ballots["count"], decision)
    return f"Decided by ballot: {ballots['question']} – {bar['label'] if bar else decision}"


def verdict_confidence(verdict: Mapping[str, Any]) -> float | None:
    """How firmly the meeting stands behind its verdict; ``None`` when neither ballots nor a score say so.

    By ballots: the share of all who were asked to vote whose votes went the way it was decided. Without: how far
    the chair's score is from the middle, since a firm rejection is as firm as a firm approval, times the share
    of the members due who gave a full opinion.
    """
    by_ballot = _share_behind(verdict.get("ballots") or {}, verdict.get("decision"))
    if by_ballot is not None:
        return by_ballot
    score: float | None = verdict["score"]
    if score is None:
        return None
    return round(max(score, 100 - score) / 100 * _presence(verdict.get("quorum") or {}), 4)


def _share_behind(ballots: Mapping[str, Any], decision: str | None) -> float | None:
    count = ballots.get("count") or {}
    voters, counted = count.get("voters"), count.get("counted")
    if not decision or not voters or not counted:
        return None
    if count.get("vote_type") == "score_1_10":
        approval = count.get("normalised")
        if approval is None:
            return None
        behind = float(approval if decision == "yes" else 1 - approval)
        return round(behind * int(counted) / int(voters), 4)
    bar = _bar(count, decision)
    return None if bar is None else round(int(bar["votes"]) / int(voters), 4)


def _bar(count: Mapping[str, Any], option_id: str) -> Mapping[str, Any] | None:
    return next((bar for bar in count.get("bars", ()) if bar["id"] == option_id), None)


def _presence(quorum: Mapping[str, int]) -> float:
    due, present = quorum.get("due", 0), quorum.get("full", 0)
    return present / due if due else 1.0


def fact_findings(claims: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """The claims that a source supports, each with the source's words.

    A source that says it is as sure as it gets. What only the group's own memory says is known already.
    """
    for claim in claims:
        sources = [source for source in claim["sources"] if source["source"] != "knowledge"]
        if claim["status"] == "supported" and sources:
            text = " ".join(claim["claim"].split())
            content = _shortened(f"{text}\nSource: {_source(sources[0])}")
            yield Finding("fact", text[:MAX_TITLE], content, 1.0)


def _source(source: Mapping[str, Any]) -> str:
    place = source.get("url") or " ".join(filter(None, (source.get("path"), source.get("lines"))))
    words = " ".join(source.get("text", "").split())
    return f"{place or source['title']}: “{words[:MAX_QUOTE]}{'…' if len(words) > MAX_QUOTE else ''}”"


def _shortened(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MAX_CONTENT else text[: MAX_CONTENT - 1].rstrip() + "…"


# What bears on a matter


def recall_terms(*texts: str) -> tuple[str, ...]:
    """What to look for: words that say something, and of Chinese, Japanese and Korean every three characters."""
    found = dict.fromkeys(term for text in texts for term in _terms(text))
    return tuple(found)[:MAX_TERMS]


def _terms(text: str) -> Iterator[str]:
    for run in _RUN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        word = run.group()
        if run["cjk"]:
            yield from (word[at : at + INDEXED] for at in range(max(1, len(word) - INDEXED + 1)))
        elif len(word) >= INDEXED and word not in STOP_WORDS:
            yield word


def bears_on(terms: Sequence[str], text: str) -> bool:
    """Whether a text has enough in common with the terms: two of them, or the only one there is."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return sum(term in plain for term in terms) >= min(2, len(terms))


# How members read it


def told(items: Sequence[Mapping[str, Any]]) -> str:
    """The findings as the members read them: each with what it is and when it was found; long ones end in ``…``."""
    return "\n\n".join(f"{_heading(item)}\n{_shortened(item['content'])}" for item in items)


def _heading(item: Mapping[str, Any]) -> str:
    return f"{_NAMES[item['kind']]} of {item['created_at'][:10]}: {item['title']}"


_NAMES = {"verdict": "Verdict", "fact": "Fact", "note": "Note"}

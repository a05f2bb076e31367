"""What each sentence of a verdict rests on: the checked claims it repeats.

The rule, the same for everybody: a sentence rests on a claim when at least half of the terms of the
shorter of the two stand in the other, three of them or all there are, and when it holds at least one
of the claim's figures, if the claim has any. Terms are words without stop words, or pairs of Chinese
characters. A sentence is as good as the worst claim it rests on; one that rests on none has no status.
"""

from collections.abc import Sequence
from typing import Any

from council.meeting.terms import figures, sentences, terms

HALF = 0.5
FEW = 3
MAX_SENTENCES = 500
MAX_SENTENCE = 500
_WORST_FIRST = ("refuted", "not_checkable", "supported")

_Traits = tuple[frozenset[str], frozenset[str]]


def sentences_with_claims(text: str, checked: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Each sentence with the numbers of the claims it rests on, from 0, and its status. ``checked`` as in the event.

    Nothing when nothing was checked.
    """
    if not checked:
        return ()
    traits = [_traits(claim["claim"]) for claim in checked]
    return tuple(
        _linked(sentence.text, checked, traits)
        for sentence in sentences(text)[:MAX_SENTENCES]
        if terms(sentence.text)
    )


def borne_out(linked: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The sentences that need no source of their own: every claim they rest on is supported."""
    return tuple(each["sentence"] for each in linked if each["status"] == "supported")


def _linked(text: str, checked: Sequence[dict[str, Any]], traits: list[_Traits]) -> dict[str, Any]:
    own = _traits(text)
    found = [number for number, claim in enumerate(traits) if _rests_on(own, claim)]
    statuses = {checked[number]["status"] for number in found}
    status = next((each for each in _WORST_FIRST if each in statuses), None)
    return {"sentence": " ".join(text.split())[:MAX_SENTENCE], "claims": found, "status": status}


def _traits(text: str) -> _Traits:
    return frozenset(terms(text)), figures(text)


def _rests_on(sentence: _Traits, claim: _Traits) -> bool:
    (said, said_figures), (claimed, claimed_figures) = sentence, claim
    shorter = min(len(said), len(claimed))
    shared = len(said & claimed)
    if shared == 0 or shared < min(FEW, shorter) or shared < HALF * shorter:
        return False
    return not claimed_figures or bool(said_figures & claimed_figures)

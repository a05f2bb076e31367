"""How much an agreement is worth: little, when one model agrees with itself, or when nobody cited anything."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

Weakness = Literal["same_model", "shared_model", "no_evidence"]

_CITED = re.compile(r"\[Ref:[^\[\]\n]{0,200}L\d|https?://[^\s/]", re.IGNORECASE)


def weak_evidence(
    unanimous: bool, models: Sequence[tuple[str, str]], opinions: Iterable[str], *, checked: bool = False
) -> tuple[Weakness, ...]:
    """Why a unanimous result is weak evidence; empty when it is not unanimous, or nothing speaks against it.

    ``models`` are the (provider, model) of those who agreed; ``checked`` says that a claim was found supported.
    """
    if not unanimous:
        return ()
    found: list[Weakness] = []
    if len(set(models)) < len(models):
        found.append("same_model" if len(set(models)) == 1 else "shared_model")
    if not checked and not any(cites(text) for text in opinions):
        found.append("no_evidence")
    return tuple(found)


def cites(text: str) -> bool:
    """It refers to a line of a document, or to an address."""
    return _CITED.search(text) is not None

"""What a rehearsal says in one language: phrases with places for the subject and for quotes."""

from collections.abc import Mapping
from dataclasses import dataclass

from council.llm.rehearsal.brief import Role

MEMBERS: tuple[Role, ...] = ("for", "against", "surgeon", "member")


@dataclass(frozen=True, slots=True)
class Voice:
    """Phrases; ``{subject}``, ``{objective}``, ``{quote}``, ``{member}`` … are filled in."""

    disclosure: str
    mark: str
    colon: str
    space: str
    names: Mapping[Role, str]
    thinking: tuple[str, ...]
    headings: Mapping[str, str]
    positions: Mapping[Role, tuple[str, ...]]
    reasons: Mapping[Role, tuple[str, ...]]
    measured: tuple[str, ...]
    comments: tuple[str, ...]
    answers: Mapping[Role, tuple[str, ...]]
    closings: Mapping[Role, tuple[str, ...]]
    table_head: tuple[str, str, str]
    table_rows: tuple[tuple[str, str, str], ...]
    matrix_head: tuple[str, str, str]
    criteria: tuple[str, str, str]
    score_line: str
    disputes: tuple[str, ...]
    orders: tuple[str, ...]
    no_evidence: str
    hands: Mapping[str, str]
    report: Mapping[str, tuple[str, ...]]
    titles: tuple[str, ...]
    errors: tuple[str, ...]

"""What a member reads: the rules of the room, the matter, and the others' words, fenced.

Everything that is not ours stands between two equal markers with a nonce that no other prompt
has, so that nothing a member or a document says can pass for an instruction: to close the
fence, one would have to know the nonce.

The words of the room (its rules, the tasks, the forms) are not here: they are files in
``council/prompts``, kept with each meeting as they were when it started.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Matter:
    """What the meeting is about."""

    subject: str
    objective: str
    documents: tuple[tuple[str, str], ...]  # (name, content)


@dataclass(frozen=True, slots=True)
class Words:
    """What was said before, under a heading that tells this member no more of the speaker than it may know."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A member who is missing, and why, as the chair is told."""

    speaker: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prompt:
    system: str
    user: str


def letter(position: int) -> str:
    """The name members know each other by: Member A … Member Z, Member AA …"""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return f"Member {name}"


def member_prompt(
    persona: str,
    matter: Matter,
    *,
    rules: str,
    nonce: str,
    task: str,
    group: str = "",
    others: tuple[Words, ...] = (),
    people: tuple[str, ...] = (),
    absent: tuple[Absent, ...] = (),
) -> Prompt:
    """The whole prompt of one turn. Pure: the same arguments give the same prompt."""
    fence = Fence(nonce)
    parts = [*_matter_parts(matter, fence)]
    parts += [f"## {words.heading}\n{fence.around(words.text)}" for words in others]
    parts += [f"## Absent: {missing.speaker}\n{fence.around(missing.reason)}" for missing in absent]
    parts += [f"## A person in the room said\n{fence.around(text)}" for text in people]
    parts.append(f"## Your task\n{task}")
    system = [persona.strip(), f"## Rules of the room\n{rules}"]
    system += [f"## What this group stands for\n{group.strip()}"] if group.strip() else []
    return Prompt(system="\n\n".join(system), user="\n\n".join(parts))


def bare_prompt(template: str, variables: Mapping[str, str], *, rules: str, nonce: str) -> Prompt:
    """An ``llm`` node's prompt: ``{{name}}`` becomes that variable, fenced; unknown names stay as they are."""
    fence = Fence(nonce)

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return f"\n{fence.around(variables[name])}\n" if name in variables else match.group(0)

    return Prompt(system=rules, user=re.sub(r"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}", value, template))


def numbered(text: str) -> str:
    """A document with its line numbers, so that it can be cited."""
    return number_lines(text.splitlines())


def number_lines(lines: Iterable[str], first: int = 1) -> str:
    return "\n".join(f"L{number}: {line}" for number, line in enumerate(lines, start=first))


class Fence:
    """Two equal marker lines with a nonce."""

    def __init__(self, nonce: str) -> None:
        if len(nonce) < 16:
            raise AssertionError("a fence needs a nonce of at least 16 characters")
        self._nonce = nonce
        self.marker = f"=== {nonce} ==="

    def around(self, text: str) -> str:
        """The text between two markers; the nonce itself, should the text hold it, is taken out."""
        while self._nonce in text:
            text = text.replace(self._nonce, "")
        return f"{self.marker}\n{text}\n{self.marker}"


def _matter_parts(matter: Matter, fence: Fence) -> list[str]:
    parts = [f"## Subject\n{fence.around(matter.subject)}"] if matter.subject else []
    if matter.objective:
        parts.append(f"## Objective\n{fence.around(matter.objective)}")
    for number, (name, content) in enumerate(matter.documents, start=1):
        text = f"{' '.join(name.split())}\n\n{numbered(content)}"
        parts.append(f"## Document {number}\n{fence.around(text)}")
    return parts

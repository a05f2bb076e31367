"""What a prompt asks of a rehearsal: the role, the question, the papers and what others have said."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal

from council.llm.base import ChatRequest
from council.llm.rehearsal.prompt import (
    Section,
    bodies,
    outside_fences,
    sections_of,
    text_of,
    without_nonces,
)

Role = Literal["for", "against", "judge", "surgeon", "reporter", "member"]
Stance = Literal["for", "against", "undecided"]

MAX_QUOTE = 90
MAX_SUBJECT = 120
MIN_SENTENCE = 20
_QUOTABLE = str.maketrans("`“”", "'‘’")  # So that it can stand between “ and ”.
_SUBJECT = ("subject", "topic", "question", "主题", "议题", "问题")
_OBJECTIVE = ("objective", "goal", "目标")
_DOCUMENT = ("document", "文档", "文件")
_TASK = ("your task", "task", "任务")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LINE = re.compile(r"^L(\d+):[ \t]?(.*)$", re.MULTILINE)
_EXAMPLE = re.compile(r"```json\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
_SPEAKER = re.compile(r"member[ -](\w+)|(a person in the room)", re.IGNORECASE)
_SELF = re.compile(r"you are (?:the |an? )?([^.,;:\n]{2,60})|你是([^。，；：\n]{2,30})", re.IGNORECASE)
_OWN = ("you said before", "你之前说")
_BALLOTS = ("the server counted the ballots",)
_POSITION = re.compile(r'"position"\s*:\s*"(for|against|undecided)"')
_OUTCOME = re.compile(r"^Outcome: (passed|rejected)(?:, for (\w+))?\.$", re.MULTILINE)
_REPORT = re.compile(r"(write|give) the (report|minutes)|报告|纪要", re.IGNORECASE)
_ROLE_WORDS: tuple[tuple[Role, str], ...] = (
    ("for", r"value defender|affirmative|advocate for|in favou?r|supporter|proponent|正方|价值|支持"),
    ("against", r"risk|negative|oppos|opponent|against|devil|critic|security|auditor|反方|风险|反对|审计"),
    ("judge", r"chief justice|adjudicat|\bchair|\bjudge|arbiter|裁决|大法官|主席|裁判"),
    ("surgeon", r"surgeon|\beditor|rewrit|手术|编辑"),
    ("reporter", r"reporter|minutes|secretary|scribe|报告|纪要|秘书"),
    ("member", r"\bmember\b|reviewer|analyst|planner|checker|answerer|成员"),
)
_ROLES = tuple((role, re.compile(words, re.IGNORECASE)) for role, words in _ROLE_WORDS)


@dataclass(frozen=True, slots=True)
class Quote:
    """Some words and where they stand; ``reference`` is empty where there are no line numbers."""

    words: str
    reference: str

    def __str__(self) -> str:
        return f"“{self.words}” {self.reference}".rstrip()


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of another member."""

    member: str
    words: str


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything a rehearsed answer is made from."""

    role: Role
    name: str
    subject: str
    objective: str
    quotes: tuple[Quote, ...]
    said: tuple[Said, ...]
    example: str
    chinese: bool
    seed: str
    character: str = ""  # The same for one persona on one subject, whatever else it reads.
    held: Stance | None = None  # Where it stood before, by its own words.
    counted: str = ""  # What the ballots decided.
    reads_count: bool = False  # The chair is asked what the ballots decided.

    def dice(self) -> Random:
        """Chance that falls the same way for the same prompt, in every process."""
        return Random(self.seed)


def read_brief(request: ChatRequest) -> Brief:
    """Read a prompt leniently: what has no place in it is taken from its plain text."""
    system, user = text_of(request.messages, "system"), text_of(request.messages, "user")
    sections = sections_of(user)
    name, role = _role(system)
    plain = outside_fences(user)
    subject = _first_line(bodies(sections, _SUBJECT)) or _last_line(plain) or _last_line(system)
    return Brief(
        role="reporter" if _REPORT.search(bodies(sections, _TASK)) else role,
        name=name,
        subject=subject,
        objective=_first_line(bodies(sections, _OBJECTIVE)),
        quotes=tuple(_quotes(bodies(sections, _DOCUMENT))),
        said=tuple(_said(sections)),
        example=_example(system, plain),
        chinese=bool(_CJK.search(subject)),
        seed=_seed(request),
        character=f"{sections_of(system)[0].body.strip()}\n{subject}",
        held=_held(bodies(sections, _OWN)),
        counted=_counted(bodies(sections, _BALLOTS)),
        reads_count='"decision": "' in plain,
    )


def shorten(text: str, length: int = MAX_QUOTE) -> str:
    """On one line, cut at a word."""
    line = " ".join(text.translate(_QUOTABLE).split())
    if len(line) <= length:
        return line
    head = line[:length]
    return (head.rpartition(" ")[0] or head).rstrip(" ,.;:，。；：") + "…"


# The role


def _role(system: str) -> tuple[str, Role]:
    """By what the persona calls itself; else by the first role it mentions. The room's rules say nothing."""
    persona = sections_of(system)[0].body
    named = _SELF.search(persona)
    name = (named[1] or named[2]).strip() if named else ""
    if role := _first_role(name):
        return name, role
    return "", _first_role(persona) or "member"


def _first_role(text: str) -> Role | None:
    hits = [(found.start(), role) for role, words in _ROLES if (found := words.search(text))]
    return min(hits)[1] if hits else None


# Where it stood, and what was counted


def _held(words: str) -> Stance | None:
    found = _POSITION.findall(words)
    return found[-1] if found else None


def _counted(words: str) -> str:
    found = _OUTCOME.findall(words)
    if not found:
        return ""
    outcome, decision = found[-1]
    return str(decision) or {"passed": "yes", "rejected": "no"}[outcome]


# The parts


def _first_line(text: str) -> str:
    return next((shorten(line, MAX_SUBJECT) for line in text.splitlines() if line.strip()), "")


def _last_line(text: str) -> str:
    return _first_line("\n".join(reversed(text.splitlines())))


def _example(system: str, user: str) -> str:
    """The last JSON that the prompt shows as the form it wants."""
    examples = _EXAMPLE.findall(user) or _EXAMPLE.findall(system)
    return examples[-1] if examples else ""


def _seed(request: ChatRequest) -> str:
    digest = hashlib.sha256()
    for message in request.messages:
        digest.update(f"{message.role}\n{without_nonces(message.content)}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


# Words to quote


def _quotes(document: str) -> list[Quote]:
    """Up to three passages that say something, from all over the document."""
    lines = [(int(number), text) for number, text in _LINE.findall(document)]
    if not lines:
        lines = [(0, text) for text in document.splitlines()]
    telling = [(number, text) for number, text in lines if len(_bare(text)) >= 12]
    step = max(1, len(telling) // 3)
    return [_quote(number, text) for number, text in telling[::step][:3]]


def _quote(number: int, text: str) -> Quote:
    return Quote(shorten(_bare(text)), f"[Ref: L{number}-{number}]" if number else "")


def _said(sections: Iterable[Section]) -> list[Said]:
    """One sentence of each member whose words are in the prompt."""
    return [
        Said(f"Member {speaker[1].upper()}" if speaker[1] else "A person in the room", sentence)
        for section in sections
        for fenced in section.fenced
        if (speaker := _SPEAKER.match(fenced.label) or _SPEAKER.match(section.title))
        and (sentence := _telling(fenced.words))
    ]


def _telling(words: str) -> str:
    """The first sentence with something in it: no heading, no table, no code, no note in italics."""
    lines = (line.strip(" -•>\t") for line in words.splitlines())
    prose = [_bare(line) for line in lines if line and (line.startswith("**") or line[0] not in "#|`{}[*")]
    own = [line for line in prose if len(line) >= MIN_SENTENCE and "“" not in line]  # No quote of a quote.
    return shorten(next(iter(own or prose), ""))


def _bare(line: str) -> str:
    return line.strip(" #*-|>`\t").replace("*", "")

"""A rehearsed answer in Markdown: what a member, a judge or a reporter might say."""

from collections.abc import Iterable

from council.llm.rehearsal.brief import Brief
from council.llm.rehearsal.chinese import CHINESE
from council.llm.rehearsal.english import ENGLISH
from council.llm.rehearsal.judgement import WEIGHTS, judge
from council.llm.rehearsal.voice import Voice


def voice_for(brief: Brief) -> Voice:
    return CHINESE if brief.chinese else ENGLISH


def thoughts(brief: Brief) -> str:
    """A short piece of thinking before the answer."""
    voice = voice_for(brief)
    name = voice.names[brief.role] if brief.chinese or not brief.name else f"the {brief.name}"
    return brief.dice().choice(voice.thinking).format(name=name, subject=brief.subject)


def speech(brief: Brief) -> str:
    """The answer itself, 120 to 250 words. Its first sentence says that it is a rehearsal."""
    speaker = _Speaker(brief, voice_for(brief))
    match brief.role:
        case "judge":
            parts = speaker.judgement()
        case "reporter":
            parts = speaker.report()
        case _:
            parts = speaker.opinion()
    return "\n\n".join(part for part in parts if part)


class _Speaker:
    def __init__(self, brief: Brief, voice: Voice) -> None:
        self._brief = brief
        self._voice = voice
        self._dice = brief.dice()

    # Whole answers

    def opinion(self) -> Iterable[str]:
        voice, brief = self._voice, self._brief
        points = 2 if brief.said or brief.quotes else 3  # About as long in every round.
        yield voice.disclosure
        yield self._under("position", self._pick(voice.positions[brief.role]))
        yield self._reasons(points)
        yield self._measured()
        yield self._evidence(2)
        yield self._under("others", self._answers(2))
        if not brief.said and self._dice.random() < 0.5:
            yield self._under("weighing", _table(voice.table_head, voice.table_rows))
        yield self._pick(voice.closings[brief.role])

    def judgement(self) -> Iterable[str]:
        voice, found = self._voice, judge(self._brief)
        yield voice.disclosure
        yield self._pick(voice.positions["judge"])
        yield self._measured()
        yield self._under("matrix", voice.score_line.format(total=found.total, verdict=found.verdict))
        weights = [f"{weight} %" for weight in WEIGHTS]
        scores = [str(part) for part in found.parts]
        yield _table(voice.matrix_head, zip(voice.criteria, weights, scores, strict=True))
        yield self._reasons(3)
        yield self._under("disputes", self._disputes())
        yield self._under("others", self._answers(3))
        yield self._under("orders", _steps(voice.orders))
        yield self._pick(voice.closings["judge"])

    def report(self) -> Iterable[str]:
        voice = self._voice
        yield voice.disclosure
        yield self._under("question", self._pick(voice.positions["reporter"]))
        yield self._measured()
        yield self._under("said", voice.space.join(voice.report["said"]))
        yield self._under("held", self._answers(4))
        yield self._evidence(0 if self._brief.said else 3)
        yield self._reasons(2)
        yield self._under("outcome", voice.space.join(voice.report["outcome"]))
        yield self._under("next", _steps(voice.report["next"]))
        yield self._pick(voice.closings["reporter"])

    # Their parts

    def _reasons(self, count: int) -> str:
        reasons = self._voice.reasons[self._brief.role]
        return _list(self._dice.sample(reasons, min(count, len(reasons))))

    def _measured(self) -> str:
        objective = self._brief.objective
        return self._pick(self._voice.measured).format(objective=objective) if objective else ""

    def _evidence(self, count: int) -> str:
        quotes, colon = self._brief.quotes[:count], self._voice.colon
        comments = self._dice.sample(self._voice.comments, len(quotes))
        pairs = zip(quotes, comments, strict=True)
        return self._under("evidence", _list(f"{quote}{colon}{comment}" for quote, comment in pairs))

    def _disputes(self) -> str:
        claims, colon = enumerate(self._voice.disputes), self._voice.colon
        return _list(f"{claim}{colon}{evidence(self._brief, number)}" for number, claim in claims)

    def _answers(self, count: int) -> str:
        answers = self._voice.answers[self._brief.role]
        said = self._brief.said[:count]
        return _list(self._pick(answers).format(member=one.member, quote=one.words) for one in said)

    def _under(self, heading: str, text: str) -> str:
        return f"### {self._voice.headings[heading]}\n\n{text}" if text else ""

    def _pick(self, phrases: tuple[str, ...]) -> str:
        return self._dice.choice(phrases).replace("{subject}", self._brief.subject)


def evidence(brief: Brief, number: int) -> str:
    """What a claim rests on: a passage of the document, where there is one."""
    if not brief.quotes:
        return voice_for(brief).no_evidence
    return str(brief.quotes[number % len(brief.quotes)])


def _list(points: Iterable[str]) -> str:
    return "\n".join(f"- {point}" for point in points)


def _steps(steps: Iterable[str]) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), ["---"] * 3, *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

"""A report told in the reader's language, section by section: what every format holds, and in which order."""

from collections.abc import Iterator

from flask_babel import gettext

from council.export import words
from council.export.blocks import Block, Facts, Grid, Line, Listing, Outline, Section, Title
from council.export.entries import entries_of
from council.export.findings import verdict_blocks
from council.export.report import Document, Report
from council.export.spending import cost_blocks

_OVER = frozenset({"completed", "failed", "cancelled"})


def outline_of(report: Report, language: str) -> Outline:
    """The whole export."""
    return Outline(
        language=language,
        title=report.subject or gettext("Untitled meeting"),
        about=f"{gettext('Council meeting')} · {words.status_word(report.status)}",
        notes=tuple(_notes(report)),
        sections=tuple(_sections(report)),
        footer=gettext("Exported by Council on {moment}.").format(moment=words.moment(report.exported_at)),
    )


def _notes(report: Report) -> Iterator[Line]:
    """What must be known before one reads on."""
    if report.status not in _OVER:
        at = words.moment(report.exported_at)
        text = gettext(
            "This meeting is not over: this is how it stood on {moment}. What came later is missing."
        )
        yield Line(text.format(moment=at), "warning")
    if report.status == "cancelled":
        yield Line(
            gettext("This meeting was stopped before its end. What was said until then is here."), "warning"
        )
    if report.status == "failed":
        yield Line(_with(gettext("This meeting failed: {reason}"), report.reason), "warning")
    if report.rehearsal:
        yield Line(
            gettext("This was a rehearsal: no model took part, the words are made up by rule."), "warning"
        )
    if report.verdict is None:
        yield Line(gettext("There is no verdict."), "warning")


def _with(text: str, reason: str | None) -> str:
    return text.format(reason=reason or gettext("no reason is known."))


def _sections(report: Report) -> Iterator[Section]:
    if report.verdict:
        title = words.outcome_title(report.verdict.outcome)
        yield Section("verdict", title, tuple(verdict_blocks(report.verdict)))
    yield Section("about", gettext("The meeting"), tuple(_about(report)))
    yield Section("conversation", gettext("Conversation"), tuple(entries_of(report)))
    yield Section("cost", gettext("Cost"), tuple(cost_blocks(report)))
    if report.documents:
        content = tuple(block for document in report.documents for block in _document(document))
        yield Section("documents", gettext("Documents"), content)


# The meeting


def _about(report: Report) -> Iterator[Block]:
    yield Facts(tuple((name, value) for name, value in _facts(report) if value))
    yield Title(gettext("Members"))
    head = (gettext("Member"), gettext("Model"), gettext("Provider"), gettext("Turns"))
    yield Grid(
        head,
        tuple(
            (each.name, each.model, each.provider, ", ".join(each.turns) or gettext("stands in"))
            for each in report.members
        ),
    )


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    yield gettext("Subject"), report.subject
    yield gettext("Objective"), report.objective
    status = words.status_word(report.status)
    why = report.detail or (report.reason if report.status != "completed" else None)
    yield gettext("Status"), f"{status} – {why}" if why else status
    yield gettext("Created"), words.moment(report.created_at)
    yield gettext("Started"), words.moment(report.started_at) if report.started_at else ""
    yield gettext("Ended"), words.moment(report.ended_at) if report.ended_at else ""
    yield gettext("Time in session"), words.duration(report.cost.seconds)
    yield gettext("Template"), report.template_id
    yield gettext("Group"), report.group_id or ""
    given = (
        gettext("{name} ({count} characters)").format(name=name, count=words.count(size))
        for name, size in report.given
    )
    yield gettext("Documents"), ", ".join(given)
    yield gettext("Another run of"), report.rerun_of or ""
    yield gettext("Session"), report.session_id
    yield gettext("Words of the room"), report.prompts_version or ""


# Documents


def _document(document: Document) -> Iterator[Block]:
    version = gettext("{path}, version {version}").format(path=document.path, version=document.version)
    yield Title(version if document.newest else gettext("{version} (older)").format(version=version))
    who = words.author_word(document.author) if document.author == "person" else document.author
    yield Line(
        gettext("By {author}, {moment}").format(author=who, moment=words.moment(document.created_at)), "note"
    )
    yield Listing(document.content, name=f"{document.path}@{document.version}")

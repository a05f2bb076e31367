"""The formats of an export: what each is called on the wire, and who writes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from flask_babel import gettext
from jinja2 import Environment

from council.errors import NotAvailable, TooLarge
from council.export.blocks import Entry, Facts, Grid, Items, Line, Listing, Outline, Prose, Title
from council.export.markdown import markdown
from council.export.material import Material
from council.export.outline import outline_of
from council.export.page import page
from council.export.record import record
from council.export.recording import recording_of
from council.export.retelling import report_of

MAX_PRINTED = 1_000_000  # Characters: about 400 pages, which take some seconds to set.


@dataclass(frozen=True, slots=True)
class Format:
    """``package`` is what sets its pages, as a whole; it may be missing."""

    name: str
    mimetype: str
    package: str | None = None

    @property
    def prints(self) -> bool:
        return self.package is not None


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("md", "text/markdown; charset=utf-8"),
        Format("html", "text/html; charset=utf-8"),
        Format("json", "application/json"),
        Format("docx", _WORD, "docx"),
        Format("pdf", "application/pdf", "fpdf"),
    )
}


@cache
def available() -> tuple[str, ...]:
    """The formats that this installation can make."""
    return tuple(
        each.name for each in FORMATS.values() if each.package is None or find_spec(each.package) is not None
    )


def exported(name: str, material: Material, language: str, environment: Environment) -> Iterator[bytes]:
    """The file in pieces; JSON reads the log while it is sent. Raises NotAvailable or TooLarge before the first one."""
    if name == "json":
        return _encoded(record(material))
    report = report_of(material.snapshot, material.documents, material.exported_at, material.usages())
    outline = outline_of(report, language)
    match name:
        case "md":
            return _encoded(markdown(outline))
        case "html":
            return _encoded(page(outline, recording_of(material.events(), material.texts), environment))
        case _:
            return iter((_printed(name, outline, material.exported_at),))


def _encoded(pieces: Iterator[str]) -> Iterator[bytes]:
    return (piece.encode() for piece in pieces)


# Pages


def _printed(name: str, outline: Outline, exported_at: str) -> bytes:
    length = sum(_length(block) for section in outline.sections for block in section.content)
    if length > MAX_PRINTED:
        raise TooLarge(
            f"This meeting has {length:,} characters; {name} takes {MAX_PRINTED:,}.",
            hint="Export it as md, html or json. The HTML can be printed by a browser.",
        )
    try:
        if name == "docx":
            from council.export.word import word

            return word(outline, exported_at)
        from council.export.pdf import pdf

        return pdf(outline, exported_at, gettext("{count} characters are in no font of this server: □."))
    except ModuleNotFoundError as problem:
        raise NotAvailable(
            f"Exports as {name} need a package that is not installed.",
            hint="On the server: pip install -r requirements-export.txt. Formats that need nothing: md, html, json.",
        ) from problem


def _length(part: object) -> int:
    match part:
        case Title(text) | Line(text):
            return len(text)
        case Prose(text=text) | Listing(text=text):
            return len(text)
        case Facts(rows) | Grid(rows=rows):
            return sum(len(cell) for row in rows for cell in row)
        case Items(rows):
            return sum(len(item.text) + len(item.note) for item in rows)
        case Entry():
            return sum(_length(block) for block in (*part.blocks, *part.result))
        case _:
            return 0

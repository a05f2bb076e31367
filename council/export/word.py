"""The export as a Word document, by python-docx: headings, tables and links that Word knows as such."""

import io
from datetime import datetime
from typing import Any, assert_never

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from council.export.blocks import (
    Block,
    Entry,
    Facts,
    Grid,
    Items,
    Line,
    Listing,
    Outline,
    Prose,
    Title,
)
from council.export.legible import one_line
from council.export.prose import Paragraph, Run, paragraphs, runs_of

_FONT, _CHINESE_FONT, _CODE_FONT = "Calibri", "Microsoft YaHei", "Consolas"
_SOFT, _WARN, _ACCENT = RGBColor(0x5A, 0x5C, 0x6B), RGBColor(0x7A, 0x4E, 0x0A), RGBColor(0x2F, 0x3A, 0x7A)
_STEP = Cm(0.6)
_DEEPEST = 8  # Steps. Deeper lists are set no further in.


def word(outline: Outline, exported_at: str) -> bytes:
    """The whole file."""
    return _Typist(outline, exported_at).file()


class _Typist:
    """Types one document."""

    def __init__(self, outline: Outline, exported_at: str) -> None:
        self._outline = outline
        self._file: Document = docx.Document()
        self._prepare(exported_at)

    def file(self) -> bytes:
        outline = self._outline
        self._file.add_heading(one_line(outline.title), 0)
        self._line(Line(outline.about, "note"))
        for line in outline.notes:
            self._line(line)
        for section in outline.sections:
            self._file.add_heading(one_line(section.title), 1)
            for part in section.content:
                self._entry(part) if isinstance(part, Entry) else self._block(part)
        self._line(Line(outline.footer, "note"))
        stream = io.BytesIO()
        self._file.save(stream)
        return stream.getvalue()

    def _prepare(self, exported_at: str) -> None:
        about = self._file.core_properties
        about.title, about.author = one_line(self._outline.title)[:255], "Council"
        about.language = self._outline.language
        about.created = about.modified = datetime.fromisoformat(exported_at).replace(tzinfo=None)
        normal = self._file.styles["Normal"]
        normal.font.name, normal.font.size = _FONT, Pt(10.5)
        fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), _CHINESE_FONT)
        self._number_pages()

    def _number_pages(self) -> None:
        footer = self._file.sections[0].footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        footer._p.append(field)

    # Entries and blocks

    def _entry(self, entry: Entry) -> None:
        self._file.add_heading(one_line(entry.title) or "–", 2)
        if entry.about:
            self._line(Line(entry.about, "note"))
        for mark in entry.marks:
            self._line(Line(mark, "warning"))
        for block in (*entry.blocks, *entry.result):
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Title():
                self._file.add_heading(one_line(block.text), 3)
            case Line():
                self._line(block)
            case Facts():
                self._table((), block.rows, frozenset())
            case Grid():
                self._table(block.head, block.rows, block.numeric)
            case Items():
                self._items(block)
            case Prose():
                self._summary(block.summary)
                for paragraph in paragraphs(block.text):
                    if isinstance(paragraph, Grid):
                        self._table(paragraph.head, paragraph.rows, paragraph.numeric)
                    else:
                        self._paragraph(paragraph)
            case Listing():
                self._summary(block.summary)
                self._listing(block)
            case _:
                assert_never(block)

    def _summary(self, summary: str) -> None:
        if summary:
            self._line(Line(summary, "note"))

    def _line(self, line: Line) -> None:
        if not line.text:
            return
        run = self._file.add_paragraph().add_run(line.text)
        match line.weight:
            case "strong":
                run.bold = True
            case "note":
                run.font.size, run.font.color.rgb = Pt(9), _SOFT
            case "warning":
                run.bold, run.font.color.rgb = True, _WARN

    def _table(
        self, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], numeric: frozenset[int]
    ) -> None:
        breadth = len(head) or 2
        table = self._file.add_table(rows=0, cols=breadth, style="Table Grid")
        for at, row in enumerate((head, *rows) if head else rows):
            for column, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=False)):
                paragraph = cell.paragraphs[0]
                paragraph.add_run(text).bold = at == 0 if head else column == 0
                if column in numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._file.add_paragraph()

    def _items(self, items: Items) -> None:
        for number, item in enumerate(items.rows, 1):
            paragraph = self._file.add_paragraph()
            paragraph.paragraph_format.left_indent = _STEP
            paragraph.paragraph_format.first_line_indent = -_STEP
            paragraph.add_run(f"{number}.\t" if items.numbered else "•\t")
            for run in runs_of(item):
                _add(paragraph, run)

    def _paragraph(self, said: Paragraph) -> None:
        paragraph = self._file.add_paragraph()
        paragraph.paragraph_format.left_indent = _STEP * (min(said.depth, _DEEPEST) + 1)
        if said.sign:
            paragraph.paragraph_format.first_line_indent = -_STEP
            paragraph.add_run(f"{said.sign}\t")
        for run in said.runs:
            added = _add(paragraph, run)
            added.bold = added.bold or said.kind == "heading"

    def _listing(self, listing: Listing) -> None:
        lines = listing.text.splitlines()
        for number, line in enumerate(lines, 1):
            paragraph = self._file.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(f"{number:>4}  {line}" if listing.name else line)
            run.font.name, run.font.size = _CODE_FONT, Pt(9)
        self._file.add_paragraph()


def _add(paragraph: WordParagraph, said: Run) -> Any:
    run = paragraph.add_run(said.text)
    run.bold, run.italic = said.bold or None, said.italic or None
    if said.code:
        run.font.name, run.font.size = _CODE_FONT, Pt(9)
    if said.link:
        run.font.underline, run.font.color.rgb = True, _ACCENT
        link = OxmlElement("w:hyperlink")
        link.set(
            qn("r:id"), paragraph.part.relate_to(said.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        )
        paragraph._p.remove(run._r)
        link.append(run._r)
        paragraph._p.append(link)
    return run

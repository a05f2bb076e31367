"""The export as PDF, by fpdf2: bookmarks, tables, page numbers, links, and fonts that travel in the file."""

import logging
from datetime import datetime
from typing import assert_never

from fpdf import FPDF
from fpdf.fonts import FontFace

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
from council.export.legible import legible, one_line
from council.export.pen import INK, Pen
from council.export.prose import Paragraph, Run, paragraphs, runs_of

# Each missing glyph is replaced before, and told of at the end.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)

_SOFT, _WARN, _ACCENT = (100, 102, 118), (122, 78, 10), (47, 58, 122)
_MARGIN, _STEP = 20.0, 6.0  # mm
_LONGEST_CELL, _MOST_COLUMNS = 160, 8  # Of a table: a row has to fit on a page, a word into a column.
_DEEPEST = 8  # Steps. Deeper lists are set no further in.


def pdf(outline: Outline, exported_at: str, untold: str) -> bytes:
    """The whole file. ``untold`` says that ``{count}`` characters are in no font here. Raises NotAvailable."""
    return _Printer(outline, exported_at, untold).file()


class _Sheets(FPDF):
    """Pages with their numbers at the foot."""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("letters", size=8)
        self.set_text_color(*_SOFT)
        self.cell(0, 6, f"{self.page_no()} / {{nb}}", align="C")


class _Printer:
    """Prints one document."""

    def __init__(self, outline: Outline, exported_at: str, untold: str) -> None:
        self._outline = outline
        self._untold = untold
        self._pdf = _Sheets(format="A4")
        self._pdf.set_margin(_MARGIN)
        self._pdf.c_margin = 0
        self._pdf.set_auto_page_break(True, margin=_MARGIN)
        self._pdf.set_title(one_line(outline.title))
        self._pdf.set_creator("Council")
        self._pdf.set_lang(outline.language)
        self._pdf.set_creation_date(datetime.fromisoformat(exported_at))
        self._pen = Pen(self._pdf)

    def file(self) -> bytes:
        outline = self._outline
        self._pdf.add_page()
        self._heading(outline.title, 22, None)
        self._line(Line(outline.about, "note"))
        for line in outline.notes:
            self._line(line)
        for section in outline.sections:
            self._pdf.ln(4)
            self._heading(section.title, 16, 0)
            for part in section.content:
                self._entry(part) if isinstance(part, Entry) else self._block(part)
        self._pdf.ln(4)
        self._line(Line(outline.footer, "note"))
        if self._pen.missing:
            self._line(Line(self._untold.format(count=self._pen.missing), "warning"))
        return bytes(self._pdf.output())

    # Entries and blocks

    def _entry(self, entry: Entry) -> None:
        self._pdf.ln(2)
        self._heading(entry.title, 12, 1)
        if entry.about:
            self._line(Line(entry.about, "note"))
        for mark in entry.marks:
            self._line(Line(mark, "warning"))
        for block in (*entry.blocks, *entry.result):
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Title():
                self._pdf.ln(2)
                self._heading(block.text, 11, None)
            case Line():
                self._line(block)
            case Facts():
                self._rows((), block.rows, frozenset())
            case Grid():
                self._rows(block.head, block.rows, block.numeric)
            case Items():
                for number, item in enumerate(block.rows, 1):
                    sign = f"{number}." if block.numbered else "•"
                    self._paragraph(Paragraph("item", tuple(runs_of(item)), depth=1, sign=sign))
            case Prose():
                self._line(Line(block.summary, "note"))
                for paragraph in paragraphs(block.text):
                    if isinstance(paragraph, Grid):
                        self._rows(paragraph.head, paragraph.rows, paragraph.numeric)
                    else:
                        self._paragraph(paragraph)
            case Listing():
                self._line(Line(block.summary, "note"))
                self._listing(block)
            case _:
                assert_never(block)

    def _heading(self, text: str, points: float, level: int | None) -> None:
        if self._pdf.will_page_break(points + 8):
            self._pdf.add_page()
        if level is not None:
            self._pdf.start_section(self._pen.known(one_line(text)) or "–", level)
        self._pen.style("B", points, INK)
        self._pen.flow(one_line(text), points * 0.5)
        self._pdf.ln(1)

    def _line(self, line: Line) -> None:
        if not line.text:
            return
        match line.weight:
            case "note":
                self._pen.style("", 9, _SOFT)
            case "warning":
                self._pen.style("B", 10, _WARN)
            case "strong":
                self._pen.style("B", 10.5, INK)
            case _:
                self._pen.style("", 10.5, INK)
        self._pen.flow(line.text, 5.2)
        self._pdf.ln(1.2)

    def _rows(
        self, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], numeric: frozenset[int]
    ) -> None:
        if not 0 < len(head) <= _MOST_COLUMNS or any(
            len(cell) > _LONGEST_CELL for row in (head, *rows) for cell in row
        ):
            self._pairs(head, rows)
            return
        self._pen.style("", 9.5, INK)
        align = ["RIGHT" if at in numeric else "LEFT" for at in range(len(head))]
        bold = FontFace(emphasis="BOLD")
        with self._pdf.table(
            text_align=align, borders_layout="HORIZONTAL_LINES", headings_style=bold, line_height=5, padding=1
        ) as table:
            for row in (head, *rows):
                printed = table.row()
                for cell, _column in zip((*row, *[""] * len(head)), head, strict=False):
                    printed.cell(self._pen.known(one_line(cell)))
        self._pdf.ln(2)

    def _pairs(self, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
        """Rows that fit in no table, one under the other."""
        pairs = rows if not head else tuple(pair for row in rows for pair in zip(head, row, strict=False))
        for name, value in pairs:
            self._paragraph(Paragraph("plain", (Run(f"{one_line(name)}: ", bold=True), Run(value))))

    def _paragraph(self, said: Paragraph) -> None:
        depth = min(said.depth, _DEEPEST) if said.kind != "plain" else 0
        self._pdf.set_left_margin(_MARGIN + _STEP * depth)
        self._pdf.set_x(_MARGIN + _STEP * (depth - 1 if said.sign else depth))
        if said.sign:
            self._pen.style("", 10.5, INK)
            self._pdf.cell(_STEP, 5.2, said.sign)
        for run in said.runs:
            self._run(run, bold=run.bold or said.kind == "heading", soft=said.kind == "quote")
        self._pdf.ln(5.2)
        self._pdf.set_left_margin(_MARGIN)
        self._pdf.set_x(_MARGIN)
        self._pdf.ln(1.2)

    def _run(self, run: Run, *, bold: bool, soft: bool) -> None:
        colour = _ACCENT if run.link else _SOFT if soft else INK
        if run.code:
            self._pen.style("", 9.5, colour, family="code")
        else:
            self._pen.style("B" if bold else "I" if run.italic else "", 10.5, colour)
        self._pen.say(legible(run.text), 5.2, run.link or "")

    def _listing(self, listing: Listing) -> None:
        self._pen.style("", 8.5, INK, family="code")
        for number, line in enumerate(listing.text.splitlines(), 1):
            shown = f"{number:>4}  {line}" if listing.name else line
            self._pen.flow(shown or " ", 4.4)
        self._pdf.ln(2)

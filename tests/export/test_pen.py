"""The fonts of a PDF: each character is written in one that has it, and no font is loaded for nothing."""

import logging
from collections.abc import Callable, Iterator

import pytest
from fpdf import FPDF
from fpdf.fonts import TTFFont

from council.export import fonts
from council.export.pen import INK, Pen

needs_fonts = pytest.mark.skipif(
    not all(any(fonts.found(each)) for each in (fonts.LETTERS, fonts.CHINESE, fonts.SIGNS, fonts.CODE)),
    reason="this machine has not all kinds of fonts",
)
Write = Callable[..., Pen]


@pytest.fixture
def sheets() -> Iterator[FPDF]:
    made = FPDF()
    made.add_page()
    yield made
    for font in made.fonts.values():
        if isinstance(font, TTFFont):
            font.close()  # As it does when the file is written.


@pytest.fixture
def write(sheets: FPDF) -> Write:
    """Writes texts, each as (family, text)."""
    pen = Pen(sheets)

    def run(*texts: tuple[str, str]) -> Pen:
        for family, text in texts:
            pen.style("", 10, INK, family=family)
            pen.flow(text, 5)
        return pen

    return run


@needs_fonts
@pytest.mark.parametrize(
    "texts",
    [
        [("code", "for x in y"), ("letters", "✓ ∀x ⇒ y, ə")],
        [("letters", "Dvořák 说 ½ ⅞ Łódź")],
        [("code", "ℓ = 1, 说")],
        [("letters", "说 ✓"), ("code", "✓"), ("letters", "Łódź")],
    ],
)
def test_a_character_that_some_font_has_is_shown(
    sheets: FPDF, write: Write, caplog: pytest.LogCaptureFixture, texts: list[tuple[str, str]]
) -> None:
    """Whatever was written before, and in whichever font: fpdf2 misses none."""
    caplog.set_level(logging.WARNING, "fpdf")
    assert write(*texts).missing == 0
    sheets.output()
    assert [record.getMessage() for record in caplog.records if "glyph" in record.getMessage()] == []


@needs_fonts
@pytest.mark.parametrize(
    ("text", "loaded"),
    [("Plain.", set()), ("✓ done", {"signs"}), ("说", {"chinese"}), ("Łódź", set())],
)
def test_a_font_is_loaded_for_its_characters_alone(
    sheets: FPDF, write: Write, text: str, loaded: set[str]
) -> None:
    write(("letters", text))
    assert {name for name in ("chinese", "signs", "code") if name in sheets.fonts} == loaded


def test_what_no_font_has_is_counted(write: Write) -> None:
    """It is shown as a box, and the reader is told how many there are."""
    assert write(("letters", "a \U000e0001 b")).missing == 1

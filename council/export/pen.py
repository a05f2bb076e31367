"""Writes text into a PDF: fonts that have its characters, and lines broken where fpdf2 would not."""

import re
from collections.abc import Iterator

from fontTools.ttLib import TTCollection
from fpdf import FPDF
from fpdf.fonts import TTFFont

from council.errors import NotAvailable
from council.export import fonts
from council.export.legible import legible

INK = (38, 40, 60)
_UNKNOWN = "\u25a1"
_EAST = "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_EAST_ASIAN = re.compile(f"[{_EAST}]")
# What stays together at the end of a line: a word, or a sign with the brackets and stops that belong to it.
_PIECE = re.compile(f"[（《「『【“‘]*[{_EAST}][，。、；：？！）》」』】”’…—]*|[^\\s{_EAST}“‘]{{1,40}}|\\s|.")
_ENDLESS = re.compile(r"\S{400}")  # fpdf2 takes seconds to break such a word.
_FAMILIES = {
    "letters": (*fonts.LETTERS, *fonts.CHINESE),
    "code": (*fonts.CODE, *fonts.LETTERS, *fonts.CHINESE),
    "chinese": fonts.CHINESE,
    "signs": fonts.SIGNS,
}
_STAND_IN = ("letters", "chinese", "signs")  # For what the font in use lacks, in this order.


class Pen:
    """Stands somewhere on a page. ``missing`` counts the characters that are in no font here.

    A font is loaded when the first of its characters is written: those for Chinese take most of the time of a page.
    """

    def __init__(self, sheets: FPDF) -> None:
        """Raises NotAvailable without a font for letters."""
        self._sheets = sheets
        self.missing = 0
        self._widths: dict[tuple[str, str, float, str], float] = {}
        self._glyphs: dict[str, frozenset[int]] = {}
        self._load("letters")
        if "letters" not in sheets.fonts:
            raise _no_font()

    def style(self, style: str, points: float, colour: tuple[int, int, int], family: str = "letters") -> None:
        """How text looks from now on; a style that the font has not is left out."""
        self._load(family)
        self._sheets.set_font(
            family, style=style if f"{family}{style}" in self._sheets.fonts else "", size=points
        )
        self._sheets.set_text_color(*colour)

    def flow(self, text: str, height: float) -> None:
        """Paragraphs of their own."""
        for line in legible(text).split("\n"):
            self.say(line, height)
            self._sheets.ln(height)

    def say(self, text: str, height: float, link: str = "") -> None:
        """Text from where the pen is. Chinese and endless words are broken here: fpdf2 looks for spaces."""
        shown = self.known(text)
        is_eastern = _EAST_ASIAN.search(shown)
        if not is_eastern and not _ENDLESS.search(shown):
            self._sheets.write(height, shown, link)
            return
        family, style, points = self._sheets.font_family, self._sheets.font_style, self._sheets.font_size_pt
        if is_eastern and family == "letters":
            self._sheets.set_font("chinese", "B" if "B" in style and "chineseB" in self._sheets.fonts else "")
        for number, line in enumerate(self._lines(shown)):
            if number:
                self._sheets.ln(height)
            self._sheets.cell(self._sheets.get_string_width(line), height, line, link=link)
        self._sheets.set_font(family, style, points)

    def _lines(self, text: str) -> Iterator[str]:
        """The text in lines, the first of which begins where the pen is."""
        right = self._sheets.w - self._sheets.r_margin
        room = right - self._sheets.x
        line: list[str] = []
        for piece in _PIECE.findall(text):
            width = sum(map(self._width, piece))
            if piece == "\n" or (width > room and line):
                yield "".join(line)
                line, room = [], right - self._sheets.l_margin
            if piece != "\n":
                line.append(piece)
                room -= width
        yield "".join(line)

    def _width(self, character: str) -> float:
        key = (self._sheets.font_family, self._sheets.font_style, self._sheets.font_size_pt, character)
        if key not in self._widths:
            self._widths[key] = self._sheets.get_string_width(character)
        return self._widths[key]

    def known(self, text: str) -> str:
        """The text in glyphs there are."""
        if text.isascii():
            return text
        lacking = self._lacking(text)
        eastern = set(_EAST_ASIAN.findall(text))
        if eastern and eastern <= lacking:
            raise _no_font()
        if lacking:
            self.missing += sum(text.count(each) for each in lacking)
            text = text.translate({ord(each): _UNKNOWN for each in lacking})
        return text

    def _lacking(self, text: str) -> set[str]:
        """The characters that are in no font here; those that may have them are loaded first."""
        if _EAST_ASIAN.search(text):
            self._load("chinese")
        lacking = self._unknown(text)
        for family in ("signs", "chinese"):
            if lacking:
                self._load(family)
                lacking = self._unknown(text)
        return lacking

    def _unknown(self, text: str) -> set[str]:
        """Those that neither the font in use nor one that stands in for it has."""
        having = [self._glyphs.get(name, frozenset()) for name in (self._sheets.font_family, *_STAND_IN)]
        return {each for each in set(text) if each != "\n" and not any(ord(each) in has for has in having)}

    def _load(self, name: str) -> None:
        """Give the document this font, if there is one."""
        if name in self._glyphs or name not in _FAMILIES:
            return
        for style, path in fonts.found(_FAMILIES[name]):
            self._sheets.add_font(name, style, str(path), collection_font_number=_simplified(str(path)))
        font = self._sheets.fonts.get(name)
        self._glyphs[name] = frozenset(font.cmap if isinstance(font, TTFFont) else ())
        is_alone = self._glyphs.keys() == {"letters"}  # Then fpdf2 need not look at each character.
        stand_in = [each for each in _STAND_IN if each in self._sheets.fonts and not is_alone]
        self._sheets.set_fallback_fonts(stand_in, exact_match=False)


def _simplified(path: str) -> int:
    """Which font of a collection is for simplified Chinese."""
    if not path.endswith(".ttc"):
        return 0
    with TTCollection(path, lazy=True) as collection:
        names = [font["name"].getDebugName(1) or "" for font in collection.fonts]
    return next((at for at, name in enumerate(names) if name.endswith(("SC", "Hei"))), 0)


def _no_font() -> NotAvailable:
    return NotAvailable(
        "This machine has no font for the characters of this meeting.",
        hint="Install fonts on the server, on Debian: apt-get install fonts-liberation fonts-noto-cjk. "
        "Markdown, HTML and DOCX need none.",
    )

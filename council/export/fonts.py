"""Fonts for the PDF, found on this machine: one for letters, one for Chinese, one for what they lack."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts",),
}


@dataclass(frozen=True, slots=True)
class Family:
    """Names of files: regular, and bold and italic where there are any."""

    regular: str
    bold: str = ""
    italic: str = ""


LETTERS = (
    Family("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf", "LiberationSans-Italic.ttf"),
    Family("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf"),
    Family("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Italic.ttf"),
    Family("Arial.ttf", "Arial Bold.ttf", "Arial Italic.ttf"),
    Family("arial.ttf", "arialbd.ttf", "ariali.ttf"),
)
CHINESE = (
    Family("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    Family("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf"),
    Family("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"),
    Family("SourceHanSansSC-Regular.otf", "SourceHanSansSC-Bold.otf"),
    Family("wqy-microhei.ttc"),
    Family("wqy-zenhei.ttc"),
    Family("msyh.ttc", "msyhbd.ttc"),
    Family("Arial Unicode.ttf"),
    Family("simhei.ttf"),
)
SIGNS = (Family("DejaVuSans.ttf"), Family("seguisym.ttf"), Family("Apple Symbols.ttf"))
CODE = (
    Family("DejaVuSansMono.ttf"),
    Family("LiberationMono-Regular.ttf"),
    Family("Courier New.ttf"),
    Family("cour.ttf"),
)


def found(families: tuple[Family, ...]) -> Iterator[tuple[str, Path]]:
    """The files of the first family there is, as (style, path): "" is regular, "B" bold, "I" italic."""
    files = _files()
    for family in families:
        if family.regular in files:
            for style, name in (("", family.regular), ("B", family.bold), ("I", family.italic)):
                if name in files:
                    yield style, files[name]
            return


@cache
def _files() -> dict[str, Path]:
    """Every font file by its name."""
    folders = FOLDERS.get(sys.platform, FOLDERS["linux"])
    roots = (Path(folder).expanduser() for folder in folders)
    return {
        path.name: path
        for root in roots
        for path in root.rglob("*")
        if path.suffix in (".ttf", ".otf", ".ttc")
    }

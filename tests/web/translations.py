"""Collects every text for the translators and compiles what they wrote: ``make translations``."""

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from council import __version__
from council.web.texts import LANGUAGES, TRANSLATIONS

ROOT = Path(__file__).parents[2]
TEMPLATE = TRANSLATIONS / "messages.pot"
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
KEYWORDS = DEFAULT_KEYWORDS | {"_n": None, "t": None}


def collected() -> Catalog:
    """All texts of the sources, sorted, without their places: those would change with every edit."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)
    catalog = Catalog(
        project="Council",
        version=__version__,
        copyright_holder="the Council authors",
        fuzzy=False,
        charset="utf-8",
        header_comment="# The texts of Council.",
    )
    for folder in ("council", "templates", "static/js"):
        own = [
            (pattern.removeprefix(f"{folder}/"), method)
            for pattern, method in methods
            if pattern.startswith(folder)
        ]
        for _, _, message, _, context in extract_from_dir(ROOT / folder, own, options, keywords=KEYWORDS):
            catalog.add(message, context=context)
    return catalog


def translated(language: str) -> Path:
    """Where the texts of a language stand."""
    return TRANSLATIONS / LANGUAGES[language] / "LC_MESSAGES" / "messages.po"


def read(path: Path, locale: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def compiled(catalog: Catalog) -> bytes:
    """The same for the same texts, whenever it is made."""
    catalog.creation_date = catalog.revision_date = NO_DATE
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    texts = collected()
    _write(TEMPLATE, texts)
    for language in LANGUAGES.keys() - {"en"}:
        path = translated(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = (
            read(path, LANGUAGES[language])
            if path.exists()
            else Catalog(locale=LANGUAGES[language], fuzzy=False)
        )
        catalog.update(texts, no_fuzzy_matching=True, update_header_comment=True)
        catalog.obsolete.clear()
        _write(path, catalog)
        path.with_suffix(".mo").write_bytes(
            compiled(read(path, LANGUAGES[language]))
        )  # As it stands: without dates.
        missing = sum(1 for message in catalog if message.id and not message.string)
        print(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {missing} without a translation")


def _write(path: Path, catalog: Catalog) -> None:
    """Without the date of the day: the file changes when a text does."""
    file = io.BytesIO()
    write_po(file, catalog, no_location=True, sort_output=True, width=110, ignore_obsolete=True)
    lines = file.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "-Date:" not in line), "utf-8")


if __name__ == "__main__":
    main()

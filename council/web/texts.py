"""The page's languages, and for each page the dictionary of the texts its scripts show."""

import re
from functools import cache
from pathlib import Path

from flask import Flask, request
from flask_babel import Babel, get_locale, gettext

from council.web.modules import SCRIPTS, modules_of
from council.web.own_words import own_words

LANGUAGES = {"en": "en", "zh-CN": "zh_Hans_CN"}
"""What ``?lang=`` takes, and what Babel calls it."""

OWN_NAMES = {"en": "English", "zh-CN": "中文"}
"""What each language calls itself: never translated."""

COOKIE = "council_lang"
TRANSLATIONS = Path(__file__).parents[1] / "translations"
_CALL = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)*)\"""")


def script_texts(page: str) -> dict[str, str]:
    """English to the reader's language: what the page's modules show, those it fetches later included.

    Scripts say in English whatever is not in it, so that English readers need none.
    """
    if page_language() == "en":
        return {}
    return {text: gettext(text) for text in (*_texts_of(page), *sorted(own_words()))}


def page_language() -> str:
    """The language of this page as HTML and HTTP name it."""
    chosen = str(get_locale())
    return next((name for name, locale in LANGUAGES.items() if locale == chosen), "en")


def join_babel(app: Flask) -> None:
    """Give the application its translations, unless it has them already."""
    if "babel" not in app.extensions:
        Babel(app, default_translation_directories=str(TRANSLATIONS), locale_selector=choose_locale)


def choose_locale() -> str:
    """``?lang=``, else what was chosen before, else what the browser prefers."""
    asked = (
        request.args.get("lang"),
        request.cookies.get(COOKIE),
        request.accept_languages.best_match(LANGUAGES),
    )
    return next((LANGUAGES[language] for language in asked if language in LANGUAGES), "en")


@cache
def _texts_of(page: str) -> tuple[str, ...]:
    """Each text once. Scripts say ``t("…")`` with the text itself: there is no list to keep."""
    sources = ((SCRIPTS.parent / module).read_text("utf-8") for module in modules_of(page, later=True))
    return tuple(dict.fromkeys(text for source in sources for text in _CALL.findall(source)))

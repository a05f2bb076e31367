"""The page's languages, and the one dictionary of every text that JavaScript shows."""

from pathlib import Path

from flask import Flask, request
from flask_babel import Babel, get_locale, gettext

from council.web.script_texts import SCRIPT_TEXTS

LANGUAGES = {"en": "en", "zh-CN": "zh_Hans_CN"}
"""What ``?lang=`` takes, and what Babel calls it."""

COOKIE = "council_lang"
TRANSLATIONS = Path(__file__).parents[1] / "translations"


def script_texts() -> dict[str, str]:
    """English to the reader's language."""
    return {text: gettext(text) for text in SCRIPT_TEXTS}


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

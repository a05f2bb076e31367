"""The page's languages, and the one dictionary of every text that JavaScript shows."""

from pathlib import Path

from flask import Flask, request
from flask_babel import Babel, get_locale, gettext

LANGUAGES = {"en": "en", "zh-CN": "zh_Hans_CN"}
"""What ``?lang=`` takes, and what Babel calls it."""

COOKIE = "council_lang"
TRANSLATIONS = Path(__file__).parents[1] / "translations"


def _n(message: str) -> str:
    """Marks a text for the catalogue; it is translated when it is used."""
    return message


SCRIPT_TEXTS = (
    # The meeting
    _n("Waiting to begin"),
    _n("In session"),
    _n("Paused"),
    _n("Concluded"),
    _n("Failed"),
    _n("Stopped"),
    _n("The budget is used up."),
    # A member
    _n("speaking"),
    _n("waiting"),
    _n("done"),
    _n("absent"),
    _n("skipped"),
    _n("on hold"),
    # A message
    _n("cut"),
    _n("truncated"),
    _n("failed"),
    _n("starts again"),
    _n("Cut off when the meeting was stopped."),
    _n("The model reached its length limit: this is not a full opinion."),
    _n("The answer broke off: this is not a full opinion."),
    _n("This turn was interrupted and is taken again."),
    _n("Read by {names}"),
    _n("You"),
    _n("{count} members in parallel"),
    _n("{name} is absent"),
    _n("Something went wrong"),
    _n("It may work when tried again."),
    # Money and time
    _n("unknown"),
    _n("{usd} + unknown"),
    _n("rehearsal"),
    _n("local"),
    _n("{input} in, {output} out"),
    # The verdict
    _n("Verdict"),
    _n("Partial result"),
    _n("Impasse"),
    _n("All members took part."),
    _n("Absent: {count}"),
    _n("Below quorum: what follows is not a verdict."),
    _n("The chair's ruling could not be read in full: what follows is not a verdict."),
    _n("No reason was given."),
    # The connection
    _n("Disconnected"),
    _n("Connecting"),
    _n("Live"),
    _n("Reconnecting"),
    _n("The connection was lost. Next attempt in {seconds} s."),
    _n("Trying to reach the server."),
    _n(
        "The server does not answer. Council tries again when the network is back or you return to this page."
    ),
    _n("Please sign in to follow this meeting."),
    _n("This meeting is not yours to see."),
    _n("This meeting does not exist any more."),
    _n("The connection was closed."),
    _n("Not connected: nothing was sent, your text is still here."),
    _n("Sending; waiting for the server to confirm."),
    # The lobby
    _n("“{name}” is not a text file: it is not valid UTF-8. Choose a .md or .txt file."),
    _n("“{name}” is empty."),
    _n("“{name}” is larger than 5 MB."),
    _n("Give a subject or a document: the council needs something to discuss."),
    _n("The server cannot be reached. Your text is still here; try again."),
    _n("The server answered with status {status}."),
    _n("Try again in {seconds} s."),
    _n("Remove {name}"),
    _n("{count} characters"),
    _n("Opening the meeting"),
    _n("No subject"),
    _n("The list cannot be brought up to date; the server does not answer."),
    # The theme
    _n("Theme: as the system"),
    _n("Theme: light"),
    _n("Theme: dark"),
)


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

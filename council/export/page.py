"""The export as one HTML file that shows and replays a meeting: it fetches nothing, and runs one script of ours."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jinja2 import Environment
from markupsafe import Markup

from council.export.blocks import Listing, Outline
from council.export.legible import legible
from council.export.recording import Recording

TEMPLATES = Path(__file__).parents[2] / "templates" / "export"
_REFERENCE = re.compile(r'href="#ref=([^":]+):(\d+)-\d+(?:@(\d+))?"')
_IN_SCRIPTS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def page(outline: Outline, recording: Recording, environment: Environment) -> Iterator[str]:
    """The whole file, piece by piece."""
    sheet, script = _source("report.css"), _source("player.js")
    places = _places(outline)
    return environment.get_template("export/report.html").generate(
        outline=outline,
        sheet=Markup(sheet),  # noqa: S704  # Our own file.
        script=Markup(script),  # noqa: S704  # Our own file.
        policy=policy(sheet, script),
        recording=_in_script(recording.as_dict()),
        places=places,
        linked=lambda html: _linked(html, places),
        kind_of=lambda block: type(block).__name__,
    )


def policy(sheet: str, script: str) -> str:
    """Nothing may be fetched, sent or framed; of scripts and styles only these two stand."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_digest(script)}",
            f"style-src {_digest(sheet)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


@cache
def _source(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def _in_script(value: Mapping[str, Any]) -> Markup:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(re.sub("[<>&\u2028\u2029]", lambda found: _IN_SCRIPTS[found[0]], text))  # noqa: S704


# References


def _places(outline: Outline) -> dict[str, int]:
    """A number for each document that is in the file: ids are made of it."""
    names = (
        part.name
        for section in outline.sections
        for part in section.content
        if isinstance(part, Listing) and part.name
    )
    return {name: place for place, name in enumerate(names, 1)}


def _linked(html: str, places: Mapping[str, int]) -> Markup:
    """HTML that was cleaned when the message ended; references lead to the lines in this file."""

    def lead(found: re.Match[str]) -> str:
        path, first, version = unquote(found[1]), found[2], found[3]
        place = places.get(f"{path}@{version}") if version else _newest(path, places)
        return f'href="#d{place}-{first}"' if place else 'href="#documents"'

    return Markup(_REFERENCE.sub(lead, legible(html)))  # noqa: S704  # Cleaned by council.meeting.markdown.


def _newest(path: str, places: Mapping[str, int]) -> int | None:
    return next((place for name, place in places.items() if name.rpartition("@")[0] == path), None)

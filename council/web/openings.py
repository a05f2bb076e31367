"""Sockets are opened a few at a time; those that are open take no place any more."""

from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

from flask import Flask, request

from council.live.turnstile import Turnstile

PATHS = ("/ws", "/api/v1/ws")
_PLACE = "council.place"


def install(app: Flask, turnstile: Turnstile) -> None:
    """Before anything looks at a handshake, rights and store included."""
    app.wsgi_app = _Paced(app.wsgi_app, turnstile)  # type: ignore[method-assign]


def is_open() -> None:
    """This request's socket is open, and the next one may come."""
    place: ExitStack = request.environ[_PLACE]
    place.close()


class _Paced:
    def __init__(self, inner: Any, turnstile: Turnstile) -> None:
        self._inner = inner
        self._turnstile = turnstile

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with ExitStack() as place:
            if environ["PATH_INFO"] in PATHS:
                place.enter_context(self._turnstile.passing())
                environ[_PLACE] = place
            answer: Iterable[bytes] = self._inner(environ, start_response)
            return answer

"""Who really asks when proxies stand between: so many of them are believed as the settings count."""

import threading
from collections.abc import Iterable
from typing import Any

import structlog
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from council.settings import Settings

log = structlog.get_logger(__name__)

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP")


def install(app: Flask, settings: Settings) -> None:
    """From now on address, scheme and host of a request are those that the trusted proxies saw.

    Each proxy adds one value at the end of a header: what stands before those of ours was written by anybody, and is
    not looked at. For the checks of hosts and origins this has to be installed before them.
    """
    hops = settings.trusted_proxies
    outer: Any = (
        ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops) if hops else _Unbelieved(app.wsgi_app)
    )
    app.wsgi_app = outer  # type: ignore[method-assign]


class _Unbelieved:
    """Passes requests on as they came, and says once that somebody forwards them without being trusted."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._first = threading.Lock()  # Taken by the one who says it, and never given back.

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen = [name for name in FORWARDED if _key_of(name) in environ]
        if seen and self._first.acquire(blocking=False):
            log.warning(
                "proxy.not_trusted",
                ignored=seen,
                hint="If a proxy of yours sent them, set COUNCIL_TRUSTED_PROXIES to the number of proxies.",
            )
        answer: Iterable[bytes] = self._inner(environ, start_response)
        return answer


def _key_of(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"

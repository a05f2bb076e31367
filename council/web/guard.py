"""Who may talk to this server at all: Host and Origin are checked before anything else happens.

A page on another site can make a browser send requests here; its Origin gives it away. A name that
an attacker's DNS points at us (rebinding) is not one of our hosts.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from council.errors import Forbidden, Malformed
from council.settings import LOOPBACK, Settings


def install(app: Flask, settings: Settings) -> None:
    """Check every request, sockets included: this runs before the upgrade."""
    hosts = _hosts(settings.allowed_origins)
    origins = frozenset(settings.allowed_origins)

    @app.before_request
    def check() -> None:
        _check_host(request.host, hosts)
        _check_origin(request.headers.get("Origin"), own_origins(settings) | origins)

    @app.after_request
    def forbid_guessing(response: Response) -> Response:
        """An answer that quotes somebody's words is never taken for a page or a script."""
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if request.is_secure:  # Told by a trusted proxy: a browser that was here once comes back encrypted.
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def _hosts(origins: tuple[str, ...]) -> frozenset[str]:
    return frozenset(LOOPBACK) | {urlsplit(origin).hostname or "" for origin in origins}


def _check_host(host: str, allowed: frozenset[str]) -> None:
    if _name_of(host) not in allowed:
        raise Malformed(
            "This server does not answer to that host name.",
            code="unknown_host",
            hint="Add its origin to COUNCIL_ALLOWED_ORIGINS, as https://council.example.org.",
        )


def own_origins(settings: Settings) -> frozenset[str]:
    """Where this request's page may come from; how it travelled outside is known only from a trusted proxy."""
    schemes = (request.scheme,) if settings.trusted_proxies else ("http", "https")
    return frozenset(f"{scheme}://{request.host}" for scheme in schemes)


def _check_origin(origin: str | None, allowed: frozenset[str]) -> None:
    if origin is None or origin in allowed:
        return
    raise Forbidden(
        "Requests from that origin are not taken.",
        code="foreign_origin",
        hint="Open the page from this server, or add the origin to COUNCIL_ALLOWED_ORIGINS.",
    )


def _name_of(host: str) -> str:
    """The host without its port; an IPv6 address without its brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""

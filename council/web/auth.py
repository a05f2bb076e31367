"""Who asks, and whether they may: found out before anything else looks at a request.

A page brings the sign-in's cookie, a program its token in ``Authorization``, a socket that can send neither a
ticket. A cookie is brought by any page that makes the browser ask, so that whatever changes something needs the
CSRF token beside it; the socket's Origin is checked by ``guard``.
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from council.engine.asker import Asker
from council.errors import Forbidden, RateLimited, SignInNeeded
from council.live.hub import Guest
from council.parts import Parts
from council.people.access import Kind, visible
from council.people.who import OPERATOR, Level, Who, reaches
from council.settings import LOOPBACK, Settings
from council.store.library import Library
from council.web.guard import own_origins
from council.web.ids import known
from council.web.metrics_token import opens_metrics
from council.web.problems import answer
from council.web.proxy import FORWARDED
from council.web.rights import OWN_TOKEN, PUBLIC, THINGS, level_of, right_of
from council.web.trail import SOCKETS, is_for_listening

SIGN_IN = "sign_in"  # What the cookie has: the sign-in's secret.
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()


def install(app: Flask, parts: Parts) -> None:
    """Ask at every request, before its view."""
    app.config.update(
        SESSION_COOKIE_NAME="council_sign_in",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=only_behind_tls(parts.settings),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=int(parts.settings.sign_in_hours * 3600),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # As long as the sign-in.
    )
    csrf.init_app(app)
    app.register_error_handler(CSRFError, _refuse_forged)

    @app.before_request
    def ask() -> AnyResponse | None:
        g.who = None
        if request.endpoint in PUBLIC:
            return None
        who = _identify(parts)
        if who is None:
            _limit_strangers(parts)
            return _turn_away()
        g.who = who
        _limit(parts, who)
        _check(parts, who)
        return None


def only_behind_tls(settings: Settings) -> bool:
    """Whether every address that people use this server at is encrypted."""
    origins = settings.allowed_origins
    return bool(origins) and all(origin.startswith("https://") for origin in origins)


# Who asks


def me() -> Who:
    """Who sent this request."""
    who: Who = g.who
    return who


def guest() -> Guest:
    """On whose behalf this request would listen."""
    who = me()
    return Guest(who.user_id, who.credential_id, who.level if who.user_id else None, address())


def asker(parts: Parts, who: Who) -> Asker:
    """On whose behalf a command is applied."""

    def joins(group_id: str) -> bool:
        return not is_shared_memory(parts, who, group_id) and parts.people.access.may(
            who, "group", group_id, "run"
        )

    return Asker(library_of(parts, who), who.user_id, who.name, joins)


def is_shared_memory(parts: Parts, who: Who, group_id: str) -> bool:
    """Whether this group comes with Council, so that its memory would tell everybody of each one's meetings."""
    return who.user_id is not None and not who.is_admin and group_id in parts.library.group_shelf.built_in


def library_of(parts: Parts, who: Who) -> Library:
    """The library as they see it."""
    return parts.library if who.is_admin else parts.library.within(lambda kind: visible(who, kind))  # type: ignore[arg-type]


def snapshot_reader(parts: Parts) -> Callable[[str], dict[str, Any]]:
    """Reads a meeting for whoever asks. Raises NotFound for what they may not see."""

    def read(session_id: str) -> dict[str, Any]:
        parts.people.access.require(me(), "session", known(session_id))
        return parts.archive.snapshot(known(session_id))

    return read


def address() -> str | None:
    """Where the request came from; ``None``: this machine. Whoever has one IPv6 address has all of its /64."""
    found = request.remote_addr
    if found is None or found in LOOPBACK:
        return None
    try:
        parsed = ip_address(found)
    except ValueError:
        return found
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        found, parsed = str(parsed.ipv4_mapped), parsed.ipv4_mapped
        if found in LOOPBACK:
            return None
    return str(IPv6Address(int(parsed) >> 64 << 64)) if isinstance(parsed, IPv6Address) else found


def _identify(parts: Parts) -> Who | None:
    if request.endpoint in OWN_TOKEN and opens_metrics():
        return OPERATOR
    if not parts.people.accounts.exist():
        return _operator(parts.settings)
    keys = parts.people.keys
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":  # Any other is for a proxy before us.
        return keys.who("token", secret.strip())
    if request.endpoint in SOCKETS and "ticket" in request.args:
        return keys.who("ticket", request.args["ticket"])
    if request.endpoint in SOCKETS and request.headers.get("Origin") not in (
        None,
        *own_origins(parts.settings),
    ):
        return None  # Pages of other origins bring a ticket: a cookie comes by itself.
    secret = session.get(SIGN_IN, "")
    return keys.who("sign_in", secret) if secret else None


def _operator(settings: Settings) -> Who:
    """As long as there are no users, who asks from this machine, by its own name, runs it. Raises SignInNeeded."""
    if (
        urlsplit(f"//{request.host}").hostname in LOOPBACK
        and address() is None
        and not _came_by_proxy(settings)
    ):
        return OPERATOR
    raise SignInNeeded(
        "Nobody can sign in here yet.",
        code="no_users",
        hint="On the server: council user add NAME --role admin. Then sign in at /login.",
    )


def _came_by_proxy(settings: Settings) -> bool:
    """Whether somebody else may have sent it: behind a proxy nobody is known by their address."""
    return bool(settings.trusted_proxies) or any(name in request.headers for name in (*FORWARDED, "Via"))


def _turn_away() -> AnyResponse:
    """Pages lead to the sign-in; everything else is told."""
    if request.method == "GET" and wants_page():
        return redirect(url_for("sign_in.page", next=request.full_path.rstrip("?")))
    if request.headers.get("Authorization"):
        raise SignInNeeded(
            "This token is not valid, or not any more.", code="bad_token", hint="Make a new one."
        )
    raise SignInNeeded("Sign in first.")


# Whether they may


def _check(parts: Parts, who: Who) -> None:
    endpoint, method = request.endpoint or "", request.method
    require_level(who, level_of(endpoint, method))
    right = right_of(endpoint, method)
    for kind, thing_id in _things(request.view_args or {}):
        parts.people.access.require(who, kind, thing_id, right)
    if who.with_cookie and method not in _SAFE:
        csrf.protect()


def _things(named: dict[str, str]) -> Iterator[tuple[Kind, str]]:
    """What the address names. Raises NotFound for what can be no session's id."""
    if "thing_id" in named:
        named = {f"{named['kind'].removesuffix('s')}_id": named["thing_id"]}
    for part, thing_id in named.items():
        if part in THINGS:
            yield THINGS[part], known(thing_id) if part == "session_id" else thing_id


def require_level(who: Who, level: Level) -> None:
    """Raises Forbidden."""
    if not reaches(who.level, level):
        raise Forbidden(
            "You may look on here, and change nothing." if level == "run" else "Only an admin may do that.",
            code="level_too_low",
            hint=f"It needs the level {level}; yours is {who.level}.",
        )


def wants_page() -> bool:
    """Whether a person looks at the answer, in a browser."""
    for_programs = request.path.startswith("/api/") and request.path != "/api/docs"
    return "text/html" in request.accept_mimetypes.values() and not for_programs


def _limit(parts: Parts, who: Who) -> None:
    """Raises RateLimited."""
    if who.user_id is None or request.endpoint == "static":
        return
    if wait := parts.people.requests.take(who.user_id):
        raise _too_quick(parts, "Too many requests.", wait)


def _limit_strangers(parts: Parts) -> None:
    """Raises RateLimited."""
    found = address()
    if found is not None and (wait := parts.people.requests.take(f"address {found}")):
        raise _too_quick(parts, "Too many requests from your address.", wait)


def limit_connects(parts: Parts) -> None:
    """A socket or a stream is about to be opened. Raises RateLimited."""
    found = address()
    if found is not None and (wait := parts.people.connects.take(found)):
        raise _too_quick(parts, "Too many connections from your address.", wait)


def _too_quick(parts: Parts, message: str, wait: float) -> RateLimited:
    if is_for_listening():
        parts.hub.turned_away("rate")
    return RateLimited(message, retry_after=wait)


def _refuse_forged(problem: CSRFError) -> Response:
    return answer(
        Forbidden(
            "The request did not come from this page as it is now.",
            code="csrf",
            hint="Load the page again. Programs use a token instead of the cookie.",
            details=problem.description,
        )
    )


def everything_for(parts: Parts, who: Who) -> Any:
    """What a live feed of all meetings leaves out for them."""
    if who.is_admin or who.user_id is None:
        return None
    return lambda channel: parts.people.audience.hears(who, channel)

"""/login/openid: to the OpenID provider, and back from it."""

from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from council.errors import NotFound, RateLimited
from council.parts import Parts
from council.people.openid import check_openid
from council.people.openid.refusal import NotSignedIn, Why
from council.web import sign_in
from council.web.frame import pages_blueprint

if TYPE_CHECKING:
    from council.people.openid.arrival import Arrival
    from council.people.openid.door import Door

log = structlog.get_logger(__name__)

ATTEMPT = "openid"  # What the cookie has while somebody is at the provider.


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("oidc")
    joined = _joined(parts)

    @pages.get("/login/openid")
    def begin() -> Response:
        door, _arrival = ways()
        if not parts.people.accounts.exist():
            return redirect(sign_in.START)
        try:
            sign_in.limit_address(parts)
            address, attempt = door.begin(url_for("oidc.back", _external=True), sign_in.wanted())
        except (RateLimited, NotSignedIn) as problem:
            return refused(problem, sign_in.wanted())
        session[ATTEMPT] = attempt.as_kept()
        return redirect(address)

    @pages.get("/login/openid/back")
    def back() -> Response:
        from council.people.openid.door import Attempt

        door, arrival = ways()
        kept, wanted = session.pop(ATTEMPT, None), sign_in.START
        try:
            sign_in.limit_address(parts)
            attempt = Attempt.kept(kept)
            wanted = attempt.wanted
            user = arrival.user(door.finish(attempt, request.args))
        except (RateLimited, NotSignedIn) as problem:
            return refused(problem, wanted)
        sign_in.begin(parts, user["user_id"], parts.settings.oidc.sign_in_hours)
        return redirect(wanted)

    def ways() -> "tuple[Door, Arrival]":
        if joined is None:
            raise NotFound("Nobody signs in with OpenID here.")
        return joined

    def refused(problem: RateLimited | NotSignedIn, wanted: str) -> Response:
        """The sign-in page says why in a sentence of ours, at an address without the provider's words in it."""
        if isinstance(problem, RateLimited):
            return sign_in.sent_back(sign_in.too_many(problem), wanted)
        log.warning("openid.refused", why=problem.why, detail=str(problem), subject=problem.subject)
        return sign_in.sent_back(_sentence(problem.why, parts.settings.oidc.name), wanted)

    return pages


def _joined(parts: Parts) -> "tuple[Door, Arrival] | None":
    """Raises SettingsError when a provider is configured, and its package is missing."""
    if not parts.settings.oidc.issuer:
        return None
    check_openid(parts.settings)
    from council.people.openid.arrival import Arrival
    from council.people.openid.door import Door

    return Door(parts.settings.oidc), Arrival(parts.people.accounts, parts.settings.oidc)


def _sentence(why: Why, name: str) -> str:
    sentences: dict[Why, str] = {
        "unreachable": gettext("%(name)s does not answer. Try again in a minute.", name=name),
        "odd": gettext("%(name)s answered something that cannot be used. Ask an admin to look.", name=name),
        "stale": gettext("That sign-in is not valid any more. Start again."),
        "declined": gettext("%(name)s did not let you in. Start again, or ask an admin.", name=name),
        "unproven": gettext("%(name)s could not prove who you are. Start again.", name=name),
        "domain": gettext("Your e-mail address at %(name)s is not one that may come in here.", name=name),
        "role": gettext("Your account at %(name)s has no role here. Ask an admin.", name=name),
        "unknown": gettext(
            "Your account at %(name)s is not linked to anybody here. Ask an admin.", name=name
        ),
        "disabled": gettext("Your account here is disabled. Ask an admin."),
    }
    return sentences[why]

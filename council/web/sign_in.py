"""/login and /logout."""

import math

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from council.errors import RateLimited
from council.parts import Parts
from council.web import auth, known_browser
from council.web.frame import pages_blueprint

START = "/"
FAULT = "fault"  # What the cookie has between two pages: a sentence to be shown once.


def blueprint(parts: Parts) -> Blueprint:
    pages = pages_blueprint("sign_in")
    people = parts.people

    @pages.get("/login")
    def page() -> str | Response:
        if not people.accounts.exist():
            return redirect(START)
        return show(fault=session.pop(FAULT, ""))

    @pages.post("/login")
    def enter() -> tuple[str, int] | Response:
        if parts.settings.oidc.only:
            return again(gettext("Sign in with %(name)s.", name=parts.settings.oidc.name), 403)
        name, password = request.form.get("name", ""), request.form.get("password", "")
        try:
            auth.csrf.protect()
            _limit(name.strip().casefold()[:64])
        except CSRFError:  # A form that was sent from elsewhere, or stood open for an hour.
            return again(gettext("This form is too old. Please send it again."), 403, name)
        except RateLimited as problem:
            return again(too_many(problem), 429, name)
        user = people.accounts.with_password(name, password)
        if user is None:
            fault = gettext("Name and password do not belong together.")
            return again(fault, 401, name)
        begin(parts, user["user_id"])
        return known_browser.remember(redirect(wanted()), user["name"])

    @pages.post("/logout")
    def leave() -> Response:
        who = auth.me()
        session.clear()
        if who.with_cookie and who.credential_id:
            people.keys.end(who.credential_id)
            people.doorkeeper.look()
        return redirect("/login" if people.accounts.exist() else START)

    def _limit(name: str) -> None:
        """Who has signed in with this browser before is counted apart from all others. Raises RateLimited."""
        browser = known_browser.known_for(name)
        if browser is None:
            limit_address(parts)
        from_where = f"from {auth.address()}" if browser is None else f"with {browser}"
        whose = "strangers" if browser is None else "known"
        wait = people.attempts.take(f"name {name} {from_where}") or people.guesses.take(f"{whose} {name}")
        if wait:
            raise RateLimited("Too many attempts to sign in.", retry_after=wait)

    def again(fault: str, status: int, name: str = "") -> tuple[str, int]:
        return show(name[:64], fault), status

    def show(name: str = "", fault: str = "") -> str:
        oidc = parts.settings.oidc
        return render_template(
            "login.html",
            page="login",
            next=wanted(),
            name=name,
            fault=fault,
            oidc_name=oidc.name if oidc.issuer else "",
            with_password=not oidc.only,
        )

    return pages


def begin(parts: Parts, user_id: str, most_hours: float = math.inf) -> None:
    """From now on this browser is theirs. What it was before is forgotten: nobody plants a sign-in."""
    key = parts.people.keys.sign_in(user_id, min(parts.settings.sign_in_hours, most_hours))
    session.clear()
    session.permanent = True
    session[auth.SIGN_IN] = key.secret


def limit_address(parts: Parts) -> None:
    """Somebody tries to sign in. Raises RateLimited when there were too many from their address."""
    found = auth.address()
    if found and (wait := parts.people.attempts.take(f"address {found}")):
        raise RateLimited("Too many attempts to sign in.", retry_after=wait)


def too_many(problem: RateLimited) -> str:
    seconds = int(problem.retry_after) + 1
    return str(gettext("Too many attempts. Try again in %(seconds)s seconds.", seconds=seconds))


def sent_back(fault: str, wanted: str) -> Response:
    """To the page, which says once what was wrong."""
    session[FAULT] = fault
    return redirect(url_for("sign_in.page", next=wanted))


def wanted() -> str:
    """Where they wanted to go, on this server."""
    asked = request.values.get("next", START)
    here = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    return asked if here and asked.isprintable() else START

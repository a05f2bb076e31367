"""The browsers that people have signed in with before, so that strangers who guess keep nobody out.

After a sign-in with a password the browser keeps a cookie that proves it ("device cookie"). Attempts in a browser
that brings the name's proof are counted for that browser alone. All others are strangers: they are counted by
address, and together by name, so that guessing stays slow from however many addresses it is done, and uses up
nothing of what the rightful person has. The cookie signs nobody in; who steals it may guess, slowly, at that name.
"""

import hmac
import secrets
from hashlib import sha256

from flask import current_app, request, url_for
from itsdangerous import Signer
from werkzeug.wrappers import Response

COOKIE = "council_known"
MOST_NAMES = 8  # That one browser is known for; the newest come first.
_DAYS = 365


def known_for(name: str) -> str | None:
    """The browser's own number, if this name has signed in with it before."""
    browser, proofs = _kept()
    mine = _proof(browser, name)
    return (
        browser
        if any(hmac.compare_digest(mine.encode(), proof.encode(errors="replace")) for proof in proofs)
        else None
    )


def remember(answer: Response, name: str) -> Response:
    """From now on this browser is known for the name, too."""
    browser, proofs = _kept()
    browser = browser or secrets.token_urlsafe(16)
    mine = _proof(browser, name)
    others = [proof for proof in proofs if proof != mine]
    answer.set_cookie(
        COOKIE,
        ".".join((browser, mine, *others[: MOST_NAMES - 1])),
        max_age=_DAYS * 24 * 3600,
        path=url_for("sign_in.page"),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def _kept() -> tuple[str, list[str]]:
    """What the cookie has: the browser's number, and a proof for each name, which tells nobody the name."""
    browser, *proofs = request.cookies.get(COOKIE, "").split(".")
    return browser, proofs


def _proof(browser: str, name: str) -> str:
    signer = Signer(current_app.secret_key or "", salt="known browser", digest_method=sha256)
    return signer.get_signature(f"{browser} {name}").decode()

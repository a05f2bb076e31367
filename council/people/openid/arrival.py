"""Who somebody is here that the OpenID provider has proven to be somebody there."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, get_args

from sqlalchemy.exc import IntegrityError

from council.errors import Conflict, Forbidden, Invalid
from council.people.accounts import NAME, Accounts, User
from council.people.openid.refusal import NotSignedIn
from council.people.who import Role
from council.settings import OidcSettings

MAX_NAME = 56  # Characters; what is added to make it unique fits behind.
MOST_ALIKE = 100
_NAMING_CLAIMS = ("preferred_username", "email", "name")


class Arrival:
    """Thread-safe. A person is known by issuer and subject alone: names and addresses can change hands."""

    def __init__(self, accounts: Accounts, settings: OidcSettings) -> None:
        self._accounts = accounts
        self._settings = settings

    def user(self, claims: dict[str, Any]) -> User:
        """Their account, made now if new people may come in. Raises NotSignedIn."""
        subject = subject_of(claims)
        try:
            self._check_domain(claims)
            known = self._accounts.with_subject(subject)
            user = self._known(known, claims) if known else self._new(subject, claims)
        except NotSignedIn as problem:
            raise NotSignedIn(problem.why, str(problem), subject=subject) from problem
        self._accounts.proven(user["user_id"])
        return user

    def _check_domain(self, claims: dict[str, Any]) -> None:
        allowed = self._settings.email_domains
        domain = str(claims.get("email", "")).rpartition("@")[2].casefold()
        if allowed and (claims.get("email_verified") is not True or domain not in allowed):
            raise NotSignedIn("domain", "their address is not verified, or of no allowed domain")

    # Somebody known

    def _known(self, user: User, claims: dict[str, Any]) -> User:
        """With a claim for roles the provider decides at each sign-in; without, the role is the one given here."""
        if user["disabled"]:
            raise NotSignedIn("disabled", f"{user['name']} is disabled")
        if not self._settings.role_claim:
            return user
        role = self._role(claims)
        if role == user["role"]:
            return user
        with suppress(Forbidden):  # The last admin stays one.
            return self._accounts.change(user["name"], role=role)
        return user

    # Somebody new

    def _new(self, subject: str, claims: dict[str, Any]) -> User:
        role = self._role(claims)
        for name in _names(claims):
            try:
                return self._accounts.add(name, role, subject=subject)
            except Conflict:
                continue
            except Invalid as problem:  # The very first user, who must be an admin.
                raise NotSignedIn("unknown", "there are no users yet") from problem
            except IntegrityError:  # The same person came in twice at once.
                if user := self._accounts.with_subject(subject):
                    return self._known(user, claims)
                raise
        raise NotSignedIn("unknown", "too many people of that name")

    def _role(self, claims: dict[str, Any]) -> Role:
        """The highest that their claim gives; else that of new people. Raises NotSignedIn where that is none."""
        given = {self._settings.roles.get(value) for value in _values(claims, self._settings.role_claim)}
        for role in reversed(get_args(Role)):
            if role in given:
                return role  # type: ignore[no-any-return]
        if self._settings.role == "none":
            why = "role" if self._settings.role_claim else "unknown"
            raise NotSignedIn(why, "new people do not come in by themselves, and no claim gives a role")  # type: ignore[arg-type]
        return self._settings.role


def subject_of(claims: dict[str, Any]) -> str:
    """What an account is linked with."""
    return f"{claims['iss']}|{claims['sub']}"


def _values(claims: dict[str, Any], path: str | None) -> Iterator[str]:
    """The claim's values: one text or a list. ``realm_access.roles`` is a claim within a claim, unless named so."""
    if not path:
        return
    value: Any = claims.get(path)
    if value is None:
        value = claims
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield each


def _names(claims: dict[str, Any]) -> Iterator[str]:
    """Names to try: theirs, then theirs with a number."""
    fitted = (_fitted(claims.get(claim)) for claim in _NAMING_CLAIMS)
    name = next((each for each in fitted if each), "person")
    yield name
    yield from (f"{name}-{number}" for number in range(2, MOST_ALIKE))


def _fitted(value: Any) -> str:
    """A name as we allow it; empty when nothing is left of it."""
    if not isinstance(value, str):
        return ""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().casefold()
    name = re.sub(r"[^a-z0-9._@+-]+", "-", plain)[:MAX_NAME].strip("._@+-")
    return name if NAME.fullmatch(name) else ""

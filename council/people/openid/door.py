"""The way through the OpenID provider and back: the authorization code flow with PKCE, state and nonce."""

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from council.people.openid.provider import Provider
from council.people.openid.refusal import NotSignedIn
from council.people.openid.tokens import proven_claims
from council.settings import OidcSettings

MAX_ATTEMPT_SECONDS = 600  # From leaving here to coming back: time to find a second factor.


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in under way. The browser keeps it, signed, until it comes back."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    wanted: str  # Where they wanted to go.
    begun_at: int  # Unix time: another process may have to compare it.

    @classmethod
    def kept(cls, value: Any) -> Self:
        """Raises NotSignedIn when there is none, or it is too old."""
        if not isinstance(value, dict) or value.keys() != cls.__dataclass_fields__.keys():
            raise NotSignedIn("stale", "the browser did not begin a sign-in")
        attempt = cls(**value)
        if not 0 <= time.time() - attempt.begun_at <= MAX_ATTEMPT_SECONDS:
            raise NotSignedIn("stale", "the sign-in was begun too long ago")
        return attempt

    def as_kept(self) -> dict[str, Any]:
        return asdict(self)


class Door:
    """Thread-safe."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._provider = Provider(settings)

    def begin(self, redirect_uri: str, wanted: str) -> tuple[str, Attempt]:
        """The provider's address where the person goes on, and what has to come back. Raises NotSignedIn."""
        endpoint = self._provider.about().authorization_endpoint
        attempt = Attempt(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
            wanted=wanted,
            begun_at=int(time.time()),
        )
        address: str = prepare_grant_uri(
            endpoint,
            self._settings.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=self._settings.scopes,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return address, attempt

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> dict[str, Any]:
        """What the provider proves of who came back with this answer. Raises NotSignedIn."""
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise NotSignedIn("stale", "the state is not that of the sign-in that was begun")
        if "error" in answer:
            raise NotSignedIn("declined", "the provider, or the person there, said no")
        issuer = self._provider.about().issuer
        if answer.get("iss", issuer) != issuer:  # RFC 9207: the answer of another provider.
            raise NotSignedIn("unproven", "the answer is another issuer's")
        given = self._provider.exchange(answer.get("code", ""), attempt.verifier, attempt.redirect_uri)
        return proven_claims(
            given,
            lambda anew: self._provider.keys(anew=anew),
            issuer=issuer,
            client_id=self._settings.client_id or "",
            nonce=attempt.nonce,
        )

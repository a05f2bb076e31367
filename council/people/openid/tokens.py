"""ID tokens: what the provider signed about somebody."""

from collections.abc import Callable
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from council.people.openid.refusal import NotSignedIn

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Those with a public key. Never ``none``, and none whose key would be our own secret."""

LEEWAY_SECONDS = 60  # Between the provider's clock and ours.
MAX_SUBJECT = 255  # Characters; the specification's limit.

Keys = Callable[[bool], KeySet]
"""The provider's keys; asked anew when it is told ``True``."""


def proven_claims(
    given: dict[str, Any], keys: Keys, *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """What the provider says of the person. Raises NotSignedIn unless it is signed, for us, of now and asked for."""
    token = given.get("id_token")
    if not isinstance(token, str):
        raise NotSignedIn("unproven", "there is no id_token")
    try:
        decoded = _decoded(token, keys)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
            {"nonce": nonce, "client_id": client_id, "access_token": given.get("access_token")},
        )
        claims.validate(leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise NotSignedIn("unproven", f"the id_token is not good: {type(problem).__name__}") from problem
    _check_subject(claims)
    return dict(claims)


def _decoded(token: str, keys: Keys) -> jwt.Token:
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        return jwt.decode(token, keys(False), registry=registry)
    except InvalidKeyIdError:
        return jwt.decode(token, keys(True), registry=registry)


def _check_subject(claims: dict[str, Any]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= MAX_SUBJECT:
        raise NotSignedIn("unproven", "the id_token says of nobody whom it is about")

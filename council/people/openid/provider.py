"""The OpenID provider: what it says of itself, its keys, and what it gives for a code."""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from council.clock import Deadline
from council.errors import Malformed
from council.jsontext import parse_object
from council.llm.address import is_local
from council.people.openid.refusal import NotSignedIn, Why
from council.settings import OidcSettings, is_safe
from council.tls import tls_context

T = TypeVar("T")

KEEP_SECONDS = 600.0
KEEP_FAILURE_SECONDS = 3.0  # So that a flood of sign-ins does not wait for a provider that is away.


@dataclass(frozen=True, slots=True)
class About:
    """What the discovery document says, as far as it matters here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_basic: bool  # The secret in the Authorization header; else in the form.


class Provider:
    """Thread-safe. What it said is kept for ten minutes. Every call may raise NotSignedIn."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._issuer = (settings.issuer or "").rstrip("/")
        self._about: _Kept[About] = _Kept(self._ask_about)
        self._keys: _Kept[KeySet] = _Kept(self._ask_keys)

    def about(self) -> About:
        return self._about.value()

    def keys(self, *, anew: bool = False) -> KeySet:
        """The keys it signs with; ``anew`` when it signed with one that was not among them."""
        return self._keys.value(anew=anew)

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """What it gives for the code, an id_token among it."""
        about, secret = self.about(), self._settings.client_secret
        client_id = self._settings.client_id or ""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        if secret and about.takes_basic:
            headers = {"Authorization": _basic(client_id, secret.get_secret_value())}
        else:
            form |= {"client_id": client_id}
            form |= {"client_secret": secret.get_secret_value()} if secret else {}
        status, answer = self._ask("POST", about.token_endpoint, data=form, headers=headers)
        if status != 200:
            raise NotSignedIn("unproven", f"the code was answered with HTTP {status}")
        return answer

    # What is kept of it

    def _ask_about(self) -> About:
        answer = self._get(f"{self._issuer}/.well-known/openid-configuration")
        if str(answer.get("issuer", "")).rstrip("/") != self._issuer:
            raise NotSignedIn("odd", "the discovery document is of another issuer")
        methods = answer.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return About(
            issuer=str(answer["issuer"]),
            authorization_endpoint=_address(answer, "authorization_endpoint"),
            token_endpoint=_address(answer, "token_endpoint"),
            jwks_uri=_address(answer, "jwks_uri"),
            takes_basic="client_secret_basic" in methods,
        )

    def _ask_keys(self) -> KeySet:
        answer = self._get(self.about().jwks_uri)
        try:
            return KeySet.import_key_set(answer)  # type: ignore[arg-type]  # Checked as it is read.
        except (JoseError, ValueError, TypeError, KeyError) as problem:
            raise NotSignedIn("odd", "its keys cannot be read") from problem

    # Asking

    def _get(self, url: str) -> dict[str, Any]:
        status, answer = self._ask("GET", url)
        if status != 200:
            raise _odd_or_away(status)
        return answer

    def _ask(self, method: str, url: str, **more: Any) -> tuple[int, dict[str, Any]]:
        """Status and object; redirects are not followed."""
        try:
            status, body = self._read(method, url, **more)
        except httpx2.TimeoutException as problem:
            raise NotSignedIn("unreachable", "it did not answer in time") from problem
        except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
            raise NotSignedIn("unreachable", "it does not answer") from problem
        if status != 200:
            return status, {}
        try:
            return status, parse_object(body)
        except Malformed as problem:
            raise NotSignedIn("odd", "it sent something that is not a JSON object") from problem

    def _read(self, method: str, url: str, **more: Any) -> tuple[int, bytes]:
        seconds = self._settings.timeout_seconds
        deadline, body = Deadline(seconds), bytearray()
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **more.pop("headers", {})}
        with (
            httpx2.Client(
                verify=tls_context(), timeout=seconds, trust_env=not is_local(url), follow_redirects=False
            ) as client,
            client.stream(method, url, headers=headers, **more) as response,
        ):
            for piece in response.iter_raw():
                body += piece
                if len(body) > self._settings.max_answer_bytes:
                    raise NotSignedIn("odd", f"it sent more than {self._settings.max_answer_bytes:,} bytes")
                if deadline.passed():
                    raise NotSignedIn("unreachable", "it did not answer in time")
            return response.status_code, bytes(body)


class _Kept(Generic[T]):
    """Something that is asked for and then kept for a while. It is asked for without the lock: two may ask at once."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._lock = threading.Lock()  # Guards the two below.
        self._found: T | NotSignedIn | None = None
        self._until = Deadline(0)

    def value(self, *, anew: bool = False) -> T:
        with self._lock:
            found = None if self._until.passed() else self._found
        if found is None or (anew and not isinstance(found, NotSignedIn)):
            found = self._asked()
        if isinstance(found, NotSignedIn):
            raise NotSignedIn(found.why, str(found))
        return found

    def _asked(self) -> T | NotSignedIn:
        found: T | NotSignedIn
        try:
            found, seconds = self._ask(), KEEP_SECONDS
        except NotSignedIn as problem:
            found, seconds = problem, KEEP_FAILURE_SECONDS
        with self._lock:
            self._found, self._until = found, Deadline(seconds)
        return found


def _address(answer: dict[str, Any], name: str) -> str:
    """An address in the discovery document. Raises NotSignedIn for one that secrets must not be sent to."""
    address = answer.get(name)
    try:
        safe = isinstance(address, str) and is_safe(address)
    except ValueError:
        safe = False
    if not safe:
        raise NotSignedIn("odd", f"its {name} is missing, or not encrypted")
    return str(address)


def _odd_or_away(status: int) -> NotSignedIn:
    why: Why = "unreachable" if status >= 500 else "odd"
    return NotSignedIn(why, f"it answered with HTTP {status}")


def _basic(client_id: str, secret: str) -> str:
    """RFC 6749, 2.3.1: both are form-encoded first."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"

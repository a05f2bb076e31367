"""A small real OpenID provider: discovery, keys, authorize and token, which can be told to misbehave."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

Fault = Literal[
    "wrong nonce",
    "no nonce",
    "wrong audience",
    "other party",
    "wrong issuer",
    "expired",
    "of tomorrow",
    "other key",
    "alg none",
    "our secret as key",
    "no id_token",
    "id_token of nonsense",
    "no subject",
    "wrong access token",
    "slow",
    "huge",
    "not json",
    "500",
    "redirect",
    "other issuer",
    "plain endpoints",
]
CLIENT_ID, CLIENT_SECRET = "council", "a-secret/with:odd+signs"


class OpenIdProvider:
    """Everybody who comes is let through at once as ``claims`` say. ``fault`` is what it does wrong at ``token``.

    At discovery and at the keys it does wrong what ``discovery_fault`` and ``keys_fault`` say.
    """

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "ada-of-there", "preferred_username": "Ada"}
        self.fault: Fault | None = None
        self.discovery_fault: Fault | None = None
        self.keys_fault: Fault | None = None
        self.denies = False
        self.auth_methods: list[str] | None = None
        self.key, self.key_id = _key(0), "first"
        self.asked: list[str] = []  # The path of every request so far.
        self.token_headers: list[dict[str, str]] = []
        self.released = threading.Event()  # Lets go of requests that are slow.
        self._codes: dict[str, dict[str, str]] = {}  # What each code was asked for with; a code is good once.
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), name="openid-provider"
        )
        self._thread.start()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, **more: Any) -> dict[str, Any]:
        """What a Council is told of it."""
        return {"issuer": self.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | more

    def rotate(self) -> None:
        """It signs with a new key from now on, and forgets the old one."""
        self.key, self.key_id = _key(1), "second"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # What the requests are answered with

    def discovery(self) -> dict[str, Any]:
        scheme = "http://provider.example" if self.discovery_fault == "plain endpoints" else self.issuer
        found: dict[str, Any] = {
            "issuer": "https://other.example" if self.discovery_fault == "other issuer" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{scheme}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
        }
        return found | (
            {"token_endpoint_auth_methods_supported": self.auth_methods} if self.auth_methods else {}
        )

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False) | {"kid": self.key_id, "use": "sig"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes next."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        if self.denies:
            said = {"error": "access_denied", "error_description": "<b>No</b> <script>alert(1)</script>"}
            return f"{query['redirect_uri']}?{urlencode(said | {'state': query['state']})}"
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form.get("code", ""), None)
        client, secret = _client(form, authorization)
        if (client, secret) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client", "error_description": f"{secret} is not your secret"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked is None or asked["code_challenge"] != _encoded(digest):
            return 400, {"error": "invalid_grant"}
        if asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        given = {"access_token": "at-of-no-use", "token_type": "Bearer"}
        return 200, given if self.fault == "no id_token" else given | {"id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.claims
        key, header = self.key, {"alg": "RS256", "kid": self.key_id}
        match self.fault:
            case "wrong nonce":
                claims["nonce"] = "another"
            case "no nonce":
                del claims["nonce"]
            case "wrong audience":
                claims["aud"] = "somebody-else"
            case "other party":
                claims |= {"aud": [CLIENT_ID, "somebody-else"], "azp": "somebody-else"}
            case "wrong issuer":
                claims["iss"] = "https://other.example"
            case "expired":
                claims |= {"iat": now - 900, "exp": now - 600}
            case "of tomorrow":
                claims |= {"iat": now + 86_400, "exp": now + 90_000}
            case "no subject":
                del claims["sub"]
            case "wrong access token":
                claims["at_hash"] = _encoded(b"0123456789abcdef")
            case "other key":
                key = _key(2)
            case "alg none":
                return f"{_part({'alg': 'none'})}.{_part(claims)}."
            case "our secret as key":
                return _signed_with_secret(claims)
            case "id_token of nonsense":
                return "a.b.c"
        return jwt.encode(header, claims, key)


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, address: tuple[str, int], owner: OpenIdProvider) -> None:
        super().__init__(address, _Handler)
        self.owner = owner

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        owner, parts = self.server.owner, urlsplit(self.path)
        owner.asked.append(parts.path)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._answer(200, owner.discovery(), owner.discovery_fault)
            case "/jwks":
                self._answer(200, owner.jwks(), owner.keys_fault)
            case "/authorize":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self._go_to(owner.authorize(query))
            case _:
                self._answer(404, {})

    def do_POST(self) -> None:
        owner = self.server.owner
        owner.asked.append(self.path)
        owner.token_headers.append({name.lower(): value for name, value in self.headers.items()})
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        status, answer = owner.token(form, self.headers.get("Authorization", ""))
        self._answer(status, answer, owner.fault)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the test knows what it asked."""

    def _answer(self, status: int, answer: dict[str, Any], fault: Fault | None = None) -> None:
        body = json.dumps(answer).encode()
        match fault:
            case "500":
                status, body = 500, b"<script>alert(1)</script>"
            case "not json":
                body = b"<html>Welcome</html>"
            case "huge":
                body = json.dumps(answer | {"padding": "x" * 2_000_000}).encode()
            case "redirect":
                return self._go_to(f"{self.server.owner.issuer}/elsewhere")
            case "slow":
                self.server.owner.released.wait(30)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _go_to(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()


@cache
def _key(number: int) -> RSAKey:
    """Made once for all tests: a key takes a while."""
    return RSAKey.generate_key(2048)


def _client(form: dict[str, str], authorization: str) -> tuple[str, str]:
    if authorization:
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        client, _, secret = pair.partition(":")
        return unquote(client), unquote(secret)
    return form.get("client_id", ""), form.get("client_secret", "")


def _signed_with_secret(claims: dict[str, Any]) -> str:
    body = f"{_part({'alg': 'HS256'})}.{_part(claims)}"
    return f"{body}.{_encoded(hmac.digest(CLIENT_SECRET.encode(), body.encode(), 'sha256'))}"


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

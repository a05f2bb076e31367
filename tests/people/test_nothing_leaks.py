"""Every secret of a server, looked for wherever something comes out of it."""

import json
import re
import tarfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from council.application import create_app
from council.cli import council as terminal
from council.cli.backup_file import MANIFEST
from council.export.formats import FORMATS
from council.people.accounts import Accounts
from council.settings import Settings
from council.store.engine import Store
from council.store.migrations import migrate
from tests.support import http
from tests.support.meetings import FINAL
from tests.support.model_server import Failure, Reply, ScriptedModelServer
from tests.support.openid_provider import CLIENT_SECRET, OpenIdProvider
from tests.support.server import Server
from tests.support.viewer import Socket
from tests.support.waiting import wait_until

SECRET_KEY = "cookie-signing-key-0123456789"
MODEL_KEY = "mk/environment-key-0123456789"
FILE_KEY = "dk.key-that-stands-in-a-file-01"
PAGE_KEY = "pk.key-typed-into-the-page-0123"
SEARCH_KEY = "tavily-search-key-0123456789"
METRICS_TOKEN = "scraper-token-0123456789"
PASSWORD = "horse battery staple corridor"
WRONG_PASSWORD = "not-that-but-nearly-it-0123"

Answer = httpx2.Response

ALONE = {
    "name": "Ann alone",
    "graph": {
        "start_node_id": "start",
        "nodes": {
            "start": {"node_id": "start", "type": "start", "name": "Opening", "next_ids": ["ann"]},
            "ann": {
                "node_id": "ann",
                "type": "agent",
                "name": "Ann",
                "next_ids": ["end"],
                "properties": {"agent_id": "ann"},
            },
            "end": {"node_id": "end", "type": "end", "name": "Record"},
        },
    },
}
"""A meeting that asks the endpoint which was entered in the page, and nobody else."""


@pytest.fixture
def model() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer() as server:
        yield server


@pytest.fixture
def server(
    serve: Callable[..., Server], model: ScriptedModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A real server that logs everything and has every kind of secret; ada is its admin."""
    (tmp_path / "deepseek").write_text(f"{FILE_KEY}\n")
    monkeypatch.setenv("DEEPSEEK_API_KEY_FILE", str(tmp_path / "deepseek"))
    store = Store(f"sqlite:///{tmp_path / 'instance' / 'council.db'}")
    migrate(store)
    Accounts(store).add("ada", "admin", PASSWORD)
    store.close()
    with OpenIdProvider() as provider:
        oidc = {f"oidc__{name}": value for name, value in provider.settings(role="member").items()}
        yield serve(
            log_level="DEBUG", secret_key=SECRET_KEY, metrics_token=METRICS_TOKEN, llm_base_url=model.url,
            llm_api_key=MODEL_KEY, llm_model="scripted", search__tavily_api_key=SEARCH_KEY,
            search__tavily_url="http://127.0.0.1:9", engine__retries=0, **oidc,
        )  # fmt: skip


class Visit:
    """A browser at the server. It keeps what came out, and the secrets that it was given."""

    def __init__(self, server: Server) -> None:
        self.client = http.client(base_url=server.url, timeout=20)
        self.seen: dict[str, str] = {}
        self.secrets: set[str] = set()

    def ask(self, method: str, path: str, *, tells: str | None = None, **more: Any) -> Answer:
        """``tells`` is the field of the answer that tells a secret, once and on purpose."""
        answer = self.client.request(method, path, **more)
        told = answer.json()[tells] if tells else None
        headers = [f"{name}: {value}" for name, value in answer.headers.items() if name != "set-cookie"]
        text = "\n".join([*headers, answer.text])
        if told:
            self.secrets.add(told)
            text = text.replace(told, "")
        self.seen[f"{method} {path} {len(self.seen)}"] = text
        return answer

    def sign_in(self, password: str) -> None:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/login").text)
        assert token is not None
        self.ask("POST", "/login", data={"name": "ada", "password": password, "csrf_token": token.group(1)})
        self._remember_cookie()

    def sign_in_with_openid(self) -> None:
        there = self.client.get(self.ask("GET", "/login/openid").headers["Location"])
        self.ask("GET", there.headers["Location"])
        self._remember_cookie()

    def _remember_cookie(self) -> None:
        cookie = self.client.cookies["council_sign_in"]
        kept = Flask("reader")
        kept.secret_key = SECRET_KEY
        serializer = SecureCookieSessionInterface().get_signing_serializer(kept)
        assert serializer is not None
        inner = serializer.loads(cookie)
        self.secrets |= {cookie, inner["sign_in"]} if "sign_in" in inner else {cookie}

    def proof(self) -> dict[str, str]:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get("/").text)
        assert token is not None
        return {"X-CSRF-Token": token.group(1)}


def test_nothing_leaks(
    server: Server,
    model: ScriptedModelServer,
    make_settings: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not in the log at DEBUG, in any answer, event, export or error, in the metrics, the description or a backup."""
    model.responder = quote_the_key()
    visit = Visit(server)
    give_everything(visit, model)
    sessions = [hold_meeting(visit, "council_debate"), hold_meeting(visit, "alone")]
    assert f"Bearer {PAGE_KEY}" in {headers["authorization"] for headers in model.headers}
    for path in every_page(make_settings, sessions[0]):
        visit.ask("GET", path, headers={"Accept": "text/html"} if "/api/" not in path else {})
    for session_id in sessions:
        for name in FORMATS:
            visit.ask("GET", f"/api/v1/sessions/{session_id}/export?format={name}")
    for session_id in sessions:
        visit.seen[f"socket {session_id}"] = heard(server, visit, session_id)
    provoke(visit)
    visit.seen["manifest"] = manifest(server, tmp_path, monkeypatch)
    visit.client.close()
    server.stop()
    visit.seen["log"] = server.text_of_log
    assert "request.finished" in visit.seen["log"]
    assert any("Incorrect API key" in text for text in visit.seen.values()), "the model's words are nowhere"
    known = {SECRET_KEY, MODEL_KEY, FILE_KEY, PAGE_KEY, SEARCH_KEY, METRICS_TOKEN, PASSWORD, WRONG_PASSWORD}
    everything = known | visit.secrets | {CLIENT_SECRET}
    assert len(everything) >= 14
    leaks = [
        (place, secret)
        for place, text in visit.seen.items()
        for secret in forms(everything)
        if secret in text
    ]
    assert leaks == []


def forms(secrets: set[str]) -> set[str]:
    """Each as it is, and as it would stand in JSON or in an address."""
    quoted = {str(httpx2.QueryParams({"x": secret}))[2:] for secret in secrets}
    return secrets | quoted | {json.dumps(secret)[1:-1] for secret in secrets}


def quote_the_key() -> Callable[[dict[str, Any]], Any]:
    """Says a word to every second question, and refuses the others with the key that they brought."""
    asked: Counter[str] = Counter()

    def respond(request: dict[str, Any]) -> Any:
        key = PAGE_KEY if request["model"] == "typed" else MODEL_KEY
        asked[key] += 1
        if key == MODEL_KEY and asked[key] % 2:
            return Reply("A word.")
        words = f"Incorrect API key provided: {key}. Authorization: Bearer {key}."
        return Failure(401, json.dumps({"error": {"message": words, "type": "invalid_request_error"}}))

    return respond


def give_everything(visit: Visit, model: ScriptedModelServer) -> None:
    """Every kind of credential comes into being; the last sign-in is the admin's, with the password."""
    visit.sign_in_with_openid()
    visit.ask("POST", "/logout", headers=visit.proof())
    visit.sign_in(WRONG_PASSWORD)
    visit.sign_in(PASSWORD)
    proof = visit.proof()
    visit.ask("POST", "/api/v1/me/tokens", tells="token", json={"name": "t", "scope": "admin"}, headers=proof)
    visit.ask("POST", "/api/v1/ws-ticket", tells="ticket", headers=proof)
    entry = {"name": "Typed in", "base_url": model.url, "key": PAGE_KEY, "models": ["typed"]}
    assert visit.ask("POST", "/api/v1/llm/endpoints", json=entry, headers=proof).status_code == 201
    for provider_id in ("typed-in", "endpoint"):
        visit.ask("POST", f"/api/v1/llm/endpoints/{provider_id}/try", headers=proof)
    agent = {"name": "Ann", "persona": "Ann.", "provider": "typed-in", "model": "typed", "agent_id": "ann"}
    assert visit.ask("POST", "/api/v1/agents", json=agent, headers=proof).status_code == 201
    made = visit.ask("POST", "/api/v1/templates", json={"template_id": "alone", **ALONE}, headers=proof)
    assert made.status_code == 201, made.text


def hold_meeting(visit: Visit, template_id: str) -> str:
    session_id = str(uuid.uuid4())
    body = {"session_id": session_id, "template_id": template_id, "subject": "Shall we?"}
    answer = visit.ask("POST", "/api/v1/sessions", json=body, headers=visit.proof())
    assert answer.status_code == 202, answer.text
    path = f"/api/v1/sessions/{session_id}"
    wait_until(lambda: visit.client.get(path).json()["status"] in FINAL, what="the end of the meeting")
    return session_id


def every_page(make_settings: Callable[..., Settings], session_id: str) -> list[str]:
    """Every address that can be read, with names of things that exist."""
    names = {
        "session_id": session_id, "thing_id": session_id, "kind": "sessions", "template_id": "council_debate",
        "agent_id": "chief_justice", "group_id": "nobody", "filename": "js/main.js",
    }  # fmt: skip
    app = create_app(make_settings(data_dir=make_settings().data_dir.with_name("routes")))
    app.extensions["council"].store.close()
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.websocket
    ]

    def filled(match: re.Match[str]) -> str:
        return names.get(match.group(1).rpartition(":")[2], "1")

    return [re.sub(r"<([^>]+)>", filled, rule.rule) for rule in rules if not rule.rule.startswith("/login/")]


def heard(server: Server, visit: Visit, session_id: str) -> str:
    """What a socket says of the meeting, from its beginning."""
    ticket = visit.client.post("/api/v1/ws-ticket", headers=visit.proof()).json()["ticket"]
    visit.secrets.add(ticket)
    newest = visit.client.get(f"/api/v1/sessions/{session_id}/events?limit=10000").json()["events"][-1]["seq"]
    with Socket(server.port, session_id=session_id, ticket=ticket, since=0) as socket:
        frames = socket.receive_until(lambda message: message.get("seq", 0) >= newest)
    return json.dumps(frames, ensure_ascii=False)


def provoke(visit: Visit) -> None:
    """Requests that are refused, and bring secrets where they do not belong."""
    token = next(secret for secret in visit.secrets if secret.startswith("ct_"))
    for bearer in (METRICS_TOKEN, f"{token}x", token):
        visit.ask("GET", "/api/v1/me", headers={"Authorization": f"Bearer {bearer}"})
    entry = {"name": "x", "base_url": f"http://user:{PAGE_KEY}@10.0.0.5/v1", "key": PAGE_KEY}
    visit.ask("POST", "/api/v1/llm/endpoints", json=entry, headers=visit.proof())
    visit.ask(
        "POST", "/api/v1/llm/endpoints", json={"name": "x", "key": {"k": PAGE_KEY}}, headers=visit.proof()
    )
    body = {"password": WRONG_PASSWORD, "new_password": "short"}
    visit.ask("POST", "/api/v1/me/password", json=body, headers=visit.proof())
    visit.ask("GET", "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})


def manifest(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a backup says of itself, and what the command says."""
    monkeypatch.setenv("COUNCIL_DATA_DIR", str(server.data_dir))
    monkeypatch.setenv("COUNCIL_SECRET_KEY", SECRET_KEY)
    made = CliRunner().invoke(terminal, ["backup", str(tmp_path / "backup.tar")])
    assert made.exit_code == 0, made.output
    with tarfile.open(tmp_path / "backup.tar") as archive:
        found = archive.extractfile(MANIFEST)
        assert found is not None
        return made.output + found.read().decode() + str(archive.getnames())

"""Model servers that admins enter: what is told of them, who may, and what becomes of their keys."""

import errno
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from council.clock import Deadline
from council.errors import ProviderUnreachable
from council.llm.address import checked_address, is_link_local
from council.llm.connection import refuse_link_local
from council.llm.offers import offered_models
from council.parts import Parts
from council.settings import SettingsError, load_settings
from council.store.tables import providers
from tests.support.described import DescribedClient, client_of
from tests.support.model_server import ScriptedModelServer
from tests.web.conftest import SECRET, assert_problem, events_of, start, wait_for_status

KEY = "sk-entered-in-a-page-7777abcd"
PATH = "/api/v1/llm/endpoints"


@pytest.fixture
def alone(make_council: Callable[..., Parts]) -> Callable[..., Parts]:
    """A factory of Councils without a model server; they share their data."""

    def make(**settings: Any) -> Parts:
        return make_council(**{"secret_key": SECRET} | settings)

    return make


@pytest.fixture
def council(alone: Callable[..., Parts]) -> Parts:
    return alone()


@pytest.fixture
def api(council: Parts) -> DescribedClient:
    return client_of(council.app)  # type: ignore[attr-defined]


def body_of(model: ScriptedModelServer | str, **more: Any) -> dict[str, Any]:
    url = model if isinstance(model, str) else model.url
    return {"name": "Our server", "base_url": url, "key": KEY, "models": []} | more


def add(api: Any, model: ScriptedModelServer | str, **more: Any) -> dict[str, Any]:
    answer = api.post(PATH, json=body_of(model, **more))
    assert answer.status_code == 201, answer.text
    item: dict[str, Any] = answer.get_json()
    return item


def listed(api: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get(PATH).get_json()["items"]
    return items


def forget(council: Parts) -> None:
    """What was read of the endpoints is old now, as it is after two seconds."""
    council.own_endpoints._until = Deadline(0)


def test_what_is_entered_speaks(council: Parts, api: DescribedClient, model: ScriptedModelServer) -> None:
    """Without a restart, with its key, and before the rehearsal."""
    item = add(api, model)
    assert item["provider_id"] == "our-server"
    session_id = start(api)
    wait_for_status(api, session_id, "completed")
    assert {headers["authorization"] for headers in model.headers} == {f"Bearer {KEY}"}
    assert any(event["event"] == "token_stream" for event in events_of(api, session_id))


def test_another_process_sees_it_too(alone: Callable[..., Parts], model: ScriptedModelServer) -> None:
    """Within seconds, and so it does what is changed and forgotten there."""
    here, there = alone(), alone()
    apis = [client_of(each.app) for each in (here, there)]  # type: ignore[attr-defined]
    assert listed(apis[1]) == []
    add(apis[0], model)
    forget(there)
    assert [item["name"] for item in listed(apis[1])] == ["Our server"]
    assert there.catalogue.seats([("a", None, None)])["a"].provider_id == "our-server"
    apis[0].delete(f"{PATH}/our-server")
    forget(there)
    assert there.catalogue.seats([("a", None, None)])["a"].provider_id == "rehearsal"


def test_a_key_never_comes_out(council: Parts, api: DescribedClient, model: ScriptedModelServer) -> None:
    """Of it only the last four characters are told; in the database it is encrypted."""
    add(api, model)
    api.put(f"{PATH}/our-server", json=body_of(model, name="Renamed", key=None))
    answers = [
        api.get(PATH).text,
        api.get("/api/v1/llm/providers").text,
        api.post(f"{PATH}/our-server/try").text,
    ]
    assert [KEY in text for text in answers] == [False, False, False]
    [item] = listed(api)
    assert (item["has_key"], item["key_end"], item["source"]) == (True, "abcd", "page")
    with council.store.read() as connection:
        row = dict(connection.execute(sa.select(providers)).mappings().one())
    assert KEY not in str(row)
    assert "entered-in-a-page" not in (council.settings.data_dir / "council.db").read_bytes().decode(
        "latin-1"
    )


def test_a_short_key_has_no_end(api: DescribedClient, model: ScriptedModelServer) -> None:
    """Four characters of eight would be half of it."""
    assert add(api, model, key="abcd1234")["key_end"] is None


def test_a_key_stays_or_goes(council: Parts, api: DescribedClient, model: ScriptedModelServer) -> None:
    """Null leaves it, an empty one takes it away."""
    add(api, model)
    api.put(f"{PATH}/our-server", json=body_of(model, key=None, models=["a", "b"]))
    assert council.own_endpoints.one("our-server").endpoint.key == KEY
    assert listed(api)[0]["models"] == ["a", "b"]
    api.put(f"{PATH}/our-server", json=body_of(model, key=""))
    assert (listed(api)[0]["has_key"], council.own_endpoints.one("our-server").endpoint.key) == (False, None)


def test_a_key_is_not_sent_to_another_server(
    council: Parts, api: DescribedClient, model: ScriptedModelServer
) -> None:
    """Who changes the address has to know the key."""
    add(api, model)
    answer = api.put(f"{PATH}/our-server", json=body_of("http://127.0.0.1:9/v1", key=None))
    assert_problem(answer, 422, "invalid")
    assert "enter it again" in answer.get_json()["error"]["message"]
    assert api.put(f"{PATH}/our-server", json=body_of("http://127.0.0.1:9/v1")).status_code == 200


def test_after_a_new_secret_key_the_key_is_asked_for(
    alone: Callable[..., Parts], model: ScriptedModelServer
) -> None:
    """The entry says so, nothing is sent, and nothing crashes; entered again, it works."""
    add(client_of(alone().app), model)  # type: ignore[attr-defined]
    council = alone(secret_key="another-secret-key-0123456789")
    api = client_of(council.app)  # type: ignore[attr-defined]
    [item] = listed(api)
    assert (item["needs_key"], item["has_key"], item["key_end"]) == (True, True, "abcd")
    shown = {each["provider_id"]: each for each in api.get("/api/v1/llm/providers").get_json()["items"]}
    assert "secret key has changed" in shown["our-server"]["reason"]
    assert "used by default" in shown["rehearsal"]["reason"]
    assert "enter it again" in api.post(f"{PATH}/our-server/try").get_json()["error"]["message"]
    api.put(f"{PATH}/our-server", json=body_of(model))
    assert council.catalogue.seats([("a", None, None)])["a"].provider_id == "our-server"


def test_trying_tells_models_or_the_fault(api: DescribedClient, model: ScriptedModelServer) -> None:
    """With how long it took; a fault is a sentence, not an error of ours."""
    add(api, model)
    tried = api.post(f"{PATH}/our-server/try").get_json()
    assert (tried["models"], tried["fault"]) == (["scripted"], None)
    add(api, "http://127.0.0.1:9/v1", name="Away")
    assert "does not answer" in api.post(f"{PATH}/away/try").get_json()["fault"]
    assert_problem(api.post(f"{PATH}/nowhere/try"), 404, "not_found")


def test_what_the_environment_gives_is_read_only(
    make_council: Callable[..., Parts],
    model: ScriptedModelServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It stands there with the variable that sets it, and goes before what is entered."""
    (tmp_path / "key").write_text("sk-deepseek-from-a-file-9999\n")
    monkeypatch.setenv("DEEPSEEK_API_KEY_FILE", str(tmp_path / "key"))
    council = make_council(llm_base_url=model.url, llm_model="scripted")
    api = client_of(council.app)  # type: ignore[attr-defined]
    add(api, model)
    found = {item["provider_id"]: (item["source"], item["set_by"], item["key_end"]) for item in listed(api)}
    assert found == {
        "endpoint": ("environment", "COUNCIL_LLM_BASE_URL", None),
        "deepseek": ("file", "DEEPSEEK_API_KEY_FILE", "9999"),
        "our-server": ("page", None, "abcd"),
    }
    assert council.catalogue.seats([("a", None, None)])["a"].provider_id == "endpoint"
    for answer in (api.delete(f"{PATH}/deepseek"), api.put(f"{PATH}/deepseek", json=body_of(model))):
        assert "DEEPSEEK_API_KEY_FILE" in assert_problem(answer, 422, "invalid")["message"]


@pytest.mark.parametrize("with_address", [True, False])
def test_a_key_from_a_file_is_said_to_be(
    make_council: Callable[..., Parts],
    model: ScriptedModelServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    with_address: bool,
) -> None:
    """COUNCIL_LLM_API_KEY_FILE, whether or not the environment names the server, too."""
    (tmp_path / "key").write_text("sk-own-from-a-file-9999\n")
    monkeypatch.setenv("COUNCIL_LLM_API_KEY_FILE", str(tmp_path / "key"))
    if with_address:
        monkeypatch.setenv("COUNCIL_LLM_BASE_URL", model.url)
    given = load_settings()
    council = make_council(
        llm_base_url=given.llm_base_url,
        llm_api_key=given.llm_api_key,
        llm_api_key_file=given.llm_api_key_file,
    )
    api = client_of(council.app)  # type: ignore[attr-defined]
    [found] = listed(api)
    assert (found["source"], found["key_end"]) == ("file", "9999")
    assert found["set_by"] == ("COUNCIL_LLM_BASE_URL" if with_address else "COUNCIL_LLM_API_KEY_FILE")


def test_a_keys_file_that_cannot_be_read_stops_the_start(
    make_council: Callable[..., Parts], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And so does a key that is given twice."""
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match=r"OPENAI_API_KEY_FILE: .* cannot be read"):
        make_council()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-twice-0123456789")
    with pytest.raises(SettingsError, match="Both OPENAI_API_KEY and OPENAI_API_KEY_FILE"):
        make_council()


def test_names_become_ids(api: DescribedClient) -> None:
    """A known provider keeps its own, so that its prices are found; no two are the same."""
    ids = [
        add(api, url, name=name)["provider_id"]
        for name, url in (
            ("Work account", "https://api.openai.com/v1"),
            ("Work account", "https://api.openai.com/v1"),
            ("Work account", "http://10.0.0.5/v1"),
            ("OpenAI", "http://10.0.0.6/v1"),
            ("Ollama", "http://10.0.0.7/v1"),
            ("机器", "http://10.0.0.8/v1"),
        )
    ]
    assert ids == ["openai", "work-account", "work-account-2", "openai-2", "ollama-2", "server"]


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://10.0.0.5/v1", "gopher://10.0.0.5", "10.0.0.5:8000", "http://", "https://[::1",
        "http://user:pass@10.0.0.5/v1", "http://10.0.0.5/v1?key=1", "http://10.0.0.5/v1#x", "http://a b/v1",
        "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/v1", "http://[::ffff:169.254.169.254]/v1",
        "http://2852039166/v1", "http://0xA9FEA9FE/v1", "http://10.0.0.5:99999/v1",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(api: DescribedClient, url: str) -> None:
    """Only http and https, nothing secret in them, and no link-local one, however it is written."""
    problem = assert_problem(api.post(PATH, json=body_of(url)), 422, "invalid")
    assert "base_url" in problem["message"]
    assert listed(api) == []


@pytest.mark.parametrize(
    "url", ["http://10.0.0.5:8000/v1", "http://192.168.1.7/v1", "http://ollama:11434/v1"]
)
def test_private_networks_are_where_models_live(url: str) -> None:
    """They are allowed, and so is a name that nobody knows yet."""
    assert checked_address(f" {url}/ ") == url


def test_a_name_that_leads_to_a_link_local_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused when it is entered, and again when it is connected to: a name can change its mind."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(Exception, match="link-local"):
        checked_address("http://metadata.example/v1")

    class Stream:
        closed = False

        def get_extra_info(self, _name: str) -> tuple[str, int]:
            return "169.254.169.254", 80

        def close(self) -> None:
            self.closed = True

    stream = Stream()
    with pytest.raises(httpx2.ConnectError):
        refuse_link_local("connection.connect_tcp.complete", {"return_value": stream})
    assert stream.closed


def test_a_peer_that_hangs_up_at_once() -> None:
    """Whoever it was, it is told as a server that does not answer, and not as a fault of ours."""

    class Gone:
        closed = False

        def get_extra_info(self, _name: str) -> Any:
            raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")

        def close(self) -> None:
            self.closed = True

    stream = Gone()
    with pytest.raises(httpx2.ConnectError):
        refuse_link_local("connection.connect_tcp.complete", {"return_value": stream})
    assert stream.closed


def test_a_connection_to_such_an_address_is_given_up(
    model: ScriptedModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent over it."""
    monkeypatch.setattr("council.llm.connection.is_link_local", lambda address: address == "127.0.0.1")
    with pytest.raises(ProviderUnreachable):
        offered_models(model.url, KEY)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("169.254.1.1", True),
        ("fe80::1%eth0", True),
        ("::ffff:169.254.1.1", True),
        ("10.0.0.1", False),
        ("x", False),
    ],
)
def test_link_local(address: str, expected: bool) -> None:
    assert is_link_local(address) == expected


def test_a_redirect_is_not_followed(redirecting: tuple[str, list[str]], api: DescribedClient) -> None:
    """Neither with the list of models nor with a question: a key goes where it was entered for."""
    url, asked = redirecting
    add(api, url, models=["some"])
    assert "HTTP 302" in api.post(f"{PATH}/our-server/try").get_json()["fault"]
    session_id = start(api)
    wait_for_status(api, session_id, "failed")
    assert set(asked) == {"/v1/models", "/v1/chat/completions"}


@pytest.fixture
def redirecting() -> Iterator[tuple[str, list[str]]]:
    """A server that sends everybody on to itself, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="redirecting")
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    server.shutdown()
    thread.join()
    server.server_close()

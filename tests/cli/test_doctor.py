"""What a deployer gets wrong is found, and it is said what to do."""

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import Result

from council import trace
from council.application import create_app
from council.cli.checks import machine, storage
from council.cli.checks.people import BACK
from council.llm.own import OwnEndpoints
from council.people.accounts import Accounts
from council.settings import Settings
from council.store.engine import Store
from council.store.providers import ProviderRows
from tests.cli.conftest import Run
from tests.support.model_server import ScriptedModelServer
from tests.support.openid_provider import OpenIdProvider
from tests.support.server import Server, _free_port

EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
KEY = "sk-never-to-be-seen-0123456789"
Found = dict[str, tuple[str, str, str]]


@pytest.fixture
def look(run: Run, tmp_path: Path) -> Callable[..., Found]:
    """The findings by what they are about, the last of each; keyword arguments are settings."""

    def found(**settings: object) -> Found:
        given = {"data_dir": tmp_path / "instance", "port": _free_port()} | settings
        return findings(run("doctor", "--json", env=given))

    return found


def findings(result: Result) -> Found:
    found = {each["what"]: (each["level"], each["text"], each["todo"]) for each in json.loads(result.stdout)}
    assert result.exit_code == (1 if "fault" in {level for level, _, _ in found.values()} else 0)
    return found


@pytest.fixture
def model() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer() as server:
        yield server


def make_database(path: Path) -> None:
    from council.application import prepare

    prepare(Settings(data_dir=path))


def test_all_is_well(look: Callable[..., Found], tmp_path: Path, model: ScriptedModelServer) -> None:
    """Where nothing is wrong, nothing is said to be, and nothing is changed."""
    make_database(tmp_path / "instance")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "instance").iterdir()}
    found = look(llm_base_url=model.url, llm_model="scripted", llm_api_key=KEY)
    assert {level for level, _, _ in found.values()} == {"ok"}
    assert KEY not in str(found)
    assert {file: before[file] for file in (tmp_path / "instance").iterdir()} == before


def test_before_the_first_start(look: Callable[..., Found], tmp_path: Path) -> None:
    """What will be made at the start is no fault; that no model was found is worth a warning."""
    found = look()
    assert found["database"][0] == found["data folder"][0] == found["secret key"][0] == "ok"
    assert found["model"][0] == "warning"
    assert "rehearsal" in found["model"][1]
    assert not (tmp_path / "instance").exists()


def test_for_people(run: Run, tmp_path: Path) -> None:
    """Each finding is a line, with what to do below it; the exit code says whether there is a fault."""
    result = run(
        "doctor",
        env={"data_dir": tmp_path / "new", "llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "x"},
    )
    assert result.exit_code == 1
    assert "fault    model Own endpoint: " in result.stdout
    assert "ok       python: " in result.stdout


@pytest.mark.parametrize(
    ("settings", "said"), [({"prot": 1}, "COUNCIL_PORT"), ({"port": "eighty"}, "COUNCIL_PORT")]
)
def test_settings(run: Run, settings: dict[str, object], said: str) -> None:
    """A name that does not exist, or a value that does not fit, is named."""
    level, text, todo = findings(run("doctor", "--json", env=settings))["settings"]
    assert level == "fault"
    assert said in text + todo


def test_names_but_no_values(look: Callable[..., Found]) -> None:
    """Which settings are set is told, and not to what."""
    found = look(secret_key=KEY)
    assert "COUNCIL_SECRET_KEY" in found["settings"][1]
    assert KEY not in str(found)


def test_a_folder_for_everybody(look: Callable[..., Found], tmp_path: Path) -> None:
    """Who may look in is a warning; who may write is a fault."""
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance").chmod(0o755)
    assert look()["data folder"][0] == "warning"
    (tmp_path / "instance").chmod(0o777)
    level, _, todo = look()["data folder"]
    assert level == "fault"
    assert "chmod 700" in todo


def test_a_database_that_others_may_read(look: Callable[..., Found], tmp_path: Path) -> None:
    """It is a warning, unless nobody else comes into the folder."""
    make_database(tmp_path / "instance")
    database = tmp_path / "instance" / "council.db"
    database.chmod(0o644)
    assert "database files" not in look()
    (tmp_path / "instance").chmod(0o755)
    level, _, todo = look()["database files"]
    assert (level, todo) == ("warning", f"chmod 600 {database}")
    database.chmod(0o600)
    assert "database files" not in look()


def test_a_folder_that_cannot_be(look: Callable[..., Found], tmp_path: Path) -> None:
    """A file in its place is found."""
    (tmp_path / "instance").write_text("a file")
    assert look()["data folder"][0] == "fault"


def test_a_key_that_others_may_read(look: Callable[..., Found], tmp_path: Path) -> None:
    """The key signs people in."""
    make_database(tmp_path / "instance")
    (tmp_path / "instance" / "secret_key").chmod(0o644)
    assert look()["secret key"][0] == "fault"
    assert look(secret_key="short")["secret key"][0] == "warning"


def test_a_damaged_database(look: Callable[..., Found], tmp_path: Path) -> None:
    """What is no database, or no longer whole, is a fault."""
    make_database(tmp_path / "instance")
    path = tmp_path / "instance" / "council.db"
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(os.urandom(4096 * 4))
    assert look()["database"][0] == "fault"
    path.write_bytes(b"nothing of the kind" * 100)
    assert look()["database"][0] == "fault"


@pytest.mark.parametrize(("version", "level"), [("0001", "warning"), ("9999", "fault")])
def test_another_version(
    look: Callable[..., Found], tmp_path: Path, version: str, level: str, run: Run
) -> None:
    """An older database is brought to the newest version, a newer one cannot be used."""
    make_database(tmp_path / "instance")
    with sqlite3.connect(tmp_path / "instance" / "council.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()
    result = run("doctor", "--json", env={"data_dir": tmp_path / "instance", "port": _free_port()})
    assert (level, True) in {(each["level"], version in each["text"]) for each in json.loads(result.stdout)}


def test_the_port(
    look: Callable[..., Found], serve: Callable[..., Server], model: ScriptedModelServer
) -> None:
    """Council itself may answer there; another program may not."""
    level, text, _ = look(port=serve().port)["port"]
    assert (level, "Council answers" in text) == ("ok", True)
    assert look(port=model.url.rpartition(":")[2].partition("/")[0])["port"][0] == "fault"


@pytest.mark.parametrize(
    ("settings", "level"),
    [({"allowed_origins": "https://c.example"}, "warning"), ({"allowed_origins": "http://c.example"}, "warning"),
     ({"allowed_origins": "c.example"}, "fault"), ({"allowed_origins": "https://c.example/council"}, "fault"),
     ({"trusted_proxies": 1}, "warning"), ({"allowed_origins": "https://c.example", "trusted_proxies": 1}, "ok"),
     ({}, "ok")],
)  # fmt: skip
def test_a_proxy(look: Callable[..., Found], settings: dict[str, object], level: str) -> None:
    """What is said about a proxy fits together, or it is said what is missing."""
    assert look(**settings)["proxy"][0] == level


def test_models(look: Callable[..., Found], model: ScriptedModelServer) -> None:
    """A server is asked for its models: one that is silent, or has not what is wanted, is told of."""
    level, text, _ = look(llm_base_url=model.url, llm_model="scripted")["model Own endpoint"]
    assert (level, "scripted" in text) == ("ok", True)
    assert look(llm_base_url=model.url, llm_model="another")["model Own endpoint"][0] == "warning"
    assert look(llm_base_url="http://127.0.0.1:9/v1", llm_model="x")["model Own endpoint"][0] == "fault"


def test_prices(look: Callable[..., Found], tmp_path: Path) -> None:
    """A file of prices that cannot be used is named with the place of the fault."""
    (tmp_path / "prices.yaml").write_text("prices:\n  - provider: x\n")
    level, text, _ = look(prices_file=tmp_path / "prices.yaml")["prices"]
    assert (level, "line" in text) == ("fault", True)


def test_too_few_descriptors() -> None:
    """The limit of open files has to bear all clients."""
    settings = Settings(max_clients=200)
    assert machine.descriptors(settings, (1024, 4096)).level == "ok"
    assert machine.descriptors(settings, (400, 4096)).level == "warning"
    few = machine.descriptors(settings, (256, 256))
    assert few.level == "fault"
    assert "COUNCIL_MAX_CLIENTS to 78" in few.todo


def test_time_and_python() -> None:
    """A clock that stands before this was installed is wrong, and so is a Python that is too old."""
    assert machine.time().level == "ok"
    assert machine.time(datetime(1970, 1, 1, tzinfo=UTC)).level == "fault"
    assert machine.time(datetime(2199, 1, 1, tzinfo=UTC)).level == "warning"
    assert machine.python((3, 10, 1)).level == "fault"


def test_the_disk(tmp_path: Path) -> None:
    """Little room is a warning, next to none a fault."""
    levels = [storage.disk(tmp_path, free).level for free in (10**6, 5 * 10**8, 10**10)]
    assert levels == ["fault", "warning", "ok"]


def add_user(path: Path) -> None:
    with closing(Store(Settings(data_dir=path).database)) as store:
        Accounts(store).add("ada", "admin")


@pytest.mark.parametrize(
    ("settings", "level"),
    [({}, "ok"), ({"host": "0.0.0.0"}, "fault"), ({"trusted_proxies": 1}, "warning"),
     ({"allowed_origins": "https://c.example"}, "warning"), ({"oidc__issuer": "http://127.0.0.1:9",
      "oidc__client_id": "x"}, "warning")],
)  # fmt: skip
def test_an_open_door(
    look: Callable[..., Found], tmp_path: Path, settings: dict[str, object], level: str
) -> None:
    """Where others may come there has to be a user."""
    make_database(tmp_path / "instance")
    found = look(**settings)["people"]
    assert found[0] == level
    assert ("council user add" in found[2]) == (level != "ok")
    add_user(tmp_path / "instance")
    assert look(**settings)["people"] == ("ok", "1 may sign in, and everybody has to.", "")


def test_a_cookie_that_may_be_read(look: Callable[..., Found]) -> None:
    """One address without TLS is enough for browsers to send the sign-in's cookie without."""
    level, _, todo = look(allowed_origins="https://c.example,http://localhost:8000")["sign-in"]
    assert (level, "https only" in todo) == ("warning", True)
    assert look(allowed_origins="https://c.example")["sign-in"][0] == "ok"


def test_servers_that_were_entered_in_the_page(
    look: Callable[..., Found], tmp_path: Path, model: ScriptedModelServer
) -> None:
    """They are asked like all others; a key that cannot be read any more is told of, and none is shown."""
    make_database(tmp_path / "instance")
    settings = Settings(data_dir=tmp_path / "instance")
    with closing(Store(settings.database)) as store:
        own = OwnEndpoints(ProviderRows(store), settings.secret())
        own.add("Ours", model.url, KEY, ("scripted",), ())
        own.add("Away", "http://127.0.0.1:9/v1", None, (), ())
    found = look()
    assert found["model Ours"][:2] == (
        "ok",
        f"It was entered in the page ({model.url}): it answers, with scripted.",
    )
    assert found["model Away"][0] == "warning"
    assert "model" not in found
    level, text, todo = look(secret_key="another key of many characters")["model Ours"]
    assert (level, "another secret key" in text, "/providers" in todo) == ("warning", True, True)
    assert KEY not in str(found)


def test_the_openid_provider(look: Callable[..., Found]) -> None:
    """It is asked what it says of itself, and it is said which address it has to know."""
    assert look()["openid"][0] == "ok"
    with OpenIdProvider() as provider:
        given = {"oidc__issuer": provider.issuer, "oidc__client_id": "council"}
        level, _, todo = look(**given)["openid"]
        assert (level, BACK in todo) == ("ok", True)
        behind = {"allowed_origins": "https://c.example", "trusted_proxies": 1}
        assert f"https://c.example{BACK}" in look(**given, **behind)["openid"][2]
        level, text, todo = look(**given, **behind | {"trusted_proxies": 0})["openid"]
        assert (level, "http://" in text, "COUNCIL_TRUSTED_PROXIES" in todo) == ("fault", True, True)
        provider.discovery_fault = "other issuer"
        assert look(**given)["openid"][0] == "fault"
        provider.discovery_fault, provider.keys_fault = None, "not json"
        assert look(**given)["openid"][0] == "fault"
    level, text, _ = look(**given)["openid"]
    assert (level, "does not answer" in text) == ("fault", True)


def test_the_way_back_is_the_one_that_council_has() -> None:
    """The address that the provider has to know is the address of our own route."""
    assert BACK in {rule.rule for rule in create_app(Settings()).url_map.iter_rules()}


def test_traces(
    look: Callable[..., Found], monkeypatch: pytest.MonkeyPatch, model: ScriptedModelServer
) -> None:
    """Where they are wanted, their packages have to be there, and somebody has to take them."""
    for name in trace.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    assert look()["traces"][0] == "ok"
    monkeypatch.setenv(trace.ENDPOINTS[0], model.url)
    monkeypatch.setitem(sys.modules, EXPORTER, ModuleType(EXPORTER))  # As if it were installed.
    assert look()["traces"][:2] == ("ok", f"They are sent to {model.url}.")
    monkeypatch.setenv(trace.ENDPOINTS[1], "http://me:hush@127.0.0.1:9/v1/traces")
    level, text, _ = look()["traces"]
    assert (level, "127.0.0.1:9" in text, "hush" in text) == ("warning", True, False)
    monkeypatch.setitem(sys.modules, EXPORTER, None)
    level, _, todo = look(tracing="on")["traces"]
    assert (level, "requirements-trace.txt" in todo) == ("fault", True)

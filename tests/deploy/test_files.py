"""What deploy/ and its how-to pages name exists, and their numbers fit the defaults of the settings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from council.settings import known_names
from tests.support.server import ROOT

DEPLOY = ROOT / "deploy"
PAGES = [ROOT / "docs" / "how-to" / f"{name}.md" for name in (
    "behind-a-proxy", "deploy-with-systemd", "deploy-behind-nginx", "deploy-behind-caddy", "deploy-with-docker",
    "upgrade-and-roll-back",
)]  # fmt: skip
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and "secrets" not in path.parent.name]
DOCKER = DEPLOY / "docker"

_VARIABLE = re.compile(r"\bCOUNCIL_[A-Z0-9_]*[A-Z0-9]")
_PATH = re.compile(r"(?<![\w/.])(?:deploy|docs|council)/[\w./-]*\w")
_MADE_BY_THE_READER = {"deploy/docker/.env", "deploy/docker/secrets/llm_api_key", "deploy/docker/secrets"}
_SIZES = {"k": 2**10, "m": 2**20, "MiB": 2**20}

every_file = pytest.mark.parametrize(
    "path", FILES + PAGES, ids=lambda path: path.relative_to(ROOT).as_posix()
)


@every_file
def test_settings_exist(path: Path) -> None:
    """Every COUNCIL_ variable in it is a setting."""
    assert set(_VARIABLE.findall(path.read_text("utf-8"))) - known_names().keys() == set()


@every_file
def test_paths_exist(path: Path) -> None:
    """Every file of the repository that it names is there, or is one that the reader makes."""
    named = set(_PATH.findall(path.read_text("utf-8"))) - _MADE_BY_THE_READER
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.env")), ids=lambda path: path.parent.name)
def test_environment_files_can_be_read(path: Path) -> None:
    """Each line is empty, a comment, or NAME=value without quotes and export: systemd and Docker read them alike."""
    lines = path.read_text("utf-8").splitlines()
    assert [each for each in lines if each and not re.fullmatch(r"#.*|COUNCIL_[A-Z_]+=[^\s\"']+", each)] == []


# Numbers


def test_proxies_outwait_heartbeats() -> None:
    """Two heartbeats in a row may be late before a proxy takes a socket for dead."""
    heartbeat = _default("COUNCIL_LIVE__HEARTBEAT_SECONDS")
    for text in (_text("nginx/council.conf"), _text("caddy/Caddyfile")):
        waits = [int(each) for each in re.findall(r"(?:read|send|write)_timeout +(\d+)s", text)]
        assert len(waits) == 2
        assert min(waits) >= 3 * heartbeat


def test_proxies_take_the_largest_body() -> None:
    """What Council takes, and no more."""
    sizes = re.findall(r"(?:client_max_body_size|max_size) +(\d+)([a-zA-Z]+)", _both_proxies())
    assert [int(number) * _SIZES[unit] for number, unit in sizes] == [_default("COUNCIL_MAX_BODY_BYTES")] * 2


def test_nginx_limits_are_above_those_of_council() -> None:
    """Council refuses first, with a reason."""
    text = _text("nginx/council.conf")
    [sockets] = re.findall(r"limit_conn +council_long (\d+);", text)
    [rate] = re.findall(r"rate=(\d+)r/s", text)
    assert int(sockets) > _default("COUNCIL_LIMITS__CLIENTS_PER_ADDRESS")
    assert int(rate) * 60 > _default("COUNCIL_LIMITS__REQUESTS_PER_MINUTE")


def test_there_is_room_for_all_clients() -> None:
    """Two files and two threads for each, and the same again for database, meetings and models."""
    clients = _default("COUNCIL_MAX_CLIENTS")
    unit, compose = _text("systemd/council.service"), _compose()["services"]["council"]
    files = [*re.findall(r"^LimitNOFILE=(\d+)", unit, re.M), compose["ulimits"]["nofile"]]
    threads = [*re.findall(r"^TasksMax=(\d+)", unit, re.M), compose["pids_limit"]]
    assert min(map(int, files)) >= 4 * clients
    assert min(map(int, threads)) >= 4 * clients


def test_there_is_time_to_end() -> None:
    """More than gunicorn itself gives to open connections."""
    [graceful] = re.findall(r"^graceful_timeout = (\d+)", (ROOT / "gunicorn.conf.py").read_text(), re.M)
    [stop] = re.findall(r"^TimeoutStopSec=(\d+)", _text("systemd/council.service"), re.M)
    period = _compose()["services"]["council"]["stop_grace_period"]
    assert int(stop) >= 2 * int(graceful)
    assert int(period.removesuffix("s")) >= 2 * int(graceful)


# The image


def test_the_image_has_what_runs() -> None:
    """Everything that is copied exists and is let through by .dockerignore; tests, data and keys are not."""
    copied = [words for kind, words in _instructions() if kind == "COPY" and "--from" not in words]
    sources = {source for words in copied for source in words.split()[:-1]}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    assert sources == let_in
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert {"council", "static", "templates", "wsgi.py", "gunicorn.conf.py"} <= sources


def test_the_image_is_built_with_care() -> None:
    """Two stages, fixed versions, nobody's root, no shell, a check of health, a place for data, no installer."""
    kinds = [kind for kind, _ in _instructions()]
    last = _instructions()[len(kinds) - kinds[::-1].index("FROM") :]
    bases = [words.split()[0] for kind, words in _instructions() if kind == "FROM"]
    assert bases == ["python:3.11-slim"] * 2
    assert [words for kind, words in last if kind == "USER"] == ["council"]
    assert [words for kind, words in last if kind == "VOLUME"] == ["/data"]
    assert all(words.startswith("[") for kind, words in last if kind in ("CMD", "ENTRYPOINT"))
    [health] = [words for kind, words in last if kind == "HEALTHCHECK"]
    assert "/health" in health
    assert "CMD [" in health
    runs = [words for kind, words in last if kind == "RUN"]
    assert not [run for run in runs if re.search(r"\b(apt-get|apk|curl|wget|gcc|pip install|sudo)\b", run)]
    assert any("pip uninstall --yes setuptools wheel pip" in run for run in runs)
    assert all(
        "--no-cache-dir" in words
        for kind, words in _instructions()
        if kind == "RUN" and "pip install" in words
    )


def test_compose_fits_together() -> None:
    """Its files exist, its secrets and volumes are declared, and only Caddy can be reached."""
    whole = _compose()
    services = whole["services"]
    council = services["council"]
    assert (DOCKER / council["build"]["context"]).resolve() == ROOT
    assert (ROOT / council["build"]["dockerfile"]).is_file()
    assert (DOCKER / council["env_file"]).is_file()
    assert set(council["secrets"]) == set(whole["secrets"])
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    mounts = [each.split(":")[0] for service in services.values() for each in service.get("volumes", ())]
    assert {each for each in mounts if not each.startswith(".")} == set(whole["volumes"])
    assert [each for each in mounts if each.startswith(".") and not (DOCKER / each).is_file()] == []
    assert services["ollama"]["profiles"] == ["ollama"]
    assert int(council["environment"]["COUNCIL_TRUSTED_PROXIES"]) == 1
    assert council["environment"]["COUNCIL_LLM_API_KEY_FILE"] == "/run/secrets/llm_api_key"


def test_caddy_gets_the_names_it_asks_for() -> None:
    """Each variable of the Caddyfile is set by compose."""
    asked = set(re.findall(r"\{\$(\w+):", _text("caddy/Caddyfile")))
    assert asked == set(_compose()["services"]["caddy"]["environment"])


def test_the_unit_is_shut_in() -> None:
    """It runs as its own user, writes only its data, gains no rights, and ends in order."""
    unit = dict(_pairs(_text("systemd/council.service")))
    assert unit["User"] == "council"
    assert unit["ProtectSystem"] == "strict"
    assert unit["NoNewPrivileges"] == unit["MemoryDenyWriteExecute"] == "yes"
    assert unit["Environment"] == f"COUNCIL_DATA_DIR=/var/lib/{unit['StateDirectory']}"
    assert unit["KillSignal"] == "SIGTERM"
    assert "ProcSubset" not in unit, "leases are read by a clock that /proc/sys names"
    assert unit["ExecStart"].endswith("-c gunicorn.conf.py wsgi:app")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            yield name, value


def _instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, with their continued lines joined and without comments."""
    text = re.sub(r"^#.*\n", "", (DOCKER / "Dockerfile").read_text("utf-8"), flags=re.M).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line.strip()]


def _compose() -> dict[str, Any]:
    whole: dict[str, Any] = YAML(typ="safe").load(_text("docker/compose.yaml"))
    return whole


def _both_proxies() -> str:
    return _text("nginx/council.conf") + _text("caddy/Caddyfile")


def _text(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def _default(name: str) -> Any:
    return known_names()[name][0]

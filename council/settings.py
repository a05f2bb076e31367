"""Every knob: its name, default, unit and what it is for.

Each is read from the environment as ``COUNCIL_<NAME>``; nested ones with ``__``
(``COUNCIL_LIVE__HEARTBEAT_SECONDS``). A name that is not known stops the start.
"""

import difflib
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from council.errors import CouncilError

PREFIX = "COUNCIL_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsError(CouncilError):
    """The environment holds a setting that does not exist or does not fit."""

    code = "bad_setting"


def is_safe(address: str) -> bool:
    """Whether secrets may travel there: encrypted, or within this machine."""
    parts = urlsplit(address.strip())
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    return bool(parts.hostname) and not parts.username and (plain or parts.scheme == "https")


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LiveSettings(_Group):
    """Sockets and streams."""

    heartbeat_seconds: float = Field(
        25, gt=0, description="Idle time after which a client hears a heartbeat."
    )
    gather_seconds: float = Field(
        0.042, ge=0.001, le=1, description="How long tokens are gathered into one event."
    )
    gather_characters: int = Field(
        256, ge=1, description="An event is sent at once when it has this many characters."
    )
    replay_limit: int = Field(
        20_000, ge=1, description="A client further behind loads the snapshot instead (events)."
    )
    max_frame_bytes: int = Field(
        1_048_576, ge=1024, description="Largest message taken from a client (bytes)."
    )
    send_timeout_seconds: float = Field(
        15, gt=0, description="A client whose socket takes nothing for so long is cut."
    )
    poll_seconds: float = Field(0.5, gt=0, description="How often other processes' events are looked for.")


class EngineSettings(_Group):
    """Meetings."""

    lease_seconds: float = Field(
        6, ge=0.5, description="A process silent for so long loses its meetings to another."
    )
    node_timeout_seconds: float = Field(
        120, gt=0, description="Longest time for one node, pauses not counted."
    )
    meeting_timeout_seconds: float = Field(
        3600, gt=0, description="Longest time for one meeting, pauses not counted."
    )
    retries: int = Field(2, ge=0, le=10, description="Attempts after the first, before the first token only.")
    retry_seconds: float = Field(1, ge=0, description="First wait before another attempt; doubles each time.")
    pause_hold_seconds: float = Field(
        300, ge=0, description="A pause longer than this gives the thread back."
    )
    max_crashes: int = Field(3, ge=1, description="Crashes in the same step before the meeting is paused.")
    max_steps: int = Field(500, ge=1, description="Most steps one meeting may take.")
    max_running: int = Field(100, ge=1, description="Meetings running at once in this process.")
    answer_limit_tokens: int = Field(
        8192, ge=16, description="Longest answer under a cap, where neither node nor agent has a max_tokens."
    )
    breaker_cost_factor: float = Field(
        3,
        ge=0,
        description="A meeting that spends more than so many times its estimate is paused; 0 = never.",
    )
    breaker_node_seconds: float = Field(
        600, ge=0, description="A meeting is paused when one node works longer; 0 = never."
    )
    breaker_repeats: int = Field(
        3, ge=0, description="A meeting is paused when the same answer comes so often; 0 = never."
    )
    max_files: int = Field(50, ge=1, description="Most files of one meeting.")
    max_file_versions: int = Field(500, ge=1, description="Most versions of all files of one meeting.")


class SearchSettings(_Group):
    """Where facts are looked up, besides the meeting's documents and the group's knowledge. Nothing by default."""

    searxng_url: str | None = Field(None, description="Address of a SearXNG that answers in JSON.")
    tavily_api_key: SecretStr | None = Field(None, description="Key for the search service Tavily.")
    tavily_api_key_file: Path | None = Field(None, description="File that holds this key, instead of it.")
    tavily_url: str = Field("https://api.tavily.com", description="Address of Tavily, or of a gateway to it.")
    timeout_seconds: float = Field(10, gt=0, description="Longest time for one search.")
    max_answer_bytes: int = Field(
        2_000_000, ge=1024, description="Largest answer of a search server (bytes)."
    )

    @field_validator("searxng_url", "tavily_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(
                "it must be an address like http://127.0.0.1:8888, without anything after a ? or #"
            )
        return value.strip().rstrip("/")

    @field_validator("tavily_api_key")
    @classmethod
    def _can_be_sent(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value().strip() if value else ""
        if not (key.isascii() and key.isprintable()) or any(letter.isspace() for letter in key):
            raise ValueError("it has characters that no key has; copy it again, without quotes and line ends")
        return SecretStr(key) if key else None


class OidcSettings(_Group):
    """Signing in through an OpenID provider. Off as long as there is no issuer."""

    issuer: str | None = Field(
        None, max_length=255, description="The provider's issuer: what its discovery document stands under."
    )
    client_id: str | None = Field(None, description="What this server is called there.")
    client_secret: SecretStr | None = Field(
        None, description="This server's secret there; public clients have none."
    )
    client_secret_file: Path | None = Field(None, description="File that holds this secret, instead of it.")
    name: str = Field(
        "OpenID", min_length=1, max_length=40, description="The provider's name, on the button."
    )
    scopes: str = Field("openid profile email", description="What is asked for, separated by spaces.")
    role: Literal["none", "viewer", "member"] = Field(
        "none", description="What somebody new may do; none: only those come in whom an admin has linked."
    )
    role_claim: str | None = Field(
        None, description="Claim that says who somebody is there, such as groups or realm_access.roles."
    )
    roles: Annotated[dict[str, Literal["viewer", "member", "admin"]], NoDecode] = Field(
        {}, description="The claim's values and the roles they give: council-admins=admin, staff=member."
    )
    email_domains: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Only verified addresses of these domains come in, comma-separated; empty: all."
    )
    sign_in_hours: float = Field(
        12,
        gt=0,
        description="How long a sign-in through the provider lasts: never longer than others (hours).",
    )
    token_days: float = Field(
        30,
        gt=0,
        le=3660,
        description="How long tokens of who has no password go on after they last came through the provider (days).",
    )
    only: bool = Field(False, description="The sign-in page has no form for names and passwords.")
    timeout_seconds: float = Field(
        10, gt=0, le=60, description="Longest time for one answer of the provider."
    )
    max_answer_bytes: int = Field(262_144, ge=1024, description="Largest answer of the provider (bytes).")

    @field_validator("issuer")
    @classmethod
    def _is_safe_address(cls, value: str | None) -> str | None:
        if value is not None and (not is_safe(value) or "?" in value or "#" in value):
            raise ValueError("it must begin with https:// (http:// on this machine only), without ? and #")
        return value

    @field_validator("scopes")
    @classmethod
    def _asks_for_openid(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("openid must be among them")
        return " ".join(value.split())

    @field_validator("roles", mode="before")
    @classmethod
    def _split_roles(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.rpartition("=") for part in value.split(",") if part.strip()]
        if not all(name.strip() for name, _, _ in pairs):
            raise ValueError("write them as value=role, separated by commas")
        return {name.strip(): role.strip() for name, _, role in pairs}

    @field_validator("email_domains", mode="before")
    @classmethod
    def _split_domains(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().lstrip("@").casefold() for part in value.split(",") if part.strip())
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("client_id is missing")
        if bool(self.role_claim) != bool(self.roles):
            raise ValueError("role_claim and roles belong together")
        if self.only and not self.issuer:
            raise ValueError("only needs an issuer, or nobody could sign in")
        return self


class LimitSettings(_Group):
    """What one person or one address may take. Where nobody signs in, only the whole server's limits hold."""

    clients_per_user: int = Field(40, ge=1, description="Sockets and event streams of one user at once.")
    clients_per_address: int = Field(
        100, ge=1, description="Sockets and event streams from one address at once."
    )
    connects_per_minute: int = Field(
        120, ge=1, description="Sockets and event streams opened from one address in a minute."
    )
    commands_per_second: float = Field(
        20, gt=0, description="Commands on one socket, on average; ten seconds of them at once."
    )
    requests_per_minute: int = Field(1200, ge=1, description="Requests of one user, or of one address.")
    sign_ins_per_minute: int = Field(
        10, ge=1, description="Attempts to sign in from one address, or with a browser that is known."
    )
    guesses_per_minute: int = Field(
        30, ge=1, description="Attempts to sign in with one name, from all addresses together."
    )
    meetings_per_user: int = Field(20, ge=1, description="Meetings of one user that are not over.")
    command_bytes: int = Field(
        65_536, ge=1024, description="Largest command that carries no documents (bytes)."
    )


class Settings(BaseSettings):
    """All settings of one process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65_535, description="Port to listen on.")
    data_dir: Path = Field(Path("instance"), description="Where the database and the secret key are.")
    database_url: str | None = Field(None, description="SQLAlchemy URL; default is SQLite in data_dir.")
    database_synchronous: Literal["normal", "full"] = Field(
        "normal", description="SQLite: full also survives a power cut, at one disk flush per commit."
    )
    dispatch: Literal["threads"] = Field("threads", description="Where meetings run.")
    secret_key: SecretStr | None = Field(
        None, description="Signs cookies; made and kept in data_dir when absent."
    )
    secret_key_file: Path | None = Field(None, description="File that holds this key, instead of it.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins that may use this server besides loopback, comma-separated."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=10, description="Proxies in front of this server whose X-Forwarded headers are believed."
    )
    max_clients: int = Field(200, ge=1, description="Sockets and event streams open at once.")
    max_body_bytes: int = Field(16 * 1024 * 1024, ge=1024, description="Largest HTTP request body (bytes).")
    max_document_bytes: int = Field(
        5 * 1024 * 1024, ge=1024, description="Largest document (bytes of UTF-8)."
    )
    rehearsal_tokens_per_second: float = Field(
        40, ge=0, description="Pace of the rehearsal provider; 0 = at once."
    )
    prices_file: Path | None = Field(
        None, description="YAML with prices that are added to the built-in ones."
    )
    sign_in_hours: float = Field(168, gt=0, description="How long somebody stays signed in (hours).")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is logged.")
    log_format: Literal["console", "json"] = Field("console", description="How it is logged.")
    metrics_token: SecretStr | None = Field(
        None, min_length=16, description="Bearer token that opens /metrics and nothing else, for a scraper."
    )
    metrics_token_file: Path | None = Field(None, description="File that holds this token, instead of it.")
    tracing: Literal["auto", "on", "off"] = Field(
        "auto", description="Send traces over OTLP; auto does when OTEL_EXPORTER_OTLP_ENDPOINT is set."
    )

    llm_base_url: str | None = Field(None, description="Address of an OpenAI-compatible endpoint.")
    llm_api_key: SecretStr | None = Field(None, description="Its key; local servers need none.")
    llm_api_key_file: Path | None = Field(None, description="File that holds this key, instead of it.")
    llm_model: str | None = Field(
        None, description="Model name; several, comma-separated, make a diverse panel."
    )

    live: LiveSettings = LiveSettings()
    engine: EngineSettings = EngineSettings()
    search: SearchSettings = SearchSettings()
    oidc: OidcSettings = OidcSettings()
    limits: LimitSettings = LimitSettings()

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("database_url")
    @classmethod
    def _only_sqlite(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("sqlite:///"):
            raise ValueError("this version keeps everything in SQLite: sqlite:////path/to/council.db")
        return value

    @property
    def database(self) -> str:
        """The database's URL; SQLite in ``data_dir`` unless one was given."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'council.db'}"

    def secret(self) -> str:
        """The key that signs cookies: the given one, or one made once and kept in ``data_dir``."""
        if self.secret_key:
            return self.secret_key.get_secret_value()
        try:
            return self._kept_secret()
        except OSError as problem:
            raise SettingsError(
                f"{self.data_dir} cannot be used: {problem.strerror}.",
                hint="Give this user the right to write there, or set COUNCIL_DATA_DIR.",
            ) from problem

    def _kept_secret(self) -> str:
        path = self.data_dir / "secret_key"
        if not path.exists():
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_once(path, secrets.token_hex(32))
        return path.read_text()


class TerminalSettings(BaseSettings):
    """What the command ``council`` has to know of a server; the server itself has no use for it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    url: str = Field("http://127.0.0.1:8000", description="Address of the server that `council` talks to.")
    token: SecretStr | None = Field(None, description="API token that `council` shows to the server.")
    token_file: Path | None = Field(None, description="File that this token is read from instead.")


def load_terminal_settings() -> TerminalSettings:
    """Raises SettingsError with what to do."""
    _refuse_unknown_names()
    return TerminalSettings()


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, ``overrides`` first. Raises SettingsError with what to do."""
    _refuse_unknown_names()
    try:
        return Settings(**_secrets_in_files() | overrides)
    except ValidationError as problem:
        faults = "; ".join(
            f"{_env_name(e['loc'])}: {e['msg'].removeprefix('Value error, ')}" for e in problem.errors()
        )
        raise SettingsError(
            f"A setting does not fit: {faults}.", hint="See docs/reference/settings.md."
        ) from problem


def known_names() -> dict[str, tuple[Any, str]]:
    """Every environment variable with its default and its help."""
    names: dict[str, tuple[Any, str]] = {}
    for name, field in (Settings.model_fields | TerminalSettings.model_fields).items():
        if isinstance(field.default, _Group):
            for inner, knob in type(field.default).model_fields.items():
                names[f"{PREFIX}{name}__{inner}".upper()] = (knob.default, knob.description or "")
        else:
            names[f"{PREFIX}{name}".upper()] = (field.default, field.description or "")
    return names


def _write_once(path: Path, text: str) -> None:
    """Make the file with its whole text, unless another process was quicker."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _refuse_unknown_names() -> None:
    known = list(known_names())
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "See docs/reference/settings.md for all of them."
            raise SettingsError(f"There is no setting {name}.", hint=hint)


def _secrets_in_files() -> dict[str, Any]:
    """The secrets that the environment names files of, as ``Settings`` takes them. Raises SettingsError."""
    found: dict[str, Any] = {}
    for name in filter(os.environ.get, known_names()):
        if not name.endswith(("_KEY_FILE", "_SECRET_FILE", "_METRICS_TOKEN_FILE")):
            continue
        of_whom, _, key = name.removeprefix(PREFIX).removesuffix("_FILE").lower().rpartition("__")
        if secret := secret_in(name, os.environ):
            (found.setdefault(of_whom, {}) if of_whom else found)[key] = secret
    return found


def secret_in(name: str, environ: Mapping[str, str]) -> str:
    """What stands in the file that this variable names, without the end of its line. Raises SettingsError."""
    secret = name.removesuffix("_FILE")
    if environ.get(secret):
        raise SettingsError(f"Both {secret} and {name} are set.", hint="Leave one of them out.")
    path = Path(environ[name])
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not text"
        raise SettingsError(
            f"{name}: {path} cannot be read: {reason}.", hint="Check the path, and who may read the file."
        ) from problem


def _env_name(location: tuple[int | str, ...]) -> str:
    return PREFIX + "__".join(str(part) for part in location).upper()

"""The network: the port, and what is said about a proxy in front of it."""

import socket
from urllib.parse import urlsplit

import httpx2

from council import trace
from council.cli.checks.finding import Finding, fault, ok, warning
from council.cli.checks.people import foreign_origins
from council.errors import CouncilError
from council.llm.address import shown
from council.settings import LOOPBACK, Settings

ASK_SECONDS = 2.0


def port(settings: Settings) -> Finding:
    """Free, or Council itself answers there."""
    host, number = settings.host, settings.port
    shown = f"[{host}]:{number}" if ":" in host else f"{host}:{number}"
    if number == 0:
        return ok("port", "The system chooses one at the start.")
    if _is_free(host, number):
        return ok("port", f"{shown} is free.")
    if _is_council(f"http://{shown}"):
        return ok("port", f"Council answers at {shown}.")
    return fault(
        "port",
        f"Something else has {shown}, or it may not be used.",
        "End that program, or set COUNCIL_PORT.",
    )


def _is_free(host: str, number: int) -> bool:
    try:
        family = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0][0]
        with socket.create_server((host, number), family=family):
            return True
    except OSError:
        return False


def _is_council(url: str) -> bool:
    """An address that listens everywhere is asked at this machine's own."""
    url = url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    try:
        answer = httpx2.get(f"{url}/health", timeout=ASK_SECONDS, trust_env=False)
        return bool(answer.status_code == 200 and answer.json() == {"status": "alive"})
    except (httpx2.HTTPError, ValueError):
        return False


def proxy(settings: Settings) -> Finding:
    """Whether what is said about origins and proxies fits together."""
    for origin in settings.allowed_origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
            todo = "Write it as people type it, without a path: https://council.example.org."
            return fault("proxy", f"COUNCIL_ALLOWED_ORIGINS: {origin} is no origin.", todo)
    foreign = foreign_origins(settings)
    plain = [origin for origin in foreign if origin.startswith("http://")]
    if plain:
        return warning(
            "proxy",
            f"{plain[0]} is not encrypted: passwords could be read on the way.",
            "Let the proxy serve https.",
        )
    return _behind(settings, foreign)


def _behind(settings: Settings, foreign: list[str]) -> Finding:
    trusted = settings.trusted_proxies
    if foreign and not trusted:
        todo = "Set COUNCIL_TRUSTED_PROXIES to the number of proxies in front, usually 1."
        return warning(
            "proxy", "Every request seems to come from the proxy: limits count all people as one.", todo
        )
    if trusted and not foreign:
        todo = "Set COUNCIL_ALLOWED_ORIGINS to the address that people type."
        return warning("proxy", "Proxies are trusted, but no address but loopback is served.", todo)
    if settings.host not in LOOPBACK and not foreign:
        todo = "Set COUNCIL_ALLOWED_ORIGINS to the address that people type."
        return warning("proxy", f"It listens on {settings.host}, but answers to loopback names only.", todo)
    if not foreign:
        return ok("proxy", "None: it is for this machine alone.")
    return ok("proxy", f"{', '.join(foreign)}, through {trusted} of them.")


def tracing(settings: Settings) -> Finding:
    """Where traces are wanted, their packages are there and somebody takes them."""
    if not trace.wanted(settings):
        return ok("traces", "None are sent.")
    try:
        trace.check_tracing(settings)
    except CouncilError as problem:
        return fault("traces", problem.message, problem.hint)
    where = trace.endpoint()
    if _answers(where):
        return ok("traces", f"They are sent to {shown(where)}.")
    todo = "Start the collector, or see to OTEL_EXPORTER_OTLP_ENDPOINT."
    return warning("traces", f"Nobody answers at {shown(where)}: they are lost.", todo)


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), ASK_SECONDS):
            return True
    except (OSError, ValueError):
        return False

"""The models a server offers, by its own word."""

import json
import re
from dataclasses import dataclass
from typing import Any

import httpx2

from council.clock import Deadline
from council.errors import ProviderError, ProviderRejected, ProviderUnreachable
from council.llm.address import is_local, shown
from council.llm.cleaner import clean
from council.llm.connection import refuse_link_local
from council.llm.failures import Failures
from council.llm.key import checked_key
from council.tls import tls_context

LIST_SECONDS = 5.0
OLLAMA_SECONDS = 0.3
MAX_MODELS = 16
MAX_LIST_BYTES = 4_000_000
NAME_MODELS = "Name the model, or several separated by commas, in COUNCIL_LLM_MODEL."
_NO_CHAT = re.compile(
    r"embed|bge-|minilm|rerank|whisper|tts|transcri|moderation|dall-e|image|audio|realtime|stable-diffusion|ocr",
    re.IGNORECASE,
)
_EMBEDDING_FAMILIES = frozenset({"bert", "nomic-bert", "xlm-roberta"})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: str
    found: Any


def offered_models(base_url: str, key: str | None) -> tuple[str, ...]:
    """The chat models an OpenAI-compatible server lists. Raises ProviderError when there is no choice."""
    answer = _get(f"{base_url.rstrip('/')}/models", key, LIST_SECONDS)
    if answer.status != 200:
        raise Failures(key).of_status(answer.status, answer.body)
    names = _names(answer.found, "data", "id")
    models = tuple(name for name in names if not _NO_CHAT.search(name))
    if not models:
        raise ProviderRejected(f"{shown(base_url)} lists no chat model.", hint=NAME_MODELS)
    if len(models) > MAX_MODELS:
        raise ProviderRejected(
            f"{shown(base_url)} offers {len(models)} models to choose from.", hint=NAME_MODELS
        )
    return models


def installed_models(ollama_url: str) -> tuple[str, ...]:
    """The chat models an Ollama has; none when there is no Ollama."""
    try:
        answer = _get(f"{ollama_url.rstrip('/')}/api/tags", None, OLLAMA_SECONDS)
    except ProviderError:
        return ()
    entries = _entries(answer.found, "models")
    return tuple(_names({"models": [one for one in entries if _chats(one)]}, "models", "name"))


def _get(url: str, key: str | None, seconds: float) -> _Answer:
    """Raises ProviderUnreachable, or ProviderRefused for a key that cannot be one."""
    headers = {"Authorization": f"Bearer {key}"} if (key := checked_key(key)) else {}
    try:
        with httpx2.Client(
            verify=tls_context(),
            timeout=seconds,
            trust_env=not is_local(url),
            event_hooks={"request": [_watch]},
        ) as client:
            return _read(client, url, headers, Deadline(seconds))
    except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
        raise ProviderUnreachable(f"{shown(url)} does not answer.") from problem


def _watch(request: httpx2.Request) -> None:
    request.extensions["trace"] = refuse_link_local


def _read(client: httpx2.Client, url: str, headers: dict[str, str], deadline: Deadline) -> _Answer:
    """Redirects are not followed: a key goes nowhere else."""
    body = bytearray()
    with client.stream("GET", url, headers=headers, follow_redirects=False) as response:
        for piece in response.iter_bytes():
            body += piece
            if len(body) > MAX_LIST_BYTES or deadline.passed():
                raise ProviderUnreachable(f"{shown(url)} does not come to an end.")
    text = body.decode("utf-8", "replace")
    return _Answer(response.status_code, text, _parsed(text))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _entries(found: Any, key: str) -> list[dict[str, Any]]:
    entries = found.get(key) if isinstance(found, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _names(found: Any, key: str, name: str) -> list[str]:
    """Gemini writes ``models/`` before each name, which its own API does not want back."""
    names = [entry.get(name) for entry in _entries(found, key)]
    return [clean(name).removeprefix("models/") for name in names if isinstance(name, str) and name]


def _chats(entry: dict[str, Any]) -> bool:
    """Whether an installed model can talk; newer versions of Ollama say so themselves."""
    capabilities = entry.get("capabilities")
    if isinstance(capabilities, list) and capabilities:
        return "completion" in capabilities
    details = entry.get("details")
    family = details.get("family") if isinstance(details, dict) else None
    return family not in _EMBEDDING_FAMILIES and not _NO_CHAT.search(str(entry.get("name", "")))

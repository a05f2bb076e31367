"""What must not stand in a log line, and how it is taken out."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

HIDDEN = "[hidden]"

_MOST_LEARNED = 100
_SHORTEST_SECRET = 6  # A shorter one would blot out ordinary words.
_SECRET_NAME = re.compile(
    r"(?:api_?key|secret|secret_key|token|password|passphrase|cookie|authorization|credentials?)$",
    re.IGNORECASE,
)
_PATTERNS = (
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\b(?:ct_|sk-|tvly-)[\w-]{6,}"), HIDDEN),
    (re.compile(r"((?:set-)?cookie[\"']?\s*[:=]\s*[\"']?)[^\"'\r\n]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"([?&][\w-]*(?:token|key|secret|password|code)=)[^&\s\"']+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"://[^/@\s\"']+@"), f"://{HIDDEN}@"),
    (re.compile(r"input_value=.*?, input_type=", re.DOTALL), f"input_value={HIDDEN}, input_type="),
)


_learned: tuple[str, ...] = ()
"""What the process came to know while it ran. Replaced whole, so that it is read without a lock."""


def learn(secret: str) -> None:
    """From now on it stands in no line either. Two who learn at once may have to learn again."""
    global _learned
    if len(secret) >= _SHORTEST_SECRET and secret not in _learned:
        _learned = (*_learned[-(_MOST_LEARNED - 1) :], secret)


class Redactor:
    """Knows this process's secrets. Thread-safe."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1])}
        long_enough = sorted((form for form in forms if len(form) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, long_enough))) if long_enough else None

    def text(self, line: str) -> str:
        """The line without known secrets, and without what looks like one."""
        if self._known is not None:
            line = self._known.sub(HIDDEN, line)
        for secret in _learned:
            line = line.replace(secret, HIDDEN)
        for pattern, instead in _PATTERNS:
            line = pattern.sub(instead, line)
        return line


def without_secrets(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields; those whose name says that they are secret lose their value. Numbers of tokens are none."""
    return {
        name: _hidden(value) if is_secret_name(name) else _deeper(value) for name, value in fields.items()
    }


def is_secret_name(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def _hidden(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else HIDDEN


def _deeper(value: Any) -> Any:
    match value:
        case Mapping():
            return without_secrets({str(name): inner for name, inner in value.items()})
        case list() | tuple():
            return [_deeper(each) for each in value]
        case _:
            return value

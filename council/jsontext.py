"""JSON as it may come in, and as it goes out: nothing that a browser or a database would choke on."""

import json
import math
from typing import Any

from council.errors import Malformed


def clean(text: str) -> str:
    """Text without NUL and lone surrogates, which SQLite, PostgreSQL or UTF-8 refuse."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def dump(value: Any) -> str:
    """Compact JSON. Raises ValueError for NaN and infinities rather than write what no browser reads."""
    return _encode(value)


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def parse_object(raw: bytes | str, *, unique: bool = False) -> dict[str, Any]:
    """One JSON object, cleaned; with ``unique`` no name may stand in it twice. Raises Malformed."""
    value = parse(raw, unique=unique)
    if not isinstance(value, dict):
        raise Malformed("This is JSON, but not an object.", hint='Send an object: {"name": "value"}.')
    return value


def parse(raw: bytes | str, *, unique: bool = False) -> Any:
    """Any JSON value, cleaned. Raises Malformed with what is wrong."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        return _cleaned((_decode_unique if unique else _decode)(text))
    except UnicodeDecodeError as problem:
        raise Malformed("The text is not UTF-8.") from problem
    except RecursionError as problem:
        raise Malformed("The JSON is nested too deeply.") from problem
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise Malformed(f"This is not JSON: {problem.msg} at {where}.") from problem
    except ValueError as problem:  # NaN, infinities, numbers of thousands of digits
        raise Malformed(f"This JSON holds a number that cannot be used: {str(problem)[:80]}.") from problem


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise ValueError(f"{literal[:20]} is too large")
    return number


def _no_constant(literal: str) -> None:
    raise ValueError(f"{literal} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless a name stands in it twice once it is cleaned: which of the two would count?"""
    found: dict[str, Any] = {}
    for name, value in ((clean(name), value) for name, value in pairs):
        if name in found:
            raise Malformed(f"The name {name[:40]!r} stands twice in one object.")
        found[name] = value
    return found


_decode = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant).decode
_decode_unique = json.JSONDecoder(
    parse_float=_finite, parse_constant=_no_constant, object_pairs_hook=_once
).decode


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(key): _cleaned(item) for key, item in value.items()}
        case list():
            return [_cleaned(item) for item in value]
        case _:
            return value

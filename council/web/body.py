"""What a request carries: its JSON body and its query, read strictly."""

import math
from typing import Any

from flask import request

from council.commands import MAX_COMMAND_ID
from council.errors import Invalid, TooLarge, UnsupportedMedia
from council.jsontext import clean, parse_object


def read_object() -> dict[str, Any]:
    """The body as one JSON object. Raises UnsupportedMedia, TooLarge or Malformed."""
    if request.mimetype != "application/json":
        sent = request.mimetype or "nothing"
        raise UnsupportedMedia(
            f"Content-Type is {sent}.", hint="Send JSON: curl -H 'Content-Type: application/json' -d '{…}'."
        )
    return parse_object(_read_body())


def _read_body() -> bytes:
    """The body, whole. Werkzeug refuses one that says it is too long; one in chunks it would cut in silence."""
    body = request.get_data(cache=False)
    if request.content_length is None and len(body) >= (request.max_content_length or math.inf):
        raise TooLarge("The request is larger than this server takes.")
    return body


def read_query(*names: str) -> dict[str, str]:
    """The query's parameters. Raises Invalid for one that is not among ``names``."""
    unknown = sorted(set(request.args) - set(names))
    if unknown:
        raise Invalid(
            f"{unknown[0]}: there is no such parameter.",
            hint=f"Parameters here are: {', '.join(names) or 'none'}.",
        )
    return {name: clean(value) for name, value in request.args.items()}


def read_number(query: dict[str, str], name: str, default: int, *, least: int, most: int) -> int:
    """A whole number of the query within its limits. Raises Invalid."""
    raw = query.get(name, str(default))
    if not (raw.isascii() and raw.isdigit() and len(raw) < 16 and least <= int(raw) <= most):
        raise Invalid(f"{name}: must be a whole number from {least} to {most}.")
    return int(raw)


def idempotency_key() -> str | None:
    """The request's Idempotency-Key. Raises Invalid when it is too long."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= MAX_COMMAND_ID:
        raise Invalid(f"Idempotency-Key: 1 to {MAX_COMMAND_ID} characters.", hint="Use a UUID.")
    return key

"""The log of a server in JSON, line by line."""

import json
from typing import Any

from tests.support.server import Server
from tests.support.waiting import wait_until

Line = dict[str, Any]


def lines_of(server: Server, *events: str, **fields: Any) -> list[Line]:
    """Every line, or those of these events, whose fields have these values."""
    found = [json.loads(line) for line in server.text_of_log.splitlines() if line.startswith("{")]
    return [
        line
        for line in found
        if (not events or line["event"] in events)
        and all(line.get(name) == value for name, value in fields.items())
    ]


def wait_for_line(server: Server, event: str, **fields: Any) -> Line:
    """The first such line, once it is there. Raises AssertionError."""
    found: list[Line] = wait_until(lambda: lines_of(server, event, **fields), what=f"a line {event} {fields}")
    return found[0]

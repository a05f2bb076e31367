"""Server-sent events, out of the octets they come in."""

import json
from collections.abc import Iterable, Iterator
from typing import Any


def events_of(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Each event as soon as it is whole. Only line feeds end lines: the words themselves hold other line ends."""
    rest = b""
    data: list[bytes] = []
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].strip())
            elif not line.strip() and data:
                yield json.loads(b"\n".join(data))
                data.clear()

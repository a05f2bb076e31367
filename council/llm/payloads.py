"""The JSON texts in the body of an answer: one per ``data:`` line, or the whole body."""

MAX_BYTES = 8 * 1024 * 1024
DONE = "[DONE]"
_FIELDS = (b"data:", b"error:")  # llama.cpp wrote "error: {…}" lines for a while.


class Overlong(Exception):
    """The server sends a line, or a body, without end."""


class Payloads:
    """Takes the body in pieces, cut anywhere, and gives out the payloads that are complete.

    Server-sent events are lines: ``data:`` with or without a space, ``\\n`` or ``\\r\\n``; comments
    (``: ping``), ``event:``, ``id:`` and blank lines carry nothing. A server that does not stream
    answers with one JSON object instead: then the payload is the whole body, as it is for a web page.
    """

    __slots__ = ("_rest", "_whole")

    def __init__(self) -> None:
        self._rest = b""
        self._whole: bool | None = None  # Open until the first visible character.

    def feed(self, data: bytes) -> list[str]:
        """Raises Overlong."""
        self._rest += data
        if len(self._rest) > MAX_BYTES:
            raise Overlong
        if self._whole is None:
            self._look()
        if self._whole is not False:
            return []
        lines = self._rest.split(b"\n")
        self._rest = lines.pop()
        return [_text(line) for line in lines if line.startswith(_FIELDS)]

    def flush(self) -> list[str]:
        """What is left when the body has ended, with or without a last line end."""
        rest, self._rest = self._rest, b""
        if self._whole:
            return [_decoded(rest)]
        return [_text(rest)] if rest.startswith(_FIELDS) else []

    def _look(self) -> None:
        first = self._rest.lstrip()[:1]
        self._whole = first in (b"{", b"<") if first else None


def _text(line: bytes) -> str:
    return _decoded(line.partition(b":")[2])


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip()

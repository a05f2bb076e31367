"""Model output without what databases, encoders and browsers refuse: lone surrogates and NUL."""

import re

REPLACEMENT = "\ufffd"
_SUSPECT = re.compile("[\0\ud800-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Cleaner:
    """Cleans a text that arrives in pieces.

    JSON writes characters beyond U+FFFF as two escapes, and a server may put a chunk's end between
    them; so half a pair at the end of a piece waits for the next piece before it is given up.
    """

    __slots__ = ("_half",)

    def __init__(self) -> None:
        self._half = ""

    def feed(self, piece: str) -> str:
        """The piece, clean; a trailing half of a pair is kept back."""
        if not self._half and not _SUSPECT.search(piece):
            return piece
        piece = self._half + piece
        self._half = ""
        if "\ud800" <= piece[-1:] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        return clean(piece)

    def flush(self) -> str:
        """What was kept back and never completed."""
        half, self._half = self._half, ""
        return REPLACEMENT if half else ""


def clean(text: str) -> str:
    """``text`` without NUL, its surrogate pairs joined, lone surrogates as U+FFFD."""
    if not _SUSPECT.search(text):
        return text
    joined = _PAIR.sub(_join, text)
    return _LONE.sub(REPLACEMENT, joined).replace("\0", "")


def _join(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")

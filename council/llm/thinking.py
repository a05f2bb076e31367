"""Where a model that thinks aloud stops thinking: ``<think>…</think>`` told apart from the answer."""

from collections.abc import Callable, Iterator

OPEN = "<think>"
CLOSE = "</think>"

Piece = tuple[str, bool]
"""A piece of text and whether it is thinking."""


class ThinkSplitter:
    """Splits a text that arrives in pieces, cut anywhere, into thinking and answer.

    Only blocks that stand *before* the answer's first word are thinking (several in a row are; some
    models write two). Later on ``<think>`` is just text: members review code and prompts that
    contain it, and a word of an answer that vanishes is worse than a thought that shows. White space
    round the blocks belongs to neither, so an empty block leaves no trace.
    """

    __slots__ = ("_kept", "_saw_block", "_step", "in_answer")

    def __init__(self) -> None:
        self.in_answer = False  # From here on every piece is answer: callers may skip feed().
        self._kept = ""
        self._saw_block = False
        self._step: Callable[[], Piece | None] | None = self._look_for_open

    def feed(self, text: str) -> Iterator[Piece]:
        """The pieces that ``text`` completes. What could still become a tag is kept back."""
        self._kept += text
        before = None
        while self._step and self._step != before:
            before = self._step
            if piece := self._step():
                yield piece
        if self.in_answer and self._kept:
            yield self._take(len(self._kept)), False

    def flush(self) -> Iterator[Piece]:
        """What was kept back when the text ended."""
        if self._kept:
            yield self._take(len(self._kept)), self._step == self._look_for_close

    # The steps, one for each place one can be in; each returns a finished piece, or None.

    def _look_for_open(self) -> Piece | None:
        start = self._kept.lstrip()
        if self._saw_block:
            self._kept = start
        if start.startswith(OPEN):
            self._kept = start[len(OPEN) :]
            self._saw_block = True
            self._step = self._skip_space
        elif not OPEN.startswith(start):
            self.in_answer = True
            self._step = None
        return None

    def _skip_space(self) -> Piece | None:
        self._kept = self._kept.lstrip()
        if self._kept:
            self._step = self._look_for_close
        return None

    def _look_for_close(self) -> Piece | None:
        end = self._kept.find(CLOSE)
        if end < 0:
            ready = len(self._kept) - _overlap(self._kept, CLOSE)
            return (self._take(ready), True) if ready else None
        thought = self._take(end)
        self._kept = self._kept[len(CLOSE) :]
        self._step = self._look_for_open
        return (thought, True) if thought else None

    def _take(self, length: int) -> str:
        taken, self._kept = self._kept[:length], self._kept[length:]
        return taken


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of ``text`` could be the beginning of ``tag``."""
    for length in range(min(len(text), len(tag) - 1), 0, -1):
        if tag.startswith(text[-length:]):
            return length
    return 0

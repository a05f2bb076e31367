"""What decides where a meeting runs."""

from collections.abc import Callable
from typing import Protocol


class Dispatch(Protocol):
    """Carries the word that a meeting wants to run. It may come twice or not at all: the lease is the truth."""

    def start(self, run: Callable[[str], None]) -> None:
        """From now on, ``run(session_id)`` is called for what is submitted. It blocks while the meeting runs."""

    def submit(self, session_id: str) -> None: ...

    def close(self) -> None:
        """Begin nothing more, and wait for what runs."""

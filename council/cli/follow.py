"""A meeting's log from its beginning, or from where one was, across cuts of the connection."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from council.cli.ctrl_c import CtrlC
from council.cli.failure import Rewritten, Unreachable
from council.cli.server import Server
from council.cli.stream import events_of

Data = dict[str, Any]

BACK_OFF_SECONDS = (1, 2, 4, 8, 16)


@dataclass(frozen=True, slots=True)
class Notice:
    """What became of the connection. ``anew``: the log is another one, all that was shown is told again."""

    kind: Literal["lost", "recovered", "anew"]
    text: str


class Follower:
    """Each event once and in order. Interrupted, it may be asked for more: it goes on where it was."""

    def __init__(self, server: Server, snapshot: Data, ctrl_c: CtrlC) -> None:
        self._server = server
        self._session_id = str(snapshot["session_id"])
        self._ctrl_c = ctrl_c
        self._epoch = snapshot["epoch"]
        self._lost = False
        self._failures = 0
        self.last = 0
        self.newest = int(snapshot["seq"])  # How far the log was when we last connected.

    @property
    def has_all(self) -> bool:
        """Everything was told that had happened when the connection was made."""
        return self.last >= self.newest

    def items(self) -> Iterator[Data | Notice]:
        """Events and notices, without an end. Raises Refused, and KeyboardInterrupt while it waits."""
        while True:
            try:
                if self._lost:
                    yield self._look_again()
                yield from self._stream()
                problem = "The server ended the stream."
            except Rewritten:
                self._lost = True
                continue
            except Unreachable as lost:
                problem = lost.message
            self._lost = True
            yield Notice("lost", f"{problem} {self._prospect()}")
            self._ctrl_c.sleep(self._pause_seconds())
            self._failures += 1

    def _look_again(self) -> Notice:
        """Whether the log is still the same, and goes on where we left off."""
        snapshot = self._server.session(self._session_id)
        same = snapshot["epoch"] == self._epoch and snapshot["seq"] >= self.last
        self._epoch, self.newest, self._lost = snapshot["epoch"], int(snapshot["seq"]), False
        if same:
            return Notice("recovered", f"Connected again, with all that was missed after event {self.last}.")
        self.last = 0
        return Notice("anew", "The log was rewritten meanwhile: the meeting is told anew.")

    def _stream(self) -> Iterator[Data]:
        with self._server.listen(self._session_id, self.last, self._epoch) as octets:
            for event in events_of(self._ctrl_c.each(octets)):
                seq = event["seq"]
                if seq > self.last + 1:
                    return  # Something is missing. The store has it.
                if seq == self.last + 1:
                    self.last, self._failures = seq, 0
                    yield event

    def _prospect(self) -> str:
        return "It does not come back so far; still trying." if self._failures >= 5 else "Trying again."

    def _pause_seconds(self) -> float:
        longest = BACK_OFF_SECONDS[min(self._failures, len(BACK_OFF_SECONDS) - 1)]
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  # Not a secret: who was cut together comes back apart.

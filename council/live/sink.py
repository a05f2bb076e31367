"""Where one client's frames go: what the client needs of a connection."""

from typing import Protocol

from council.clock import Deadline


class Outlet(Protocol):
    """What the reader of a connection says goes through here, in order with everything else that is sent."""

    @property
    def closing(self) -> bool: ...

    def send_control(self, frame: bytes) -> None: ...

    def close(self, code: int, reason: str = "") -> None: ...

    def join(self) -> None: ...


class Sink(Protocol):
    """The sending half of a connection. Only who has the right to write may send; anybody may abort."""

    def attach(self, outlet: Outlet) -> None:
        """From now on pongs and close replies go through ``outlet``."""

    def send_nowait(self, data: bytes) -> int:
        """Send what fits at once; how much was it? Never blocks. Raises OSError when it is broken."""

    def send_all(self, data: bytes | memoryview, deadline: Deadline) -> None:
        """Send everything. Raises OSError (TimeoutError after ``deadline``); then only ``abort`` is left."""

    def wait_unread(self, deadline: Deadline) -> bool:
        """Wait until nobody reads any more, because the peer closed or the reader went away."""

    def stop_reading(self) -> None:
        """The reader went away. Any thread."""

    def abort(self) -> None:
        """End it now and free whoever is blocked in it. Any thread, any number of times."""

    def release(self) -> None:
        """Nobody will send again: give back what sending needed."""

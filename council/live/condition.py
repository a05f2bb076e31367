"""How one listener is, or was when it left: what logs and metrics tell of it."""

from dataclasses import dataclass

ABNORMAL = 1006  # RFC 6455: it ended without a close frame.
EVICTED = frozenset({"slow", "stalled"})  # Let go of because it took too little.


@dataclass(frozen=True, slots=True)
class Condition:
    """``kind`` is ``socket`` or ``stream``; ``code`` and ``reason`` say how it ended, once it has."""

    kind: str
    code: int
    reason: str
    frames: int
    octets: int
    queued: int  # Batches.
    lag: int  # Events it has to read from the store.

    @property
    def evicted(self) -> bool:
        return self.reason in EVICTED

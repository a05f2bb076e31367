"""How a meeting went, for a player: what showed how much at which moment, in numbers."""

import json
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

STEP_MS = 40  # Pieces of one message that come closer together are one step: nobody sees them apart.
WHOLE = -1  # All of it, and as it was set.
RESULT = -2  # What came of it, too.
GONE = -3  # The turn was taken again.


@dataclass(slots=True)
class Recording:
    """``steps`` are [milliseconds since the start, which of ``keys``, how many characters or one of the above]."""

    began_ms: int = 0
    keys: list[str] = field(default_factory=list)
    steps: list[list[int]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {"began": self.began_ms, "keys": self.keys, "steps": self.steps, "texts": self.texts}


def recording_of(envelopes: Iterable[bytes], texts: dict[str, str]) -> Recording:
    """The recording of a log; ``texts`` are the messages as they ended, by their ids."""
    scribe = _Scribe(texts)
    for envelope in envelopes:
        scribe.hear(json.loads(envelope))
    return scribe.close()


class _Scribe:
    """Hears one event after the other. ``_said`` counts code points, as offsets do."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._recording = Recording()
        self._texts = dict(texts)
        self._verdict: list[int] | None = None  # Each round has one; the last one is the meeting's.
        self._places: dict[str, int] = {}
        self._latest: dict[str, list[int]] = {}  # The last step of each message that is being said.
        self._said: dict[str, int] = {}
        self._streamed: dict[str, list[str]] = {}  # Of messages that have no text in the end.

    def hear(self, event: dict[str, Any]) -> None:
        at = _milliseconds(event["timestamp"])
        if not self._recording.began_ms:
            self._recording.began_ms = at
        after = max(0, at - self._recording.began_ms)
        data, seq = event["data"], event["seq"]
        match event["event"]:
            case "token_stream":
                self._grow(after, data)
            case "message_completed" | "user_message":
                self._finish(after, data["message_id"])
            case "message_discarded":
                self._show(after, data["message_id"], GONE)
            case "ballot_opened":
                self._show(after, data["ballot_id"], WHOLE)
            case "ballot_closed":
                self._show(after, data["ballot_id"], RESULT)
            case "human_interaction_required":
                self._show(after, data["review_id"], WHOLE)
            case "node_resumed":
                self._show(after, data["review_id"], RESULT)
            case "fact_check":
                self._show(after, f"facts-{seq}", WHOLE)
            case "tool_execution":
                self._show(after, f"tool-{seq}", WHOLE)
            case "file_written":
                self._show(after, f"file-{seq}", WHOLE)
            case "round_closed":
                self._show(after, f"round-{seq}", WHOLE)
            case "memory_retrieved":
                self._show(after, f"memory-{seq}", WHOLE)
            case "error":
                self._show(after, f"fault-{seq}", WHOLE)
            case "verdict":
                self._verdict = [after, self._place("verdict"), WHOLE]

    def close(self) -> Recording:
        recording = self._recording
        for message_id, pieces in self._streamed.items():
            self._texts[message_id] = "".join(pieces)
        recording.texts = {message_id: self._texts[message_id] for message_id in self._said}
        recording.steps.extend([self._verdict] if self._verdict else [])
        recording.steps.sort(key=lambda step: step[0])
        for key, text in recording.texts.items():
            _count_as_scripts_do(recording.steps, self._places[key], text)
        return recording

    def _grow(self, after: int, data: dict[str, Any]) -> None:
        message_id = data["message_id"]
        if data["is_thinking"]:
            if message_id not in self._latest:
                self._latest[message_id] = self._show(after, message_id, 0)
            return
        if not self._texts.get(message_id):
            self._streamed.setdefault(message_id, []).append(data["chunk"])
        length = self._said[message_id] = data["offset"] + len(data["chunk"])
        latest = self._latest.get(message_id)
        if latest and latest[2] and after - latest[0] < STEP_MS:
            latest[2] = length
        else:
            self._latest[message_id] = self._show(after, message_id, length)

    def _finish(self, after: int, message_id: str) -> None:
        self._latest.pop(message_id, None)
        self._show(after, message_id, WHOLE)

    def _show(self, after: int, key: str, how_much: int) -> list[int]:
        step = [after, self._place(key), how_much]
        self._recording.steps.append(step)
        return step

    def _place(self, key: str) -> int:
        if key not in self._places:
            self._places[key] = len(self._recording.keys)
            self._recording.keys.append(key)
        return self._places[key]


def _count_as_scripts_do(steps: list[list[int]], place: int, text: str) -> None:
    """Lengths in UTF-16 units, in which a character beyond the first 65,536 is two."""
    wide = [at for at, character in enumerate(text) if ord(character) > 0xFFFF]
    if wide:
        for step in steps:
            if step[1] == place and step[2] > 0:
                step[2] += bisect_left(wide, step[2])


def _milliseconds(timestamp: str) -> int:
    return round(datetime.fromisoformat(timestamp).timestamp() * 1000)

"""The debate every orchestrator is measured with: two members in parallel, a judge, a report.

The plan comes as JSON in ``BENCH_PLAN``. The orchestrator says ``{"ready": true}``, hears ``go``, holds
``debates`` of them at once and answers with its figures. Every chunk goes to one viewer per debate: a
process of its own that reads WebSocket frames from a socket. Imports nothing but the standard library.
"""

import json
import os
import re
import resource
import selectors
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MEMBERS = ("affirmative", "negative")
SUBJECT = "Should the town build a bridge or a tunnel?"
REHEARSAL = "fake-n50-r0"
STAMP = re.compile(rb" t=(\d+)")


@dataclass(frozen=True, slots=True)
class Plan:
    base_url: str
    model: str
    debates: int
    viewer_core: int


def read_plan() -> Plan:
    return Plan(**json.loads(os.environ["BENCH_PLAN"]))


def opening(member: str) -> list[dict[str, str]]:
    return [
        {"role": "system", "content": f"You are the {member} side of a debate."},
        {"role": "user", "content": SUBJECT},
    ]


def judging(texts: list[str]) -> list[dict[str, str]]:
    opinions = "\n\n".join(texts)
    return [
        {"role": "system", "content": "You are the judge. Decide."},
        {"role": "user", "content": f"{SUBJECT}\n\n{opinions}"},
    ]


def reporting(texts: list[str], ruling: str) -> list[dict[str, str]]:
    return [
        *judging(texts),
        {"role": "assistant", "content": ruling},
        {"role": "user", "content": "Write the report."},
    ]


# The viewer


class Viewer:
    """One debate's audience: frames each chunk as JSON in a WebSocket message and sends it."""

    def __init__(self, session_id: str, peer: socket.socket) -> None:
        self._session_id = session_id
        self._socket = peer
        self._lock = threading.Lock()  # Guards _socket and _seq: members speak in parallel.
        self._seq = 0

    def show(self, node_id: str, chunk: str) -> None:
        with self._lock:
            self._seq += 1
            event = {
                "event": "token_stream",
                "session_id": self._session_id,
                "node_id": node_id,
                "seq": self._seq,
                "timestamp": time.time(),
                "data": {"node_id": node_id, "chunk": chunk},
            }
            self._socket.sendall(frame(json.dumps(event).encode()))


def frame(payload: bytes) -> bytes:
    if len(payload) < 126:
        return b"\x81" + bytes([len(payload)]) + payload
    return struct.pack("!BBH", 0x81, 126, len(payload)) + payload


class Audience:
    """The process behind all viewers: notes how long each stamped chunk was on its way."""

    def __init__(self, plan: Plan) -> None:
        pairs = [socket.socketpair() for _ in range(plan.debates)]
        self._result, write_result = os.pipe()
        if os.fork() == 0:
            os.sched_setaffinity(0, {plan.viewer_core})
            for ours, _ in pairs:
                ours.close()
            os.write(write_result, json.dumps(watch([theirs for _, theirs in pairs])).encode())
            os._exit(0)
        os.close(write_result)
        self.viewers = [Viewer(f"debate-{number}", ours) for number, (ours, _) in enumerate(pairs)]
        for _, theirs in pairs:
            theirs.close()

    def leave(self) -> dict[str, float]:
        """Closes the sockets and returns what the process saw."""
        for viewer in self.viewers:
            viewer._socket.close()
        with os.fdopen(self._result) as result:
            return json.loads(result.read())


def watch(sockets: list[socket.socket]) -> dict[str, float]:
    latencies: list[int] = []
    chunks = 0
    with selectors.DefaultSelector() as selector:
        for watched in sockets:
            selector.register(watched, selectors.EVENT_READ, bytearray())
        while selector.get_map():
            for key, _ in selector.select():
                received = key.fileobj.recv(1 << 18)
                if not received:
                    selector.unregister(key.fileobj)
                    continue
                now = time.monotonic_ns() // 1000
                text, rest = _whole_frames(key.data + received)
                key.data[:] = rest
                chunks += text.count(b'"chunk"')
                latencies += [now - int(stamp) for stamp in STAMP.findall(text)]
    latencies.sort()
    if not latencies:
        return {"chunks": chunks}
    return {
        "chunks": chunks,
        "p50_us": latencies[len(latencies) // 2],
        "p99_us": latencies[int(len(latencies) * 0.99)],
    }


def _whole_frames(octets: bytes) -> tuple[bytes, bytes]:
    """The complete frames, and the rest."""
    end = 0
    while len(octets) >= end + 4:
        length = octets[end + 1] & 0x7F
        frame_length = length + 2 if length < 126 else int.from_bytes(octets[end + 2 : end + 4]) + 4
        if len(octets) < end + frame_length:
            break
        end += frame_length
    return octets[:end], octets[end:]


# The run


Hold = Callable[[list[Viewer], str], None]  # Holds one debate per viewer, with this model.


def obey(plan: Plan, hold: Hold) -> None:
    """Rehearses once, waits for ``go``, holds the debates and says what they took."""
    warm = Audience(plan)
    hold(warm.viewers[:1], REHEARSAL)
    warm.leave()
    audience = Audience(plan)
    say({"ready": True, "start_cpu_seconds": cpu_seconds()})
    sys.stdin.readline()
    cpu, started = cpu_seconds(), time.monotonic()
    hold(audience.viewers, plan.model)
    taken = {"cpu_seconds": cpu_seconds() - cpu, "seconds": time.monotonic() - started}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(taken | audience.leave() | {"peak_mb": peak_mb})


def start_of(number: int, plan: Plan) -> float:
    """Debates start spread over a second, as people's do."""
    return number / plan.debates if plan.debates > 1 else 0.0


def on_threads(plan: Plan, debate: Callable[[Viewer, str], None]) -> Hold:
    """Each debate on a thread of its own."""

    def hold(viewers: list[Viewer], model: str) -> None:
        threads = [
            threading.Timer(start_of(number, plan), debate, (viewer, model))
            for number, viewer in enumerate(viewers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return hold


def say(message: dict) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

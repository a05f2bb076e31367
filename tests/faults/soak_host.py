"""A place where meetings are held, one after another, while things go wrong: viewers, remarks, answers, a check."""

import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import httpx2

from council.clock import Deadline
from tests.faults.test_people import NODES
from tests.support import invariants
from tests.support.meetings import graph_of
from tests.support.server import Server
from tests.support.viewer import FINAL_EVENTS, Viewer, check_viewers, read_log
from tests.support.waiting import wait_until

PATIENCE_SECONDS = 120.0
REVIEWED = {"template_id": "reviewed", "name": "Reviewed", "graph": graph_of(NODES).model_dump(mode="json")}


@dataclass(slots=True)
class Tally:
    """What was done and found at one place."""

    meetings: int = 0
    events: int = 0
    connections: int = 0
    commands: int = 0
    endings: Counter[int] = field(default_factory=Counter)
    broken: dict[int, list[str]] = field(default_factory=dict)  # What did not hold, by invariant.


class Host:
    """A thread that holds meetings until the event is set; the last one is held to its end."""

    def __init__(self, number: int, seed: int, server: Server, port: int, viewers: int, over: Event) -> None:
        self.tally = Tally()
        self._number = number
        self._chance = random.Random(f"{seed}-{number}")
        self._server = server
        self._port = port  # Where viewers connect: the bad network.
        self._viewers = viewers
        self._over = over
        self._sent: dict[str, bool] = {}  # Remarks of this meeting, and whether they were accepted.
        self._thread = Thread(target=self._run, name=f"host-{number}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(2 * PATIENCE_SECONDS)
        if self._thread.is_alive():
            self._blame(4, "a meeting has no end")

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._hold(str(uuid.UUID(int=self._chance.getrandbits(128), version=4)))
            except Exception as problem:  # top of the host's thread
                self._blame(4, f"{type(problem).__name__}: {problem}")

    def _hold(self, session_id: str) -> None:
        reviewed = self._number % 3 == 0
        template_id = "reviewed" if reviewed else "council_debate"
        body = {"template_id": template_id, "session_id": session_id, "subject": f"Shall we? {session_id}"}
        self._patiently("/api/v1/sessions", body)
        self._sent = {}
        viewers: list[Viewer] = []
        try:
            self._watch(viewers, session_id, (self._viewers + 1) // 2)
            self._remark(session_id)
            if reviewed:
                self._answer(viewers[0], session_id)
            self._watch(viewers, session_id, self._viewers - len(viewers))  # They come late.
            self._remark(session_id)
            wait_until(lambda: over(viewers[0]), PATIENCE_SECONDS, what=f"the end of {session_id}")
            self._check(viewers, session_id)
        finally:
            for viewer in viewers:
                viewer.close()
                self.tally.connections += viewer.connections
                self.tally.endings.update(viewer.endings)

    def _watch(self, viewers: list[Viewer], session_id: str, count: int) -> None:
        for _ in range(count):
            viewers.append(
                Viewer(self._port, session_id, name=f"{self._number}-{len(viewers)}", dead_seconds=5)
            )

    def _remark(self, session_id: str) -> None:
        """Say something after a while, each time with the same id; perhaps the meeting is over by then."""
        self._over.wait(self._chance.uniform(0, 3))
        content = f"Remark {len(self._sent)} to {session_id}"
        path = f"/api/v1/sessions/{session_id}/input"
        answers = [self._patiently(path, {"content": content}, key=content[:60]) for _ in range(2)]
        self._sent[content] = answers[0].is_success
        if answers[0].is_success and answers[0].json() != answers[1].json():
            self._blame(10, f"two answers to one command: {answers[0].text} {answers[1].text}")

    def _answer(self, viewer: Viewer, session_id: str) -> None:
        """Approve what waits for a person, twice with the same id."""
        viewer.wait_for("human_interaction_required", PATIENCE_SECONDS)
        path = f"/api/v1/sessions/{session_id}/review"
        body = {"node_id": "review", "action": "approve", "data": {"feedback": "Go on."}}
        for _ in range(2):
            answer = self._patiently(path, body, key=f"approve-{session_id}")
            if not answer.is_success:
                self._blame(10, f"an approval was refused: {answer.text}")

    def _patiently(self, path: str, body: object, *, key: str | None = None) -> httpx2.Response:
        """Send it until the server can answer: the same again, as a client does. Raises AssertionError."""
        headers = {} if key is None else {"Idempotency-Key": key}
        deadline = Deadline(PATIENCE_SECONDS)
        while not deadline.passed():
            try:
                answer = self._server.post(path, body, headers=headers)
            except httpx2.HTTPError:
                Event().wait(0.2)
                continue
            if answer.status_code < 500:
                self.tally.commands += 1
                return answer
            Event().wait(0.2)
        raise AssertionError(f"no answer to {path}")

    # Afterwards

    def _check(self, viewers: list[Viewer], session_id: str) -> None:
        log = self._read(lambda: read_log(self._server.get, session_id))
        snapshot = self._read(lambda: self._server.get(f"/api/v1/sessions/{session_id}"))
        self._ask(3, lambda: invariants.check_snapshot(snapshot, invariants.fold(log)))
        for viewer in viewers:
            self._ask(1, lambda viewer=viewer: viewer.wait_for_seq(len(log), PATIENCE_SECONDS))
            self._ask(1, lambda viewer=viewer: check_viewers([viewer], log))
        self._check_commands(log)
        self.tally.meetings += 1
        self.tally.events += len(log)

    def _check_commands(self, log: list[dict[str, Any]]) -> None:
        said = Counter(e["data"]["content"] for e in log if e["event"] == "user_message")
        for content, accepted in self._sent.items():
            if said[content] != int(accepted):
                self._blame(10, f"{content}: accepted {accepted}, and {said[content]} times in the log")
        approved = sum(e["event"] == "node_resumed" for e in log)
        if approved != (1 if self._number % 3 == 0 else 0):
            self._blame(10, f"one approval, and {approved} in the log")

    def _read(self, read: Callable[[], Any]) -> Any:
        """What the server says, as soon as there is one."""

        def once() -> Any:
            try:
                return read()
            except httpx2.HTTPError:
                return None

        return wait_until(once, PATIENCE_SECONDS, what="an answer")

    def _ask(self, number: int, check: Callable[[], object]) -> None:
        try:
            check()
        except AssertionError as problem:
            self._blame(number, str(problem))

    def _blame(self, number: int, what: str) -> None:
        self.tally.broken.setdefault(number, []).append(what[:500])


def over(viewer: Viewer) -> bool:
    return any(viewer.saw(event) for event in FINAL_EVENTS)

"""Meetings held in this process: start one, command it, wait for it, read its log."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from council.commands import (
    PauseSession,
    ResumeSession,
    ReviewData,
    StartSession,
    StopSession,
    SubmitReview,
    UserInput,
)
from council.events import session_channel
from council.meeting.graph import Graph, Node, Template
from council.parts import Parts
from tests.support.model_server import Answer, Reply
from tests.support.waiting import wait_until

FINAL = ("completed", "failed", "cancelled")
SPEAKERS = {
    "You are the Value Defender": "value_defender",
    "You are the Risk Auditor": "risk_auditor",
    "You are the System Surgeon": "system_surgeon",
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """One session of a Council in this process."""

    parts: Parts
    session_id: str

    # Commands

    def pause(self, *, mode: str = "now", command_id: str | None = None) -> dict[str, Any]:
        command = PauseSession(session_id=self.session_id, mode=mode)  # type: ignore[arg-type]
        return self.parts.control.apply(command, command_id=command_id)

    def resume(self, *, command_id: str | None = None) -> dict[str, Any]:
        return self.parts.control.apply(ResumeSession(session_id=self.session_id), command_id=command_id)

    def stop(self, *, command_id: str | None = None) -> dict[str, Any]:
        return self.parts.control.apply(StopSession(session_id=self.session_id), command_id=command_id)

    def say(self, content: str, *, command_id: str | None = None) -> dict[str, Any]:
        command = UserInput(session_id=self.session_id, content=content)
        return self.parts.control.apply(command, command_id=command_id)

    def review(
        self, node_id: str, action: str, *, command_id: str | None = None, **data: Any
    ) -> dict[str, Any]:
        """Decide at a waiting node; ``data`` are feedback, content, path and version."""
        command = SubmitReview(
            session_id=self.session_id,
            node_id=node_id,
            action=action,  # type: ignore[arg-type]
            data=ReviewData(**data),
        )
        return self.parts.control.apply(command, command_id=command_id)

    def answer(self, node_id: str, content: str, *, command_id: str | None = None) -> dict[str, Any]:
        """Answer a waiting node's question, or vote there."""
        command = UserInput(session_id=self.session_id, node_id=node_id, content=content)
        return self.parts.control.apply(command, command_id=command_id)

    def stop_member(self, node_id: str, *, command_id: str | None = None) -> dict[str, Any]:
        """Stop whoever is speaking at this node, and nobody else."""
        command = StopSession(session_id=self.session_id, node_id=node_id)
        return self.parts.control.apply(command, command_id=command_id)

    def at(self, parts: Parts) -> "Meeting":
        """The same meeting, as another Council on the same database sees it."""
        return Meeting(parts, self.session_id)

    # What it looks like

    @property
    def snapshot(self) -> dict[str, Any]:
        return self.parts.archive.snapshot(self.session_id)

    @property
    def status(self) -> str:
        return str(self.snapshot["status"])

    @property
    def events(self) -> list[dict[str, Any]]:
        """The whole log, decoded."""
        found = self.parts.archive.events(session_channel(self.session_id), 0, 1_000_000)
        return [json.loads(envelope) for _seq, envelope in found]

    def named(self, *names: str, node_id: str | None = None) -> list[dict[str, Any]]:
        """The ``data`` of all events of these kinds, in order; of one node only, when it is given."""
        return [
            event["data"]
            for event in self.events
            if event["event"] in names and node_id in (None, event["node_id"])
        ]

    def messages(self, node_id: str | None = None) -> list[dict[str, Any]]:
        return [m for m in self.snapshot["messages"] if node_id in (None, m["node_id"])]

    # Waiting

    def wait_for(self, *statuses: str, timeout: float = 60.0) -> dict[str, Any]:
        """Its snapshot, once it has one of these statuses. Raises AssertionError."""

        def reached() -> dict[str, Any] | None:
            found = self.snapshot
            return found if found["status"] in statuses else None

        found = wait_until(reached, timeout, what=f"status {' or '.join(statuses)}")
        assert found is not None
        return found

    def wait_for_end(self, timeout: float = 60.0) -> dict[str, Any]:
        return self.wait_for(*FINAL, timeout=timeout)

    def wait_for_event(
        self, name: str, where: Callable[[dict[str, Any]], bool] = lambda data: True, count: int = 1
    ) -> list[dict[str, Any]]:
        """All such events' ``data``, once there are that many. Raises AssertionError."""

        def found() -> list[dict[str, Any]] | None:
            matching = [data for data in self.named(name) if where(data)]
            return matching if len(matching) >= count else None

        matching = wait_until(found, what=f"{count} x {name}")
        assert matching is not None
        return matching

    def wait_until_asked(self, node_id: str, round: int = 1) -> dict[str, Any]:
        """The question that this node waits for a person with, once it does."""

        def asked() -> dict[str, Any] | None:
            found = [one for one in self.snapshot["reviews"] if one["open"] and one["node_id"] == node_id]
            return next((one for one in found if one["round"] == round), None)

        found = wait_until(asked, what=f"a question at {node_id}")
        assert found is not None
        return found

    def wait_until_left(self) -> None:
        """Until nobody holds it: its thread was given back."""
        wait_until(lambda: owner_of(self.parts, self.session_id) is None, what="a meeting without an owner")


def start(
    parts: Parts, template_id: str = "council_debate", *, session_id: str | None = None, **fields: Any
) -> Meeting:
    """Start a meeting as a client does; ``fields`` are the command's."""
    session_id = session_id or str(uuid.uuid4())
    given = {"subject": "Shall we move to a four-day week?"} | fields
    parts.control.apply(StartSession(template_id=template_id, session_id=session_id, **given))
    return Meeting(parts, session_id)


def owner_of(parts: Parts, session_id: str) -> str | None:
    """Who holds the meeting's lease."""
    import sqlalchemy as sa

    with parts.store.read() as connection:
        query = sa.text("SELECT owner FROM sessions WHERE session_id = :id")
        owner: str | None = connection.scalar(query, {"id": session_id})
        return owner


# Templates of a test's own


def graph_of(nodes: dict[str, dict[str, Any]]) -> Graph:
    """A graph as in the YAML files: ``{"start": {"type": "start", "next_ids": ["a"]}, ...}``; names may be left out."""
    made = {n: Node(**({"node_id": n, "name": n} | node)) for n, node in nodes.items()}
    return Graph(start_node_id="start", nodes=made)


def add_template(parts: Parts, template_id: str, nodes: dict[str, dict[str, Any]]) -> str:
    """Put a template into a Council's library; its id."""
    parts.library.templates[template_id] = Template(
        template_id=template_id, name=template_id, graph=graph_of(nodes)
    )
    return template_id


def member(*next_ids: str, agent_id: str = "value_defender", **properties: Any) -> dict[str, Any]:
    """A node at which an agent speaks."""
    return {"type": "agent", "next_ids": list(next_ids), "properties": {"agent_id": agent_id} | properties}


SOLO: dict[str, dict[str, Any]] = {
    "start": {"type": "start", "next_ids": ["solo"]},
    "solo": member("end"),
    "end": {"type": "end"},
}
"""One member, and a record without a report."""


# What a scripted model says


def speaker_of(request: dict[str, Any]) -> str:
    """Who is asked: an agent's id; of the Chief Justice's two tasks ``chair`` or ``report``."""
    system, user = (message["content"] for message in request["messages"][:2])
    if "You are the Chief Justice" in system:
        return "report" if "Write the report" in user else "chair"
    return next((agent for words, agent in SPEAKERS.items() if words in system), "nobody")


def ruling(
    strategic: object = 80, practical: object = 70, consistency: object = 60, *, word: object = "refine"
) -> str:
    """A chair's words with a block that can be read."""
    block = {
        "score": {
            "strategic_alignment": strategic,
            "practical_value": practical,
            "logical_consistency": consistency,
        },
        "verdict": word,
        "disputes": [{"claim": "It saves money.", "evidence": "[Ref: L1]"}],
        "orders": ["Add a pilot."],
    }
    return f"The defender is right on cost.\n\n```json\n{json.dumps(block)}\n```"


def debater(request: dict[str, Any]) -> Answer:
    """A responder that plays every part of the debate."""
    texts = {
        "value_defender": "In favour, because of the people.",
        "risk_auditor": "Against, because of the money.",
        "chair": ruling(),
        "report": "The council met and ruled.",
    }
    return Reply(texts.get(speaker_of(request), "Something else."))

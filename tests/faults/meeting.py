"""A meeting whose words are the test's, and what one asks about it afterwards."""

import json
import sqlite3
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from tests.support.model_server import Answer, Reply, ScriptedModelServer
from tests.support.server import Server

SPEAKERS = ("affirmative", "negative", "adjudicator", "end")
RULING = """
```json
{"score": {"strategic_alignment": 80, "practical_value": 70, "logical_consistency": 60},
 "verdict": "improve", "disputes": [], "orders": ["Measure it."]}
```"""


def speaker_of(request: dict[str, Any]) -> str:
    """The node that asks: each has its own persona or its own task."""
    system, user = (message["content"] for message in request["messages"])
    if "You are the Value Defender" in system:
        return "affirmative"
    if "You are the Risk Auditor" in system:
        return "negative"
    return "end" if "Write the report" in user else "adjudicator"


def asked(model: ScriptedModelServer, session_id: str) -> Counter[str]:
    """How often each node's question came to the model."""
    return Counter(speaker_of(r) for r in model.requests if session_id in r["messages"][1]["content"])


class Script:
    """A model server's answers: one text for each speaker, in pieces that take their time."""

    def __init__(self, *, pieces: int = 20, delay_seconds: float = 0.02) -> None:
        self.pieces = pieces
        self.delay_seconds = delay_seconds

    def __call__(self, request: dict[str, Any]) -> Answer:
        return Reply(self.text_of(speaker_of(request)), chunk_size=10, delay_seconds=self.delay_seconds)

    def text_of(self, speaker: str) -> str:
        words = f"{speaker} – “说” 🙂 "
        text = (words * self.pieces)[: self.pieces * 10]
        return text + RULING if speaker == "adjudicator" else text


def start_meeting(server: Server) -> str:
    """Start a debate; its session_id, which every question to the model holds."""
    session_id = str(uuid.uuid4())
    body = {"template_id": "council_debate", "session_id": session_id, "subject": f"Shall we? {session_id}"}
    answer = server.post("/api/v1/sessions", body)
    assert answer.status_code == 202, answer.text
    return session_id


def status_of(server: Server, session_id: str) -> str:
    status: str = server.get(f"/api/v1/sessions/{session_id}")["status"]
    return status


def running_nodes(data_dir: Path, session_id: str) -> set[str]:
    """The nodes that were in the middle of their turn, read while no server runs."""
    with sqlite3.connect(data_dir / "council.db") as connection:
        query = "SELECT node_statuses FROM sessions WHERE session_id = ?"
        (raw,) = connection.execute(query, (session_id,)).fetchone()
    connection.close()
    return {node_id for node_id, status in json.loads(raw).items() if status == "running"}


def worker_of(server: Server) -> int:
    """The process id of gunicorn's worker."""
    assert server.process is not None
    master = server.process.pid
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(worker)

"""A run that another process has taken over leaves nobody behind who still speaks for it."""

import threading
from typing import Any

from tests.engine.conftest import MakeCouncil
from tests.engine.test_recovery import row_of, set_row
from tests.support.meetings import add_template, member, speaker_of, start
from tests.support.model_server import Answer, Failure, Reply, ScriptedModelServer
from tests.support.waiting import wait_until

NODES: dict[str, dict[str, Any]] = {
    "start": {"type": "start", "next_ids": ["one", "two"]},
    "one": member("end"),
    "two": member("end", agent_id="risk_auditor", retries=0),
    "end": {"type": "end"},
}


def test_the_others_calls_end_when_the_run_finds_out(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """A member's failure cannot be written down any more: the call that another member waits for ends, too."""
    go, stay = threading.Event(), threading.Event()

    def respond(request: dict[str, Any]) -> Answer:
        if speaker_of(request) == "risk_auditor":
            assert go.wait(60)
            return Failure(400, "no")
        stay.wait(60)
        return Reply("Words.")

    model.responder = respond
    parts = council()
    parts.journal._on_fenced = lambda session_id, fence: None  # The word comes too late.
    meeting = start(parts, add_template(parts, "fenced", NODES))
    wait_until(lambda: len(model.requests) == 2, what="two who are asked")
    row = row_of(parts.store, meeting.session_id)
    set_row(parts.store, meeting.session_id, fence=row["fence"] + 1, owner="another", lease_until=10**12)
    go.set()
    prefix = f"node-{meeting.session_id[:8]}"

    def speaking() -> list[str]:
        return [each.name for each in threading.enumerate() if each.name.startswith(prefix)]

    try:
        wait_until(lambda: parts.supervisor.gate(meeting.session_id) is None, what="a run that is over")
        assert speaking() == []
    finally:
        stay.set()

"""The JSON export: nothing is missing, and the meeting can be played again from it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from council.export.record import FORMAT, VERSION
from tests.export.conftest import Hold, export
from tests.support.meetings import ruling
from tests.support.panel import Panel

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
MEETINGS = {
    "deliberate_and_vote": (Panel(stances={"member_a": ("against", "for")}, votes={"member_d": "no"}), ()),
    "council_optimize": (
        Panel(rulings=(ruling(60, 60, 60), ruling(95, 95, 95, word="pass"))),
        ("continue", "skip"),
    ),
    "quick_decision": (Panel(claims=("supporter is for, time 1",)), ("approve",)),
}


def test_its_parts(hold: Hold) -> None:
    """It says which format it is, and has the snapshot, every version of every file, and the log without a hole."""
    meeting = hold("council_optimize", *MEETINGS["council_optimize"])
    found = json.loads(export(meeting, "json"))
    assert list(found) == ["format", "version", "exported_at", "session", "files", "events"]
    assert (found["format"], found["version"]) == (FORMAT, VERSION)
    assert found["session"] == meeting.snapshot
    assert found["events"] == meeting.events
    assert [event["seq"] for event in found["events"]] == list(range(1, meeting.snapshot["seq"] + 1))
    assert [(file["path"], file["version"]) for file in found["files"]] == [("plan.md", 1), ("plan.md", 2)]
    assert "40 minutes" in found["files"][0]["content"]
    assert "20 minutes" in found["files"][1]["content"]


@needs_node
@pytest.mark.parametrize("template_id", sorted(MEETINGS))
def test_it_replays(hold: Hold, tmp_path: Path, template_id: str) -> None:
    """The log alone, through the page's own reducer, comes to what the snapshot shows."""
    meeting = hold(template_id, *MEETINGS[template_id])
    path = tmp_path / "export.json"
    path.write_bytes(export(meeting, "json"))
    script = Path(__file__).with_name("replay.mjs")
    said = subprocess.run(
        ["node", str(script), str(path)], capture_output=True, text=True, check=True, timeout=30
    )
    assert json.loads(said.stdout) == []

"""What a process tells of the meetings it runs: leases taken, taken over and lost."""

from council.engine.supervisor import Runs
from tests.engine.conftest import MakeCouncil
from tests.engine.test_recovery import abandon, row_of, set_row
from tests.support.meetings import start
from tests.support.model_server import ScriptedModelServer
from tests.support.waiting import wait_until


def test_a_meeting_that_ends_in_order(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """It is counted while it runs; its lease is neither taken over nor lost."""
    model.hold("mid_stream", after_chunks=2)
    parts = council()
    meeting = start(parts, "solo")
    model.wait_until_held()
    assert parts.supervisor.runs() == Runs(running=1, taken=1, taken_over=0, lost=0)
    model.release()
    meeting.wait_for_end()
    meeting.wait_until_left()
    wait_until(lambda: parts.supervisor.runs().running == 0, what="a thread that is given back")
    assert parts.supervisor.runs() == Runs(running=0, taken=1, taken_over=0, lost=0)


def test_a_take_over(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Only whoever follows a crash takes over; a restart in order is none."""
    model.hold("mid_stream", after_chunks=2)
    first = council()
    meeting = start(first, "solo")
    model.wait_until_held()
    abandon(first, meeting)
    model.release()
    second = council()
    meeting.at(second).wait_for_end()
    assert second.supervisor.runs().taken == second.supervisor.runs().taken_over == 1
    restarted = council()
    assert restarted.supervisor.runs().taken_over == 0


def test_a_lost_lease(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Another process has the meeting: this one counts that once, however many of its threads find out."""
    model.hold("mid_stream", after_chunks=2)
    parts = council()
    meeting = start(parts)
    model.wait_until_held(2)
    row = row_of(parts.store, meeting.session_id)
    set_row(parts.store, meeting.session_id, fence=row["fence"] + 1, owner="another", lease_until=10**12)
    model.release()
    wait_until(lambda: parts.supervisor.runs().running == 0, what="a run that is over")
    assert parts.supervisor.runs() == Runs(running=0, taken=1, taken_over=0, lost=1)

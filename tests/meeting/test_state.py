"""Which moves a session's status may make: all of them, one by one."""

from itertools import product
from typing import get_args

import pytest

from council.errors import IllegalTransition
from council.events import FINAL_STATUSES, SessionStatus
from council.meeting.state import is_final, move

LEGAL = {
    ("pending", "running"), ("pending", "failed"), ("pending", "cancelled"),
    ("running", "paused"), ("running", "completed"), ("running", "failed"), ("running", "cancelled"),
    ("paused", "running"), ("paused", "failed"), ("paused", "cancelled"),
}  # fmt: skip
STATUSES: tuple[SessionStatus, ...] = get_args(SessionStatus)


@pytest.mark.parametrize(("current", "wanted"), list(product(STATUSES, STATUSES)))
def test_every_move(current: SessionStatus, wanted: SessionStatus) -> None:
    """pending -> running, failed, cancelled; running -> paused and all ends; paused -> running, failed, cancelled."""
    if (current, wanted) in LEGAL:
        assert move(current, wanted) == wanted
    else:
        with pytest.raises(IllegalTransition, match=r"^A .+ session cannot be .+\.$"):
            move(current, wanted)


def test_the_ends() -> None:
    """completed, failed and cancelled are the ends."""
    assert {status for status in STATUSES if is_final(status)} == FINAL_STATUSES


def test_the_sentence_says_what_is_the_matter() -> None:
    """The message is a sentence for people."""
    with pytest.raises(IllegalTransition, match=r"A finished session cannot be paused\."):
        move("completed", "paused")
    with pytest.raises(IllegalTransition, match=r"A stopped session cannot be resumed\."):
        move("cancelled", "running")

"""Ctrl+C, which interrupts waiting and nothing else."""

import os
import signal

import pytest

from council.cli.ctrl_c import CtrlC


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_while_it_waits() -> None:
    """Pressed while something is waited for, it ends the waiting."""
    with CtrlC() as ctrl_c, pytest.raises(KeyboardInterrupt), ctrl_c.waiting():
        press()


def test_while_it_works() -> None:
    """Pressed in the middle of work, it lets the work be done, and ends the next waiting at once."""
    done = []
    with CtrlC() as ctrl_c:
        press()
        done.append("the work")
        with pytest.raises(KeyboardInterrupt), ctrl_c.waiting():
            done.append("the waiting")
        with ctrl_c.waiting():
            done.append("the next waiting")
    assert done == ["the work", "the next waiting"]


def test_each() -> None:
    """Items that came are worked on; only what is waited for next is given up."""
    worked_on = []

    def work(ctrl_c: CtrlC) -> None:
        for item in ctrl_c.each([1, 2, 3]):
            worked_on.append(item)
            if item == 2:
                press()

    with CtrlC() as ctrl_c, pytest.raises(KeyboardInterrupt):
        work(ctrl_c)
    assert worked_on == [1, 2]


def test_afterwards() -> None:
    """What was there before is there again."""
    before = signal.getsignal(signal.SIGINT)
    with CtrlC():
        pass
    assert signal.getsignal(signal.SIGINT) is before

"""Lengths of time as people write them."""

import click
import pytest

from council.cli.durations import seconds


@pytest.mark.parametrize(
    ("text", "meant"),
    [("30s", 30), ("1m30s", 90), ("2h", 7200), ("30d", 2_592_000), ("45", 45), ("0.5", 0.5), ("0s", 0)],
)
def test_what_is_meant(text: str, meant: float) -> None:
    """Numbers with units, one after the other; without a unit they are seconds."""
    assert seconds(text) == meant


@pytest.mark.parametrize("text", ["", "soon", "-5s", "5 s", "5x", "s5", "1e3", "５s", "nan", "inf"])
def test_what_is_none(text: str) -> None:
    """Anything else is refused, and the error shows how it is written."""
    with pytest.raises(click.BadParameter, match="30s"):
        seconds(text)

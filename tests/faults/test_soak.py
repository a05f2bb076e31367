"""The soak itself, for a few seconds: it makes faults, holds meetings, and asks every invariant."""

import pytest

from tests.faults.soak import Plan, soak

pytestmark = pytest.mark.fault

BY_THE_CLOCK = (4, 6, 9)  # Those a slow machine may break.


@pytest.mark.long
def test_a_short_soak():
    """Whatever the lot brings in that time, every viewer has every event and each command one effect."""
    report = soak(Plan(minutes=0.1, clients=4, meetings=2, seed=5, calm_seconds=(0.5, 1.5), pieces=10))
    assert [row["number"] for row in report.rows] == list(range(1, 11))
    broken = [row for row in report.rows if row["held"] is False and row["number"] not in BY_THE_CLOCK]
    assert broken == [], report.told
    assert "faults: " in report.told

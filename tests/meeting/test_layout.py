"""What is wrong with a layout: where, what, and what to do."""

import pytest

from council.meeting.layout import MAX_FAULTS, misplaced
from council.meeting.validation import MAX_NODES

NODES = ("start", "solo", "v1.2", "end")


def test_places_of_some_nodes_are_no_fault() -> None:
    """Nobody has to move all of them, or any."""
    assert misplaced({}, NODES) == []
    assert misplaced({"v1.2": {"x": -100_000, "y": 100_000}}, NODES) == []


@pytest.mark.parametrize(
    ("layout", "location", "word"),
    [
        ({"sloo": {"x": 0, "y": 0}}, ("layout", "sloo"), "Did you mean 'solo'?"),
        ({"far.away": {"x": 0, "y": 0}}, ("layout", "far.away"), "Leave it out."),
        ({"v1.2": {"x": 100_001, "y": 0}}, ("layout", "v1.2", "x"), "from -100000 to 100000"),
        ({"solo": {"x": 0, "y": -100_001}}, ("layout", "solo", "y"), "from -100000 to 100000"),
        ({"solo": {"x": 0.5, "y": 0}}, ("layout", "solo", "x"), "whole numbers"),
        ({"solo": {"x": True, "y": 0}}, ("layout", "solo", "x"), "whole numbers"),
        ({"solo": {"x": 0}}, ("layout", "solo", "y"), "Give x and y"),
        ({"solo": {"x": 0, "y": 0, "z": 0}}, ("layout", "solo", "z"), "nothing else"),
        ({"solo": [0, 0]}, ("layout", "solo"), "Give x and y"),
        ([], ("layout",), "Leave it out."),
        (None, ("layout",), "Leave it out."),
    ],
)  # fmt: skip
def test_a_fault_says_where_and_what_to_do(layout: object, location: tuple[str, ...], word: str) -> None:
    [found] = misplaced(layout, NODES)
    assert found.location == location
    assert found.reason
    assert word in found.suggestion


def test_all_faults_are_found_at_once() -> None:
    layout = {"nobody": {"x": 0, "y": 0}, "solo": {"x": "0"}}
    assert [found.location[1:] for found in misplaced(layout, NODES)] == [
        ("nobody",),
        ("solo", "x"),
        ("solo", "y"),
    ]


def test_of_thousands_some_are_told() -> None:
    """Nobody reads more, and a near name is looked for at each."""
    layout = {f"n{n}": {"x": 0, "y": 0} for n in range(100_000)}
    assert len(misplaced(layout, NODES)) == MAX_FAULTS


def test_nobody_looks_through_more_nodes_than_a_graph_may_have() -> None:
    """A near name is looked for among so many; beyond it the graph itself is the fault."""
    layout = {"sloo": {"x": 0, "y": 0}}
    known = {"solo", *(f"n{n}" for n in range(MAX_NODES - 1))}
    assert [found.suggestion for found in misplaced(layout, known)] == ["Did you mean 'solo'?"]
    assert [found.suggestion for found in misplaced(layout, known | {"one_more"})] == ["Leave it out."]

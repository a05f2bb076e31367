"""What is wrong with the places that people gave to nodes; no meeting looks at them."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from pydantic import ValidationError

from council.meeting.graph import MAX_AWAY, Place
from council.meeting.validation import MAX_NODES

MAX_FAULTS = 100
_AS_PLACES_ARE = f"Give x and y, and nothing else: whole numbers from -{MAX_AWAY} to {MAX_AWAY}."


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Where in the template, what, and what to do. An id in ``location`` may have dots in it."""

    location: tuple[str, ...]
    reason: str
    suggestion: str


def misplaced(layout: object, node_ids: Collection[str]) -> list[Misplaced]:
    """The faults of a layout as somebody wrote it, the first hundred of them: only nodes of the graph have a place."""
    return list(islice(_misplaced(layout, node_ids), MAX_FAULTS))


def _misplaced(layout: object, node_ids: Collection[str]) -> Iterator[Misplaced]:
    if not isinstance(layout, Mapping):
        yield Misplaced(("layout",), "It is not a mapping.", "Leave it out.")
        return
    for node_id, place in layout.items():
        if node_id in node_ids:
            yield from _wrong_in(place, ("layout", node_id))
        else:
            yield Misplaced(("layout", node_id), f"There is no node {node_id!r}.", _near(node_id, node_ids))


def _wrong_in(place: object, location: tuple[str, ...]) -> Iterator[Misplaced]:
    if not isinstance(place, Mapping):
        yield Misplaced(location, "It is not a mapping.", _AS_PLACES_ARE)
        return
    try:
        Place.model_validate(place)
    except ValidationError as problem:
        for error in problem.errors(include_url=False, include_input=False):
            inside = map(str, error["loc"])
            yield Misplaced((*location, *inside), error["msg"] + ".", _AS_PLACES_ARE)


def _near(node_id: str, node_ids: Collection[str]) -> str:
    """What has a place and is no node was deleted, most often. More nodes than a graph may have are not looked at."""
    if len(node_ids) > MAX_NODES:
        return "Leave it out."
    near = difflib.get_close_matches(node_id[:128], node_ids, n=1)
    return f"Did you mean {near[0]!r}?" if near else "Leave it out."

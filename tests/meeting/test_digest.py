"""Which words are old enough to be read as a digest."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from council.meeting.digest import older_rounds
from council.meeting.walk import step_key

SPEAKERS = {"a": "alice", "b": "bob"}


def said(rounds: int, nodes: str = "ab") -> dict[str, dict[str, Any]]:
    """Results of a loop that these nodes spoke in."""
    return {step_key(n, r): {"content": n, "round": r} for r in range(1, rounds + 1) for n in nodes}


def older(results: dict[str, dict[str, Any]], keep: int) -> tuple[str, ...]:
    found = older_rounds(list(results), results, SPEAKERS, keep)
    return found.keys if found else ()


def test_the_last_rounds_stay() -> None:
    assert older(said(2), 2) == ()
    assert older(said(4), 2) == ("a", "b", "a#2", "b#2")


@given(st.integers(0, 12), st.integers(1, 20))
def test_never_a_round_too_many(rounds: int, keep: int) -> None:
    """What goes into a digest are whole rounds, and exactly those before the last ones."""
    keys = older(said(rounds), keep)
    assert len(keys) == 2 * max(0, rounds - keep)


def test_what_nobody_said_stays() -> None:
    """Facts, memory and people's words are no member's."""
    results = {"memory": {"content": "m", "round": 1}} | said(3)
    assert "memory" not in older(results, 1)


def test_a_digest_takes_in_the_one_before() -> None:
    results = {"digest": {"content": "d", "digest_of": [1, 2]}} | {
        key: result for key, result in said(5).items() if result["round"] > 2
    }
    found = older_rounds(list(results), results, SPEAKERS, 2)
    assert found is not None
    assert found.keys == ("digest", "a#3", "b#3")
    assert found.heading == "Digest of rounds 1 to 3"


def test_without_a_loop_a_speakers_words_are_counted() -> None:
    speakers = {"one": "alice", "two": "bob", "three": "alice", "four": "bob"}
    results: dict[str, dict[str, Any]] = {n: {"content": n, "round": 1} for n in speakers}
    found = older_rounds(list(results), results, speakers, 1)
    assert found is not None
    assert (found.keys, found.heading) == (("one", "two"), "Digest of round 1")

"""Which words are old enough to be read as a digest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from council.meeting.walk import node_of


@dataclass(frozen=True, slots=True)
class Older:
    """The steps that a digest stands for, in reading order, and the rounds they are of."""

    keys: tuple[str, ...]
    first: int
    last: int

    @property
    def heading(self) -> str:
        rounds = f"round {self.first}" if self.first == self.last else f"rounds {self.first} to {self.last}"
        return f"Digest of {rounds}"


def older_rounds(
    keys: Sequence[str], results: Mapping[str, Mapping[str, Any]], speakers: Mapping[str, str], keep: int
) -> Older | None:
    """What is older than the last ``keep`` rounds among these steps; ``None`` when there are no more than those.

    ``speakers`` says by node who speaks there; other nodes' texts (facts, memory, what people said) stay whole. An
    earlier digest goes into the new one.
    """
    spoken = [key for key in keys if node_of(key) in speakers]
    rounds = _rounds(spoken, results, speakers)
    last = max(rounds.values(), default=0) - keep
    old = [key for key in spoken if rounds[key] <= last]
    if not old:
        return None
    digests = [key for key in keys if "digest_of" in results[key]]
    first = min([rounds[key] for key in old] + [results[key]["digest_of"][0] for key in digests])
    return Older(tuple(key for key in keys if key in old or key in digests), first, last)


def _rounds(
    keys: Sequence[str], results: Mapping[str, Mapping[str, Any]], speakers: Mapping[str, str]
) -> dict[str, int]:
    """The round of each step: a loop counts them; without a loop, how often its speaker has spoken."""
    counted = {key: results[key].get("round", 1) for key in keys}
    if any(number > 1 for number in counted.values()):
        return counted
    spoken: Counter[str] = Counter()
    for key in keys:
        spoken[speakers[node_of(key)]] += 1
        counted[key] = spoken[speakers[node_of(key)]]
    return counted

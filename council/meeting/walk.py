"""What may run next: a pure walk over the graph that waits at joins and never hangs at one.

Every link is settled once: *delivered* when the node before it completed, *absent* when that
node failed, *dead* when nobody went that way. A node may run as soon as all links into it are
settled and at least one is delivered. A node that only absences reach is skipped, and the
absence travels on to the next join; a join that nobody reaches fails the meeting.

A loop that says *again* makes the nodes of its round as if they had never run, and starts the
first of them once more; each visit of a node has a step key of its own.
"""

from dataclasses import dataclass, field
from typing import Literal

from council.meeting.graph import Graph

Link = tuple[str, str]
Settled = Literal["delivered", "absent", "dead"]


def step_key(node_id: str, visit: int) -> str:
    """The key of a node's result: its id, and from the second visit on the number of the visit."""
    return node_id if visit == 1 else f"{node_id}#{visit}"


def node_of(key: str) -> str:
    """The node whose visit, or whose part of a visit, has this key."""
    return key.partition("/")[0].partition("#")[0]


@dataclass(frozen=True, slots=True)
class Absence:
    """Who is missing, in which round, and why."""

    node_id: str
    reason: str
    round: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """What changed: nodes that may run now, nodes that never will, and the node that ends it all in failure.

    ``again`` are the nodes of a round that begins once more.
    """

    ready: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed_by: str | None = None
    again: tuple[str, ...] = ()


@dataclass(slots=True)
class Walk:
    """Where a meeting is in its graph. Not thread-safe: one thread owns it."""

    graph: Graph
    _links: dict[Link, Settled] = field(default_factory=dict)
    _settled: set[str] = field(default_factory=set)
    _started: set[str] = field(default_factory=set)
    _visits: dict[str, int] = field(default_factory=dict)
    _heard: dict[str, frozenset[str]] = field(default_factory=dict)  # Step keys, by node, of its last visit.
    _depths: dict[str, int] = field(default_factory=dict)  # How many words came before each step key.
    _held: dict[str, list[str]] = field(default_factory=dict)  # Branches a sequence has not begun.
    _failed: dict[str, Absence] = field(default_factory=dict)  # At their last visit.

    def begin(self) -> Progress:
        start = self.graph.start_node_id
        self._start(start, frozenset())
        return Progress(ready=(start,))

    @property
    def done(self) -> bool:
        """Whether nothing runs and nothing will."""
        return self._started == self._settled

    @property
    def absences(self) -> tuple[Absence, ...]:
        """Who is missing as things stand: whoever spoke in a later round is not."""
        return tuple(self._failed.values())

    def visit(self, node_id: str) -> int:
        """How often the node was reached, this time included."""
        return self._visits[node_id]

    def key(self, node_id: str) -> str:
        """The step key of the node's last visit."""
        return step_key(node_id, self._visits[node_id])

    def heard(self, node_id: str) -> tuple[str, ...]:
        """The steps whose words this node may read; what was said later comes later."""
        places = {other: place for place, other in enumerate(self.graph.nodes)}
        return tuple(sorted(self._heard[node_id], key=lambda key: (self._depths[key], places[node_of(key)])))

    def complete(self, node_id: str, *, again: bool = False) -> Progress:
        """The node has done its work; a loop says whether there is another round."""
        self._settled.add(node_id)
        node = self.graph.nodes[node_id]
        if again:
            return self._begin_again(node_id)
        branches = list(node.onward_ids)
        if node.type == "sequence":
            self._held[node_id] = branches[1:]
            branches = branches[:1]
        return self._settle([((node_id, target), "delivered") for target in branches])

    def fail(self, node_id: str, reason: str) -> Progress:
        """The node failed: an absence inside a branch that joins, the end of the meeting elsewhere."""
        self._settled.add(node_id)
        self._failed[node_id] = Absence(node_id, reason, self._visits[node_id])
        if not self._joins_later(node_id):
            return Progress(failed_by=node_id)
        return self._settle(
            [((node_id, target), "absent") for target in self.graph.nodes[node_id].onward_ids]
        )

    def _start(self, node_id: str, heard: frozenset[str]) -> None:
        self._started.add(node_id)
        self._visits[node_id] = self._visits.get(node_id, 0) + 1
        self._heard[node_id] = heard
        self._depths[self.key(node_id)] = len(heard)

    # Rounds

    def _begin_again(self, loop_id: str) -> Progress:
        """Forget that the round was run; its words stay heard."""
        body = self.graph.loop_body(loop_id)
        heard = self._heard[loop_id] | {self.key(loop_id)}
        for node_id in body:
            self._started.discard(node_id)
            self._settled.discard(node_id)
            self._held.pop(node_id, None)
            self._failed.pop(node_id, None)
        self._links = {link: how for link, how in self._links.items() if link[0] not in body}
        head = self.graph.nodes[loop_id].again_id
        if head is None:
            raise AssertionError(f"{loop_id} is no loop")
        self._start(head, heard)
        return Progress(ready=(head,), again=tuple(n for n in self.graph.nodes if n in body))

    # Settling links

    def _settle(self, links: list[tuple[Link, Settled]]) -> Progress:
        ready: list[str] = []
        skipped: list[str] = []
        queue = list(links)
        while queue or (queue := self._release_held()):
            link, how = queue.pop(0)
            self._links[link] = how
            target = link[1]
            verdict = self._decide(target)
            if verdict == "wait":
                continue
            if verdict == "run":
                self._start(target, self._words_before(target))
                ready.append(target)
                continue
            self._start(target, frozenset())
            skipped.append(target)
            self._settled.add(target)
            if verdict == "absent" and self._ends_here(target):
                return Progress(tuple(ready), tuple(skipped), failed_by=next(iter(self._failed)))
            queue += [((target, following), verdict) for following in self.graph.nodes[target].onward_ids]
        return Progress(tuple(ready), tuple(skipped))

    def _decide(self, node_id: str) -> Literal["wait", "run", "absent", "dead"]:
        states = [self._links.get((source, node_id)) for source in self.graph.sources[node_id]]
        if node_id in self._started or None in states:
            return "wait"
        if "delivered" in states:
            return "run"
        return "absent" if "absent" in states else "dead"

    def _ends_here(self, node_id: str) -> bool:
        """A join, or an end, that nobody reached."""
        return len(self.graph.sources[node_id]) > 1 or not self.graph.nodes[node_id].onward_ids

    def _joins_later(self, node_id: str) -> bool:
        """Whether somebody else's path meets this node's further on."""
        following = self.graph.reachable(node_id) - {node_id}
        return any(
            self._may_still_arrive(source)
            for join in following
            for source in self.graph.sources[join]
            if source != node_id and source not in following
        )

    def _may_still_arrive(self, node_id: str) -> bool:
        """Whether the node delivered, runs, or can still be reached by something that does."""
        return node_id not in self._settled or node_id not in self._failed

    # Sequences

    def _release_held(self) -> list[tuple[Link, Settled]]:
        """The next branch of each sequence whose branch before has arrived."""
        released: list[tuple[Link, Settled]] = []
        for node_id, branches in self._held.items():
            if branches and self._arrived(node_id, before=branches[0]):
                released.append(((node_id, branches.pop(0)), "delivered"))
        return released

    def _arrived(self, sequence: str, *, before: str) -> bool:
        targets = self.graph.nodes[sequence].next_ids
        earlier = targets[targets.index(before) - 1]
        return self.graph.branch(sequence, earlier) <= self._settled

    # Who reads whom

    def _words_before(self, node_id: str) -> frozenset[str]:
        heard: set[str] = set()
        for source in self.graph.sources[node_id]:
            if self._links[(source, node_id)] == "delivered":
                heard |= self._heard[source] | {self.key(source)}
                heard |= self._earlier_branches(source, node_id)
        return frozenset(heard)

    def _earlier_branches(self, source: str, node_id: str) -> set[str]:
        node = self.graph.nodes[source]
        if node.type != "sequence":
            return set()
        before = node.next_ids[: node.next_ids.index(node_id)]
        said = {n for head in before for n in self.graph.branch(source, head) if self._delivered(n)}
        return {self.key(n) for n in said} | {
            key for n in said for key in self._heard[n] if node_of(key) in said
        }

    def _delivered(self, node_id: str) -> bool:
        return any(self._links.get((s, node_id)) == "delivered" for s in self.graph.sources[node_id]) and (
            node_id not in self._failed
        )

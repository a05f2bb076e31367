"""What may run next: a pure walk over the graph that waits at joins and never hangs at one.

Every link is settled once: *delivered* when the node before it completed, *absent* when that
node failed, *dead* when nobody went that way. A node may run as soon as all links into it are
settled and at least one is delivered. A node that only absences reach is skipped, and the
absence travels on to the next join; a join that nobody reaches fails the meeting.
"""

from dataclasses import dataclass, field
from typing import Literal

from council.meeting.graph import Graph

Link = tuple[str, str]
Settled = Literal["delivered", "absent", "dead"]


@dataclass(frozen=True, slots=True)
class Absence:
    """Who is missing, and why."""

    node_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What changed: nodes that may run now, nodes that never will, and the node that ends it all in failure."""

    ready: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed_by: str | None = None


@dataclass(slots=True)
class Walk:
    """Where a meeting is in its graph. Not thread-safe: one thread owns it."""

    graph: Graph
    absences: list[Absence] = field(default_factory=list)
    _links: dict[Link, Settled] = field(default_factory=dict)
    _settled: set[str] = field(default_factory=set)
    _started: set[str] = field(default_factory=set)
    _heard: dict[str, frozenset[str]] = field(default_factory=dict)
    _held: dict[str, list[str]] = field(default_factory=dict)  # Branches a sequence has not begun.
    _failed: list[str] = field(default_factory=list)

    def begin(self) -> Progress:
        start = self.graph.start_node_id
        self._started.add(start)
        self._heard[start] = frozenset()
        return Progress(ready=(start,))

    @property
    def done(self) -> bool:
        """Whether nothing runs and nothing will."""
        return self._started == self._settled

    def heard(self, node_id: str) -> tuple[str, ...]:
        """The nodes whose words this one may read, in the graph's order."""
        return tuple(other for other in self.graph.nodes if other in self._heard[node_id])

    def complete(self, node_id: str) -> Progress:
        """The node has done its work."""
        self._settled.add(node_id)
        node = self.graph.nodes[node_id]
        branches = list(node.next_ids)
        if node.type == "sequence":
            self._held[node_id] = branches[1:]
            branches = branches[:1]
        return self._settle([((node_id, target), "delivered") for target in branches])

    def fail(self, node_id: str, reason: str) -> Progress:
        """The node failed: an absence inside a branch that joins, the end of the meeting elsewhere."""
        self._settled.add(node_id)
        self.absences.append(Absence(node_id, reason))
        self._failed.append(node_id)
        if not self._joins_later(node_id):
            return Progress(failed_by=node_id)
        return self._settle([((node_id, target), "absent") for target in self.graph.nodes[node_id].next_ids])

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
            self._started.add(target)
            if verdict == "run":
                self._heard[target] = self._words_before(target)
                ready.append(target)
                continue
            skipped.append(target)
            self._settled.add(target)
            if verdict == "absent" and self._ends_here(target):
                return Progress(tuple(ready), tuple(skipped), failed_by=self._failed[0])
            queue += [((target, following), verdict) for following in self.graph.nodes[target].next_ids]
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
        return len(self.graph.sources[node_id]) > 1 or not self.graph.nodes[node_id].next_ids

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
        if node_id in self._settled:
            return node_id not in self._failed
        return True

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
                heard |= self._heard[source] | {source}
                heard |= self._earlier_branches(source, node_id)
        return frozenset(heard)

    def _earlier_branches(self, source: str, node_id: str) -> set[str]:
        node = self.graph.nodes[source]
        if node.type != "sequence":
            return set()
        before = node.next_ids[: node.next_ids.index(node_id)]
        branches = (self.graph.branch(source, head) for head in before)
        return {n for branch in branches for n in branch if n in self._heard and n not in self._failed}

"""A run's money: funds the turns that start together, says how much is spent, and pauses when it is enough.

The run's thread owns it; what turns' threads use of it (``run_short``) is behind the budget's lock or goes
through the database.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from council import clock
from council.engine.budget import NOTHING, Budget, Limits, Shortage
from council.engine.gate import Gate, Mode
from council.engine.minutes import Minutes
from council.engine.record import MeetingRecord
from council.engine.till import Till, amount_of
from council.engine.turn import Desk, Turn
from council.engine.worst import WorstCase
from council.events import Budget as BudgetEvent
from council.events import Event, ExecutionPaused, TokenUsage
from council.live.records import Decision
from council.llm.base import Usage
from council.meeting.breaker import Echoes, Thresholds, Trip, overspent, too_slow
from council.meeting.money import usd_of
from council.meeting.tokens import estimate_tokens
from council.store import sessions

SAID_ANEW_SECONDS = 10.0  # The time that was used is written down at least so often, when anything is.
RETRY_SECONDS = 0.02  # Until somebody else's pause has arrived here.
REHEARSAL = "rehearsal"


class Treasurer:
    """One per run."""

    def __init__(self, record: MeetingRecord, minutes: Minutes, gate: Gate, desk: Desk) -> None:
        self._record = record
        self._minutes = minutes
        self._gate = gate
        self._desk = desk
        self._account = record.account
        self._budget = Budget(self._account.limits, self._account.spent)
        self._worst = WorstCase(record, desk)
        settings = desk.settings
        self._thresholds = Thresholds(
            settings.breaker_cost_factor, settings.breaker_node_seconds, settings.breaker_repeats
        )
        self._echoes = Echoes(self._thresholds)
        self._tripped = set(self._account.tripped)
        self._lost = self._account.lost
        self._changes_seen = gate.changes
        self._began = clock.monotonic()
        self._held_before = gate.held_seconds()
        self._obey(self._account.limits)

    # Before turns

    def fund(self, turns: Sequence[Turn]) -> Shortage | None:
        """Set aside what these turns cost at worst, all together; what is short when that is too much."""
        wanted = (
            [self._worst.of_turn(turn) for turn in turns] if self._budget.capped else [NOTHING] * len(turns)
        )
        purses = self._budget.fill(wanted)
        if isinstance(purses, Shortage):
            return purses
        for turn, purse in zip(turns, purses, strict=True):
            turn.till = Till(self._budget, purse, self._gate, self._worst.of_call, self.run_short)
        return None

    def run_short(self, shortage: Shortage) -> None:
        """It does not fit: pause, unless the cap was raised meanwhile. Any thread. Raises why the run is to end."""
        limits = self._read_limits()
        if limits != shortage.figures.limits:
            self._obey(limits)
        elif not self._pause("after_turn", "budget", shortage.detail, needs=shortage.needs):
            self._gate.wait(RETRY_SECONDS)

    # While turns run

    def look(self, turns: Iterable[Turn]) -> None:
        """Pause when the time is up or the circuit breaker trips. Call it often: it costs next to nothing."""
        self._follow_cap()
        if self._gate.held:
            return
        self._watch_time()
        figures = self._budget.figures()
        spent = figures.spent
        self._trip(
            "after_turn", overspent(self._account.estimate, spent.nano_usd, spent.unknown, self._thresholds)
        )
        for turn in turns:
            slow = too_slow(turn.node.node_id, turn.node.name, turn.worked_seconds(), self._thresholds)
            self._trip("now", slow)

    def hear(self, node_id: str, result: dict[str, Any]) -> None:
        """Take in what a node has said; the same answer again and again trips the circuit breaker."""
        node, member = self._record.graph.nodes[node_id], self._record.members.get(node_id)
        if node.type not in ("agent", "llm") or member is None or member.provider_id == REHEARSAL:
            return
        agent_id = member.agent.agent_id or None
        self._trip("after_turn", self._echoes.hear(node_id, node.name, agent_id, result.get("content") or ""))

    def seconds_left(self) -> float | None:
        """Until the cap in seconds is reached; ``None`` without one, and while the meeting is held."""
        limit = self._budget.figures().limits.seconds
        return None if limit is None or self._gate.held else limit - self._seconds()

    def leave(self) -> None:
        """The run leaves off; nothing is reserved any more."""
        if self._minutes.tally is not None:
            self._minutes.decide(lambda connection: Decision(self._tally(connection, always=True)))

    # After a crash

    def count_lost(self) -> tuple[TokenUsage, ...]:
        """The cost of answers that a crash interrupted, as far as the log tells; the rest may be lost."""
        usages = tuple(self._usage_of(message) for message in self._record.unfinished)
        counted = sum((amount_of(usage) for usage in usages), NOTHING)
        self._budget.count(counted)
        self._lost = self._lost.without(counted)
        return usages

    def _usage_of(self, message: dict[str, Any]) -> TokenUsage:
        node_id = message["node_id"]
        member = self._record.speaker_at(node_id, message["agent_id"])
        usage = Usage(
            self._prompt_of(node_id),
            estimate_tokens(message["content"] + message["thinking"]),
            estimated=True,
        )
        cost = self._desk.cost(member.provider_id, member.model, usage) if member else None
        return TokenUsage(
            node_id=node_id,
            agent_id=message["agent_id"],
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            estimated_cost_usd=float(cost.usd) if cost and cost.usd is not None else None,
            price=cost.price if cost else "unknown",
            estimated=True,
        )

    def _prompt_of(self, node_id: str) -> int:
        """The length of a prompt that nobody has kept: as long as it was estimated."""
        nodes = (self._account.estimate or {}).get("nodes", ())
        return next((node["prompt_tokens"] for node in nodes if node["node_id"] == node_id), 0)

    # Caps

    def _follow_cap(self) -> None:
        """People may have raised the cap when they let the meeting go on."""
        changes = self._gate.changes
        if changes != self._changes_seen:
            self._changes_seen = changes
            self._obey(self._read_limits())

    def _read_limits(self) -> Limits:
        with self._desk.store.read() as connection:
            return Limits.of(sessions.columns(connection, self._record.session_id, "cap")["cap"])

    def _obey(self, limits: Limits) -> None:
        self._budget.limit(limits)
        if limits != Limits():
            self._minutes.tally = self._tally

    def _seconds(self) -> float:
        """How long the meeting really ran: no pauses, and no time in which it only waited for people."""
        held = self._gate.held_seconds() - self._held_before
        return self._account.seconds + clock.monotonic() - self._began - held

    def _watch_time(self) -> None:
        left = self.seconds_left()
        if left is not None and left <= 0:
            limit = self._budget.figures().limits.seconds or 0.0
            detail = f"The meeting has run for {limit:g} seconds, which is its cap."
            if not self._pause("now", "budget", detail, needs={"seconds": limit}):
                self._obey(self._read_limits())  # Another process may have been told of another cap.

    # Pausing

    def _trip(self, mode: Mode, trip: Trip | None) -> None:
        if trip is None or trip.trigger in self._tripped:
            return
        if self._pause(mode, "breaker", trip.detail, trigger=trip.trigger):
            self._tripped.add(trip.trigger)

    def _pause(
        self,
        mode: Mode,
        reason: str,
        detail: str,
        *,
        needs: dict[str, float] | None = None,
        trigger: str | None = None,
    ) -> bool:
        """Whether it is paused now, and for this reason: somebody else may have been quicker."""
        paused = ExecutionPaused(reason=reason, detail=detail, trigger=trigger)

        def decide(connection: Connection) -> Decision:
            row = sessions.get(connection, self._record.session_id, lock=True)
            if row["status"] != "running" or row["stop_requested"]:
                return Decision(result=False)
            if reason == "budget" and Limits.of(row["cap"]) != self._budget.figures().limits:
                return Decision(result=False)
            money = (self._event(needs or {}),) if self._minutes.tally is not None else ()
            return Decision((*money, paused), result=True)

        done: bool = self._minutes.decide(decide)
        if done:
            self._gate.pause(mode)
        return done

    # Saying it

    def _tally(self, connection: Connection, *, always: bool = False) -> tuple[Event, ...]:
        """The budget as it stands, unless that is what the row says already. Inside a transaction."""
        row = sessions.columns(connection, self._record.session_id, "budget", "status", "reason")
        told = row["budget"] or {}
        is_short = (row["status"], row["reason"]) == ("paused", "budget")
        event = self._event(told.get("needs", {}) if is_short else {})
        return (event,) if always or _differs(told, event.data()) else ()

    def _event(self, needs: dict[str, float]) -> BudgetEvent:
        figures = self._budget.figures()
        limits = figures.limits
        cap = {
            "usd": None if limits.nano_usd is None else usd_of(limits.nano_usd),
            "tokens": limits.tokens,
            "seconds": limits.seconds,
        }
        return BudgetEvent(
            reserved_usd=usd_of(figures.reserved.nano_usd),
            spent_usd=usd_of(figures.spent.nano_usd),
            unknown=figures.spent.unknown,
            cap=None if limits == Limits() else cap,
            spent_tokens=figures.spent.tokens,
            reserved_tokens=figures.reserved.tokens,
            spent_seconds=round(self._seconds(), 3),
            needs=needs,
            lost_usd=usd_of(self._lost.nano_usd),
            lost_tokens=self._lost.tokens,
        )


def _differs(told: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether there is news in it; the time alone is none until a while has gone by."""
    seconds = event["spent_seconds"] - told.get("spent_seconds", 0.0)
    return seconds >= SAID_ANEW_SECONDS or any(
        told.get(name) != value for name, value in event.items() if name != "spent_seconds"
    )

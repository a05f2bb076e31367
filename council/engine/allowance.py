"""What lets a paused meeting go on: more money than the cap it has reached, or a person's word after the breaker."""

from typing import Any

from council.commands import Cap, ResumeSession
from council.engine.account import Row, opened, spent_of
from council.errors import IllegalTransition, Invalid
from council.events import Budget, Event, ExecutionResumed
from council.meeting.money import usd_of
from council.meeting.state import move

LIMITS = ("usd", "tokens", "seconds")


def cap_of(cap: Cap | None) -> dict[str, Any] | None:
    """A cap as its row keeps it; ``None`` when it limits nothing."""
    limits = {name: getattr(cap, name) for name in LIMITS} if cap else {}
    return limits if any(value is not None for value in limits.values()) else None


def merged(old: dict[str, Any] | None, given: Cap | None) -> dict[str, Any] | None:
    """The old cap with the limits that are given in the place of its own."""
    new = {name: value for name, value in (cap_of(given) or {}).items() if value is not None}
    return dict.fromkeys(LIMITS) | (old or {}) | new if new else old


def go_on(row: Row, command: ResumeSession, by: str) -> tuple[tuple[Event, ...], dict[str, Any] | None]:
    """The events with which a meeting goes on, and its cap from then on.

    Raises Invalid for a cap that is spent already, and IllegalTransition when more than a wish is needed.
    """
    cap = _raised(row, command.budget)
    money = () if cap == row["cap"] else (_told(row, cap),)
    if row["status"] == "running":
        return money, cap
    move(row["status"], "running")
    if row["status"] == "paused":
        _require_more(row, command.budget)
        _require_word(row, command.note)
    return (*money, ExecutionResumed(by=by, note=command.note or None)), cap


def _raised(row: Row, given: Cap | None) -> dict[str, Any] | None:
    """The cap with the limits that were given in the place of the old ones."""
    new = {name: value for name, value in (cap_of(given) or {}).items() if value is not None}
    faults = [fault for name, value in new.items() if (fault := _spent_already(row, name, value))]
    if faults:
        raise Invalid(f"{faults[0]['path']}: {faults[0]['reason']}", details=faults)
    return merged(row["cap"], given)


def _spent_already(row: Row, name: str, value: float) -> dict[str, str] | None:
    spent = spent_of(row)
    seconds = (row["budget"] or {}).get("spent_seconds", 0.0)
    used = {"usd": usd_of(spent.nano_usd), "tokens": spent.tokens, "seconds": seconds}[name]
    if value > used:
        return None
    reason = f"{used:.9g} are spent already, so a cap of {value:.9g} leaves nothing."
    return {"path": f"budget.{name}", "reason": reason, "suggestion": f"Send more than {used:.9g}."}


def _require_more(row: Row, given: Cap | None) -> None:
    """A meeting that has reached its cap goes on with a higher one only."""
    if row["reason"] != "budget":
        return
    needs, old = (row["budget"] or {}).get("needs", {}), row["cap"] or {}
    low = [name for name in needs if (getattr(given, name, None) or 0) <= (old.get(name) or 0)]
    if low:
        name = low[0]
        least = f"more than {needs[name]:.9g}" if name == "seconds" else f"{needs[name]:.9g} or more"
        raise IllegalTransition(
            f"The meeting has reached its cap of {old.get(name):.9g} {_UNITS[name]}.",
            code="budget_reached",
            hint=f'Raise it when you resume: {{"budget": {{"{name}": …}}}} with {least}.',
            details={"needs": needs},
        )


_UNITS = {"usd": "USD", "tokens": "tokens", "seconds": "seconds"}


def _require_word(row: Row, note: str) -> None:
    if row["reason"] == "breaker" and not note:
        raise IllegalTransition(
            "The circuit breaker has paused the meeting; somebody has to say why it may go on.",
            code="needs_word",
            hint='Send your reason with it: {"note": "…"}. It is recorded.',
        )


def _told(row: Row, cap: dict[str, Any] | None) -> Event:
    """The last budget event with the new cap."""
    if not row["budget"]:
        return opened(row | {"cap": cap})
    return Budget.model_validate(row["budget"] | {"cap": cap, "needs": {}})

"""What statuses, outcomes, votes and sums are called, in the reader's language: the room's own words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import get_locale, gettext

from council.export.happenings import Ballot, Said
from council.export.report import Cost

_CURRENCY_FROM = 1  # USD; smaller sums are told to four places.


def status_word(status: str) -> str:
    match status:
        case "pending":
            return gettext("Waiting to begin")
        case "running":
            return gettext("In session")
        case "paused":
            return gettext("Paused")
        case "completed":
            return gettext("Concluded")
        case "failed":
            return gettext("Failed")
        case "cancelled":
            return gettext("Stopped")
        case _:
            return status


def outcome_title(outcome: str) -> str:
    match outcome:
        case "decided":
            return gettext("Verdict")
        case "partial":
            return gettext("Partial result")
        case _:
            return gettext("Impasse")


def partial_text(reason: str | None) -> str:
    if reason in ("chair_cut", "unreadable"):
        return gettext("The chair's ruling could not be read in full: what follows is not a verdict.")
    return gettext("Below quorum: what follows is not a verdict.")


def message_marks(said: Said) -> tuple[str, ...]:
    """What must be known before one believes a message."""
    marks = []
    match said.status:
        case "streaming":
            marks.append(gettext("Still speaking when this was exported."))
        case "cut":
            marks.append(gettext("Cut: stopped before the end."))
        case "discarded":
            marks.append(gettext("Discarded: the turn was taken again."))
        case "failed":
            marks.append(
                gettext("Failed: {reason}").format(reason=said.fault or gettext("no reason is known."))
            )
    if said.finish == "length":
        marks.append(gettext("Ended at the token limit: the rest is missing."))
    return tuple(marks)


# Ballots


def vote_text(vote: str | int | tuple[str, ...] | None, ballot: Ballot | None) -> str:
    match vote:
        case None:
            return gettext("abstained")
        case tuple():
            return " › ".join(option_text(each, ballot) for each in vote)
        case int():
            return gettext("{score} of 10").format(score=vote)
        case _:
            return option_text(vote, ballot)


def option_text(option_id: str, ballot: Ballot | None) -> str:
    """An option in words: a member's draft by the member's name."""
    yes_or_no = {"yes": gettext("Yes"), "no": gettext("No")}
    if ballot is None or ballot.vote_type not in ("choice", "ranking"):
        return yes_or_no.get(option_id, option_id)
    return next((each.text for each in ballot.options if each.option_id == option_id), option_id)


def ballot_outcome(outcome: str) -> str:
    match outcome:
        case "passed":
            return gettext("Passed")
        case "rejected":
            return gettext("Rejected")
        case "impasse":
            return gettext("Impasse")
        case _:
            return gettext("No quorum")


def counted_text(count: Mapping[str, Any]) -> str:
    """How many votes count, and why they decided nothing."""
    counted = gettext("{counted} of {voters} votes count.").format(
        counted=count.get("counted", 0), voters=count.get("voters", 0)
    )
    why = count.get("why")
    return f"{counted} {_why_undecided(why)}" if why else counted


def _why_undecided(why: str) -> str:
    match why:
        case "nobody_voted":
            return gettext("Nobody voted.")
        case "below_quorum":
            return gettext("Too few votes count: the quorum was missed.")
        case "too_few_options":
            return gettext("There was nothing to choose between.")
        case "tie":
            return gettext("A tie.")
        case "below_threshold":
            return gettext("No side reached the threshold.")
        case _:
            return why


# Facts, people, rounds


def claim_word(status: str | None) -> str:
    match status:
        case "supported":
            return gettext("supported")
        case "refuted":
            return gettext("refuted")
        case None:
            return gettext("not checked")
        case _:
            return gettext("not checkable")


def action_word(action: str) -> str:
    match action:
        case "approve":
            return gettext("Approve")
        case "reject":
            return gettext("Reject")
        case "modify":
            return gettext("Modify")
        case "continue":
            return gettext("Continue")
        case "apply":
            return gettext("Apply")
        case "rollback":
            return gettext("Roll back")
        case "exit":
            return gettext("Exit")
        case "skip":
            return gettext("Skip")
        case _:
            return action.replace("_", " ")


def author_word(by: str) -> str:
    """Who answered or wrote something; everybody but those without one by name."""
    match by:
        case "person":
            return gettext("a person")
        case "program":
            return gettext("a program")
        case _:
            return by


def round_reason(reason: str, again: bool) -> str:
    match reason:
        case "max_rounds":
            return gettext("All rounds are used up.")
        case "score":
            return gettext("The score is high enough.")
        case "agreement":
            return gettext("The members agree.")
        case "regression":
            return gettext("The score fell: another round would make it worse.")
        case "stasis":
            return gettext("The score stands still.")
        case "person":
            return gettext("A person wanted another round.") if again else gettext("A person ended it.")
        case _:
            return gettext("Nothing is settled yet, so it goes round again.")


# Verdicts


def weakness(reason: str) -> str:
    match reason:
        case "same_model":
            return gettext("All who agreed are the same model: one model agreed with itself.")
        case "shared_model":
            return gettext("Some of those who agreed are the same model.")
        case "no_evidence":
            return gettext("Nobody cited evidence.")
        case _:
            return reason


def stance_word(stance: str | None) -> str:
    match stance:
        case "for":
            return gettext("for")
        case "against":
            return gettext("against")
        case "undecided":
            return gettext("undecided")
        case None:
            return gettext("no position")
        case _:
            return stance


def score_part(name: str) -> str:
    match name:
        case "strategic":
            return gettext("Strategic alignment")
        case "practical":
            return gettext("Practical value")
        case "consistency":
            return gettext("Logical consistency")
        case _:
            return name


# Numbers


def cost_text(cost: Cost, rehearsal: bool) -> str:
    """What it has cost. A price nobody knows is "unknown", never zero."""
    if rehearsal and not cost.usd:
        return gettext("rehearsal")
    if cost.unknown_tokens:
        return gettext("{usd} + unknown").format(usd=usd(cost.usd)) if cost.usd else gettext("unknown")
    if cost.usd is None:
        return gettext("local") if cost.input_tokens + cost.output_tokens else "–"
    return usd(cost.usd)


def usd(amount: float) -> str:
    return "$0" if amount == 0 else f"${amount:.{2 if amount >= _CURRENCY_FROM else 4}f}"


def count(number: float) -> str:
    from babel.numbers import format_decimal

    return format_decimal(number, locale=get_locale())


def share(part: float) -> str:
    return f"{round(part * 100)} %"


def duration(seconds: float) -> str:
    """m:ss, or h:mm:ss."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(timestamp: str) -> str:
    """In UTC, and said so: nobody knows where the file will be read."""
    from babel.dates import format_datetime

    at = datetime.fromisoformat(timestamp).astimezone(UTC)
    return f"{format_datetime(at, 'medium', tzinfo=UTC, locale=get_locale())} UTC"

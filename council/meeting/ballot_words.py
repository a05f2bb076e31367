"""A closed ballot in words, for members and the chair: what was asked, the count, and every vote with its reason.

Voters have letters here, as everywhere among members.
"""

from collections.abc import Mapping

from council.meeting.ballots import Ballot, Vote
from council.meeting.counting import ClosedBallot, Why

HEADING = "The server counted the ballots"
_OUTCOMES = {"passed": "passed", "rejected": "rejected", "impasse": "an impasse", "no_quorum": "no quorum"}
_WHY: Mapping[Why, str] = {
    "nobody_voted": "nobody voted",
    "below_quorum": "too few ballots could be counted",
    "too_few_options": "there were not two options to choose between",
    "tie": "a tie",
    "below_threshold": "no side reached the threshold",
}


def in_words(closed: ClosedBallot, names: Mapping[str, str]) -> str:
    """The whole ballot as text. ``names`` are the voters as members may know them."""
    ballot, tally = closed.ballot, closed.tally
    why = f" ({_WHY[tally.why]})" if tally.why else ""
    decision = f", for {tally.decision}" if tally.decision and tally.outcome == "passed" else ""
    lines = [
        f"Outcome: {_OUTCOMES[tally.outcome]}{why}{decision}.",
        f"{tally.count['counted']} of {tally.count['voters']} ballots count. {_numbers(closed)}".rstrip(),
        *(f"Option {option.option_id}: {option.text}" for option in ballot.options),
        *(_vote(ballot, vote, names.get(vote.voter, vote.voter)) for vote in closed.votes),
    ]
    return "\n".join(lines)


def _numbers(closed: ClosedBallot) -> str:
    count = closed.tally.count
    match closed.ballot.vote_type:
        case "yes_no":
            return f"Yes: {count['yes']}, no: {count['no']}. Threshold: {closed.ballot.threshold:g}."
        case "score_1_10":
            return "" if count["mean"] is None else f"Mean score: {count['mean']:g} of 10."
        case "choice":
            given = ", ".join(f"{bar['id']}: {bar['votes']}" for bar in count["bars"])
            return f"{given}. Threshold: {closed.ballot.threshold:g}." if given else ""
        case "ranking":
            ranks = [f"{b['id']}: {b['mean_rank']:g}" for b in count["bars"] if b["mean_rank"] is not None]
            return f"Mean ranks: {', '.join(ranks)}." if ranks else ""


def _vote(ballot: Ballot, vote: Vote, name: str) -> str:
    if vote.choice is None:
        return f"- {name} abstained: {vote.reason or vote.why}"
    shown = " > ".join(vote.choice) if isinstance(vote.choice, tuple) else str(vote.choice)
    of = " of 10" if ballot.vote_type == "score_1_10" else ""
    return f"- {name}: {shown}{of}. {vote.reason}".rstrip()

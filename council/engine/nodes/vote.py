"""vote: every voter answers the same question unseen by the others; the server counts when all ballots are in."""

import uuid
from typing import Any

from council.engine.nodes.speaking import begin, letters, readable
from council.engine.nodes.voters import PERSON, AgentVoter, Opened, PersonVoter, seat
from council.engine.together import together
from council.engine.turn import Turn
from council.events import BallotClosed, BallotOpened
from council.meeting.ballot_words import HEADING, in_words
from council.meeting.ballots import Ballot, Option, Vote
from council.meeting.counting import ClosedBallot, count
from council.meeting.nodes import Vote as Properties
from council.meeting.prompts import letter
from council.meeting.walk import node_of


def run(turn: Turn) -> dict[str, Any]:
    properties = Properties.model_validate(turn.node.properties)
    people = begin(turn, None)
    opened = _open(turn, properties, people)
    closed = _closed(opened.ballot, _votes(opened))
    return turn.conclude(_result(turn, closed, opened.ballot_id), _closing(turn, closed, opened.ballot_id))


def _votes(opened: Opened) -> tuple[Vote, ...]:
    """The members' votes all at once, then the person's, who has seen none of them."""
    voters = [AgentVoter(opened, each, at) for at, each in enumerate(opened.properties.agent_ids)]
    votes = together(opened.turn, {voter.voter: voter.vote for voter in voters})
    return (*votes.values(), *([PersonVoter(opened).vote()] if opened.properties.people else []))


def _closed(ballot: Ballot, votes: tuple[Vote, ...]) -> ClosedBallot:
    return ClosedBallot(ballot, votes, count(ballot, votes))


# What is put to the vote


def ballot_of(turn: Turn, properties: Properties) -> Ballot:
    """The same each time the visit is walked, for it is made of what is recorded."""
    return Ballot(
        vote_type=properties.vote_type,
        question=properties.question or turn.matter.subject or turn.node.name,
        options=_drafts(turn) if properties.options_from == "members" else _listed(properties),
        threshold=properties.threshold,
        quorum=properties.quorum,
    )


def _listed(properties: Properties) -> tuple[Option, ...]:
    return tuple(Option(_id(letter(at)), text) for at, text in enumerate(properties.options))


def _drafts(turn: Turn) -> tuple[Option, ...]:
    """Each member's latest words, under the letter that the others know it by."""
    names, nodes = letters(turn), turn.record.graph.nodes
    latest = {nodes[node_of(key)].properties.get("agent_id"): key for key in readable(turn)}
    return tuple(
        Option(_id(name), name, author=agent_id, source=latest[agent_id])
        for agent_id, name in names.items()
        if agent_id in latest
    )


def _id(name: str) -> str:
    """A … Z, AA …: the letter in a member's name."""
    return name.removeprefix("Member ")


# Opening and closing


def _open(turn: Turn, properties: Properties, people: tuple[str, ...]) -> Opened:
    """Say once what is asked of whom."""
    ballot = ballot_of(turn, properties)
    known = turn.recorded("opened")
    if known is not None:
        return Opened(turn, properties, ballot, known["ballot_id"], people)
    ballot_id = str(uuid.uuid4())
    event = BallotOpened(
        node_id=turn.node.node_id,
        ballot_id=ballot_id,
        round=turn.round,
        question=ballot.question,
        vote_type=ballot.vote_type,
        options=ballot.shown_options,
        voters=tuple(_voters(turn, properties)),
        threshold=ballot.threshold,
        quorum=ballot.quorum,
        secret=properties.secret,
    )
    turn.record_part("opened", {"ballot_id": ballot_id}, event)
    return Opened(turn, properties, ballot, ballot_id, people)


def _voters(turn: Turn, properties: Properties) -> list[dict[str, str | None]]:
    voters: list[dict[str, str | None]] = [
        {"voter": agent_id, "agent_id": agent_id, "name": seat(turn, agent_id).agent.name}
        for agent_id in properties.agent_ids
    ]
    return [*voters, {"voter": PERSON, "agent_id": None, "name": None}] if properties.people else voters


def _closing(turn: Turn, closed: ClosedBallot, ballot_id: str) -> BallotClosed:
    return BallotClosed(
        node_id=turn.node.node_id,
        ballot_id=ballot_id,
        round=turn.round,
        ballots=tuple(vote.as_dict() for vote in closed.votes),
        count=closed.tally.count,
        outcome=closed.tally.outcome,
        decision=closed.tally.decision,
    )


def _result(turn: Turn, closed: ClosedBallot, ballot_id: str) -> dict[str, Any]:
    known = letters(turn) | {PERSON: "A person in the room"}
    names = {vote.voter: known.get(vote.voter, "A voter who did not speak") for vote in closed.votes}
    return closed.as_dict() | {
        "ballot_id": ballot_id,
        "outcome": closed.tally.outcome,
        "decision": closed.tally.decision,
        "content": in_words(closed, names),
        "heading": HEADING,
        "round": turn.round,
    }

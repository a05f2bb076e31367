"""Who votes, and how each is asked: an agent by its model, a person by a form. Each is asked once, whatever crashes."""

from dataclasses import dataclass

from council.engine.asking import ask_object
from council.engine.nodes.speaking import prompt_for, speaker_of
from council.engine.record import Member
from council.engine.turn import Turn
from council.engine.waiting import Asked, ask_person
from council.errors import ProviderError
from council.events import VoteCast
from council.meeting.ballots import ABSTAIN, Ballot, Vote, abstention, form, read_vote, schema
from council.meeting.handwritten import read_handwritten
from council.meeting.nodes import Vote as Properties
from council.meeting.reading import Unreadable

PERSON = "person"
"""The voter who is no agent."""
TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Opened:
    """A ballot that is under way: what every voter is asked from."""

    turn: Turn
    properties: Properties
    ballot: Ballot
    ballot_id: str
    people: tuple[str, ...]

    def kept(self, part: str) -> Vote | None:
        """The vote that was recorded before."""
        known = self.turn.recorded(part)
        return None if known is None else Vote.from_dict(known)

    def keep(self, part: str, vote: Vote) -> Vote:
        """Record the vote, and say that it was cast; what it is stays sealed, unless the ballot is an open one."""
        cast = VoteCast(
            node_id=self.turn.node.node_id,
            ballot_id=self.ballot_id,
            voter=vote.voter,
            vote=None if self.properties.secret else vote.as_dict()["vote"] or ABSTAIN,
        )
        self.turn.record_part(part, vote.as_dict(), cast)
        return vote


class AgentVoter:
    """One agent. A model that fails, or that twice says what cannot be read, abstains."""

    def __init__(self, opened: Opened, agent_id: str, position: int) -> None:
        self.voter = agent_id
        self._opened = opened
        self._paper = opened.ballot.paper_for(agent_id, position)

    def vote(self) -> Vote:
        """Blocks. Raises an Interrupted."""
        part = f"vote/{self.voter}"
        return self._opened.kept(part) or self._opened.keep(part, self._ask())

    def _ask(self) -> Vote:
        if not self._opened.ballot.has_choice or self._paper.is_empty:
            return abstention(self.voter, "nothing_to_choose", "There was nothing to choose between.")
        try:
            return self._answer()
        except ProviderError as problem:
            return abstention(self.voter, "failed", problem.message)

    def _answer(self) -> Vote:
        turn, properties = self._opened.turn, self._opened.properties
        member = seat(turn, self.voter)
        answered = ask_object(
            turn,
            speaker_of(turn, member, properties),
            prompt_for(turn, member, self._opened.people, task=self._task()),
            schema(self._paper),
            lambda text: read_vote(self._paper, text),
            part=f"asked/{self.voter}",
        )
        return answered.value or abstention(self.voter, "unreadable", _sentence(answered.problem or ""))

    def _task(self) -> str:
        words = self._opened.turn.words
        question = self._opened.properties.question or "the subject of this meeting, as it stands above."
        return (
            f"{words('ballot').replace('{question}', question)}\n\n{form(self._paper, words('ballot_form'))}"
        )


class PersonVoter:
    """Whoever is in the room. Nobody in time is an abstention."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._paper = opened.ballot.paper_for(PERSON)

    def vote(self) -> Vote:
        """Raises Suspended until somebody has answered."""
        return self._opened.kept("person_vote") or self._opened.keep("person_vote", self._ask())

    def _ask(self) -> Vote:
        ballot, properties = self._opened.ballot, self._opened.properties
        if not ballot.has_choice:
            return abstention(PERSON, "nothing_to_choose", "There was nothing to choose between.")
        asked = Asked(
            kind="ballot",
            reason=ballot.question,
            otherwise={"action": ABSTAIN, "by": TIMEOUT, "vote": ABSTAIN, "reason": ""},
            timeout_minutes=properties.timeout_minutes,
            ballot={
                "ballot_id": self._opened.ballot_id,
                "question": ballot.question,
                "vote_type": ballot.vote_type,
                "options": list(ballot.shown_options),
                "threshold": ballot.threshold,
                "quorum": ballot.quorum,
                "secret": properties.secret,
            },
        )
        answer = ask_person(self._opened.turn, asked)
        if answer["by"] == TIMEOUT:
            return abstention(PERSON, "no_answer", "Nobody answered in time.")
        try:
            return read_handwritten(self._paper, answer["vote"], answer.get("reason", ""))
        except Unreadable as problem:
            return abstention(PERSON, "unreadable", _sentence(str(problem)))


def seat(turn: Turn, agent_id: str) -> Member:
    member = turn.record.member_of(agent_id)
    if member is None:
        raise AssertionError(f"the voter {agent_id} is seated nowhere")
    return member


def _sentence(problem: str) -> str:
    return f"{problem[:1].upper()}{problem[1:]}."

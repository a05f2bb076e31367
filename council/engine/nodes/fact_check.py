"""fact_check: claims out of what was said, each looked up and judged by what was found; without evidence, nothing."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from council.engine.asking import ask_object
from council.engine.nodes.speaking import heading_of, readable, speaker_of
from council.engine.record import Member
from council.engine.searching import look_up, sources_of
from council.engine.speech import Speaker
from council.engine.together import together
from council.engine.turn import Turn
from council.errors import ProviderError
from council.events import FactCheck, MessageCompleted
from council.meeting import claims as pure
from council.meeting.claims import Claim, Extracted, Judgement, not_checkable
from council.meeting.findings import summary
from council.meeting.graph import Node
from council.meeting.nodes import FactCheck as Properties
from council.meeting.prompts import Words
from council.meeting.walk import node_of
from council.search.base import Found, Search

HEADING = "Fact check"
AT_ONCE = 4
MAX_EVIDENCE = 8
MAX_SOURCE_TEXT = 500  # Characters of a source that the event shows.


def run(turn: Turn) -> dict[str, Any]:
    properties = Properties.model_validate(turn.node.properties)
    member = turn.member
    if member is None:
        raise AssertionError(f"no model is seated at {turn.node.node_id}")
    turn.minutes.write(*turn.entering())
    check = _Check(turn, properties, member)
    extracted, problem = check.extract()
    jobs = {f"claim-{n}": partial(check.check, n, claim) for n, claim in enumerate(extracted.claims, 1)}
    checked = tuple(together(turn, jobs, at_once=AT_ONCE).values())
    return _conclude(turn, properties, checked, dropped=extracted.dropped, problem=problem)


def checked_claims(turn: Turn) -> tuple[dict[str, Any], ...]:
    """The claims that the latest visit of each fact check before this turn has checked."""
    latest = {node_of(key): turn.results.get(key, {}) for key in turn.heard}
    return tuple(claim for result in latest.values() for claim in result.get("claims", ()))


@dataclass(frozen=True, slots=True)
class _Text:
    """Somebody's words, with the heading that tells no more of the speaker than may be known."""

    node_id: str
    words: Words


class _Check:
    """One visit of the node. Its claims are checked on several threads, which share nothing that changes."""

    def __init__(self, turn: Turn, properties: Properties, member: Member) -> None:
        self._turn = turn
        self._properties = properties
        self._persona = member.agent.persona
        self._speaker: Speaker = speaker_of(turn, member, properties)
        self._texts = _texts_of(turn)
        self._sources: Mapping[str, Search] = sources_of(turn)

    # Which claims there are

    def extract(self) -> tuple[Extracted, str | None]:
        """The claims, and why there are none if something went wrong. Raises an Interrupted."""
        if not self._texts:
            return Extracted((), 0), "Nobody has said anything that could be checked."
        limits = {"max_claims": self._properties.max_claims, "max_queries": self._properties.max_queries}
        prompt = pure.claims_prompt(
            self._system(),
            self._turn.words("fact_claims"),
            tuple(text.words for text in self._texts),
            nonce=secrets.token_hex(12),
            **limits,
        )
        said = tuple(text.words.text for text in self._texts)

        def read(answer: str) -> Extracted:
            return pure.read_claims(answer, said, **limits)

        try:
            answered = ask_object(
                self._turn, self._speaker, prompt, pure.claims_schema(**limits), read, part="claims"
            )
        except ProviderError as failure:
            return Extracted((), 0), f"The claims could not be listed: {failure.message}"
        if answered.value is None:
            return Extracted((), 0), f"The list of claims could not be read: {answered.problem}."
        return answered.value, None

    # One of them

    def check(self, number: int, claim: Claim) -> dict[str, Any]:
        """What became of the claim, recorded, so that it is not checked again. Raises an Interrupted."""
        part = f"claim-{number}"
        known = self._turn.recorded(part)
        if known is not None:
            return known
        evidence, problems = self._look_for(claim, part)
        judgement = self._judge(claim, evidence, problems, part)
        found = self._finding(claim, evidence, judgement)
        self._turn.record_part(part, found)
        return found

    def _look_for(self, claim: Claim, part: str) -> tuple[list[Found], list[str]]:
        """Pieces of evidence, each place once, and what each source said that gave none."""
        found: dict[tuple[str, str], Found] = {}
        problems: dict[str, str] = {}
        for number, query in enumerate(claim.queries, 1):
            for name in self._properties.sources:
                if len(found) >= MAX_EVIDENCE:
                    break
                looked = look_up(
                    self._turn,
                    self._sources[name],
                    query,
                    part=f"{part}/query-{number}/{name}",
                    agent_id=self._speaker.agent_id,
                )
                for each in looked.found:
                    found.setdefault((each.source, each.place), each)
                problems[name] = looked.problem or problems.get(name) or f"Nothing was found in {name}."
        return list(found.values())[:MAX_EVIDENCE], list(problems.values())

    def _judge(self, claim: Claim, evidence: list[Found], problems: list[str], part: str) -> Judgement:
        if not evidence:
            return not_checkable(" ".join(problems))
        prompt = pure.judgement_prompt(
            self._system(),
            self._turn.words("fact_judgement"),
            claim,
            [_as_evidence(each) for each in evidence],
            nonce=secrets.token_hex(12),
        )
        read = partial(pure.read_judgement, pieces=len(evidence))
        try:
            answered = ask_object(
                self._turn, self._speaker, prompt, pure.JUDGEMENT_SCHEMA, read, part=f"{part}/judgement"
            )
        except ProviderError as failure:
            return not_checkable(f"The evidence could not be judged: {failure.message}")
        if answered.value is None:
            return not_checkable(f"The judgement could not be read: {answered.problem}.")
        return answered.value

    def _finding(self, claim: Claim, evidence: list[Found], judgement: Judgement) -> dict[str, Any]:
        """As it stands in the event."""
        shown = [each.as_source(MAX_SOURCE_TEXT) for each in evidence]
        sources = [shown[number - 1] for number in judgement.evidence]
        return {
            "claim": claim.claim,
            "kind": claim.kind,
            "quote": claim.quote,
            "node_id": self._texts[claim.speaker].node_id,
            "status": judgement.status,
            "reason": judgement.reason,
            "source": sources[0] if sources else None,
            "sources": sources,
            "queries": list(claim.queries),
            "found": len(evidence),
        }

    def _system(self) -> str:
        return "\n\n".join(part for part in (self._persona.strip(), self._turn.words("fact_checker")) if part)


def _texts_of(turn: Turn) -> tuple[_Text, ...]:
    """What each member said last, and what a person put in its place, without the blocks for machines."""
    nodes = turn.record.graph.nodes
    latest = {
        node_of(key): key for key in readable(turn) if _is_checked(nodes[node_of(key)], turn.results[key])
    }
    texts = []
    for node_id, key in latest.items():
        result = turn.results[key]
        words = Words(heading_of(turn, key), result.get("prose") or result["content"])
        texts.append(_Text(node_id, words))
    return tuple(texts)


def _is_checked(node: Node, result: dict[str, Any]) -> bool:
    """Whether these are somebody's words: not ours, and not what was looked up."""
    return node.type in ("agent", "llm") or (node.type == "human_review" and bool(result.get("covers")))


def _as_evidence(found: Found) -> str:
    return f"{found.title}\n{found.place} ({found.source})\n\n{found.text}"


def _conclude(
    turn: Turn,
    properties: Properties,
    checked: tuple[dict[str, Any], ...],
    *,
    dropped: int,
    problem: str | None,
) -> dict[str, Any]:
    tally = pure.tally([claim["status"] for claim in checked], properties.verify_threshold)
    message = _message(turn, summary(checked, dropped=dropped, problem=problem))
    event = FactCheck(
        node_id=turn.node.node_id,
        round=turn.round,
        message_id=message.message_id,
        claims=checked,
        share_supported=tally.share_supported,
        verified=tally.verified,
        dropped=dropped,
        problem=problem,
    )
    result = {
        "heading": HEADING,
        "content": message.content,
        "message_id": message.message_id,
        "finish": message.finish,
        "round": turn.round,
        "claims": list(checked),
        "supported": sum(1 for claim in checked if claim["status"] == "supported"),
        "verified": tally.verified,
    }
    return turn.conclude(result, message, event)


def _message(turn: Turn, content: str) -> MessageCompleted:
    """What was found, as a message that nobody has said."""
    return MessageCompleted(
        message_id=str(uuid.uuid4()),
        node_id=turn.node.node_id,
        agent_id=None,
        role="system",
        content=content,
        thinking="",
        html=turn.html(content, marked=False),
        finish="stop",
        round=turn.round,
    )

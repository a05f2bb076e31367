"""A scripted panel: one model server that plays every member of every built-in template, each its own part."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from council.store.library import Library
from tests.support.meetings import ruling
from tests.support.model_server import Answer, Call, Reply

Request = dict[str, Any]


@dataclass
class Panel:
    """What each agent holds and votes, by its id; what is not said here is a plain yes.

    ``stances`` of an agent are its positions in order, the last one for ever; ``rulings`` likewise.
    """

    stances: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    votes: Mapping[str, Any] = field(default_factory=dict)
    rulings: tuple[str, ...] = (ruling(),)
    claims: tuple[str, ...] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)
    edit: tuple[str, str] = ("40 minutes", "20 minutes")
    requests: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        self.requests.append(request)
        return self._plays[self._part_of(request)](request)

    # Who is asked for what

    def agent_of(self, request: Request) -> str:
        """Whose persona opens the system prompt; a model without one is ``nobody``."""
        system = request["messages"][0]["content"]
        return next((a for a, persona in PERSONAS.items() if system.startswith(persona)), "nobody")

    def _part_of(self, request: Request) -> str:
        fields = _fields(request)
        for part, name in (("vote", "vote"), ("claims", "claims"), ("judgement", "status")):
            if name in fields:
                return part
        asked = request["messages"][1]["content"]
        if request.get("tools"):
            return "surgery"
        if '"strategic_alignment"' in asked:
            return "ruling"
        return "stating" if STATES in asked else "report" if "Write the report" in asked else "opinion"

    @property
    def _plays(self) -> Mapping[str, Callable[[Request], Answer]]:
        return {
            "vote": self._vote,
            "claims": self._claims,
            "judgement": self._judge,
            "surgery": self._operate,
            "ruling": self._rule,
            "stating": self._state,
            "report": lambda _request: Reply("The council met; this is what came of it."),
            "opinion": lambda request: Reply(f"{self.agent_of(request)} thinks: builds are slow [Ref: L4]."),
        }

    # Their parts

    def _turn_of(self, request: Request, heading: str) -> int:
        """How often this agent spoke before, by what it is shown: a question that is put again is no other one."""
        return int(request["messages"][1]["content"].count(f"\n## {heading}"))

    def _state(self, request: Request) -> Answer:
        me = self.agent_of(request)
        stances = self.stances.get(me, ("for",))
        turn = self._turn_of(request, "You said before")
        now = stances[min(turn, len(stances) - 1)]
        moved = turn > 0 and now != stances[min(turn - 1, len(stances) - 1)]
        block = {
            "position": now,
            "confidence": 0.8,
            "changed": moved,
            "because_of": "Member B" if moved else None,
            "error": "I had not counted the teams." if moved else None,
        }
        return Reply(f"{me} is {now}, time {turn + 1} [Ref: L4].\n\n```json\n{json.dumps(block)}\n```")

    def _vote(self, request: Request) -> Answer:
        me = self.agent_of(request)
        vote = self.votes.get(me, _plain_vote(request))
        return Reply(json.dumps({"vote": vote, "confidence": 0.9, "reason": f"{me} says why."}))

    def _rule(self, request: Request) -> Answer:
        turn = self._turn_of(request, "The chair said")
        return Reply(self.rulings[min(turn, len(self.rulings) - 1)])

    def _claims(self, request: Request) -> Answer:
        claims = [{"claim": claim, "kind": "figure", "query": claim} for claim in self.claims]
        return Reply(json.dumps({"claims": claims}))

    def _judge(self, request: Request) -> Answer:
        asked = request["messages"][1]["content"]
        status = next((s for claim, s in self.statuses.items() if claim in asked), "not_checkable")
        evidence = [1] if status != "not_checkable" else []
        return Reply(json.dumps({"status": status, "evidence": evidence, "reason": "By the document."}))

    def _operate(self, request: Request) -> Answer:
        """Read, write, close."""
        results = [m for m in request["messages"] if m["role"] == "tool"]
        if not results:
            return Reply("", finish="tool_calls", calls=(Call("read_file", {"path": "plan.md"}, "c1"),))
        if len(results) == 1:
            old, new = self.edit
            lines = re.findall(r"(?m)^L\d+: ?(.*)$", results[0]["content"])
            text = "\n".join(lines).replace(old, new)
            arguments = {"path": "plan.md", "content": text, "reason": "An order of the chair."}
            return Reply("", finish="tool_calls", calls=(Call("write_file", arguments, "c2"),))
        return Reply("Changed: the figure in line 4.")


STATES = '"position" is where you stand'
"""Only who is to state a position is told this."""
PERSONAS = {agent_id: agent.persona.strip() for agent_id, agent in Library().agents.items()}


def _fields(request: Request) -> set[str]:
    """The fields of the answer's schema."""
    schema = (request.get("response_format") or {}).get("json_schema", {}).get("schema", {})
    return set(schema.get("properties", {}))


def _plain_vote(request: Request) -> Any:
    """Yes, eight of ten, or the options as they are listed."""
    schema = request["response_format"]["json_schema"]["schema"]["properties"]["vote"]
    text = json.dumps(schema)
    if '"yes"' in text:
        return "yes"
    return sorted(set(re.findall(r'"([A-Z])"', text))) or 8


# Reading a meeting


def transcript(events: list[dict[str, Any]], order: list[str]) -> list[str]:
    """A meeting's log as people would tell it; who speaks at the same time is told in this order."""
    lines: list[str] = []
    together: list[tuple[int, str]] = []
    for event in events:
        line = _line(event["event"], event["node_id"], event["data"])
        if line is None:
            continue
        if event["event"] in _AT_ONCE:
            together.append((order.index(event["node_id"]), line))
            continue
        lines += [said for _place, said in sorted(together)] + [line]
        together = []
    return lines + [said for _place, said in sorted(together)]


_AT_ONCE = ("message_completed", "vote_cast")


def _line(name: str, node_id: str | None, data: dict[str, Any]) -> str | None:
    match name:
        case "execution:started" | "execution:completed" | "execution:failed" | "execution:paused":
            return name.removeprefix("execution:")
        case "message_completed":
            return f"{node_id}{_round(data)} speaks"
        case "ballot_opened":
            return f"{node_id} opens: {data['vote_type']} among {len(data['voters'])}"
        case "vote_cast":
            return f"{data['voter']} has voted" + ("" if data["vote"] is None else f" {data['vote']}")
        case "ballot_closed":
            return f"{node_id} closes: {data['outcome']}, {data['decision']}"
        case "fact_check":
            return f"{node_id}: " + ", ".join(f"{c['claim']} {c['status']}" for c in data["claims"])
        case "score":
            return f"score{_round(data)} {data['weighted_total']:g}"
        case "round_closed":
            return f"{node_id}{_round(data)} {data['decision']}: {data['reason']}"
        case "human_interaction_required":
            return f"{node_id} waits for a person: {', '.join(data['actions'])}"
        case "node_resumed":
            return f"a {data['by']} says {data['action']}"
        case "file_written":
            return f"{data['path']} version {data['version']} by {data['author']}"
        case "memory_retrieved":
            return f"{node_id}{_round(data)} remembers {len(data['items'])}"
        case "verdict":
            return f"verdict: {data['outcome']}, {data['word']}, {data['decision']}"
        case _:
            return None


def _round(data: dict[str, Any]) -> str:
    number = data.get("round", 1)
    return f" (round {number})" if number > 1 else ""

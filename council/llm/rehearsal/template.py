"""A rehearsed draft of a template: a small graph that fits the words of the wish, the same for the same wish."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from council.llm.base import ChatRequest
from council.llm.rehearsal.brief import shorten
from council.llm.rehearsal.prompt import Section, sections_of, text_of
from council.meeting.drafting import DRAFT_TITLE

Node = dict[str, Any]

DISCLOSURE = ("Drafted in rehearsal, without a model: ", "预演所拟，未用模型：")
MAX_NAME, MAX_WISH = 80, 400
_LISTED = re.compile(r"^- ([^:\n]+):", re.MULTILINE)
_CJK = re.compile(r"[\u3400-\u9fff]")
_NUMBERS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4, "两": 2, "二": 2, "三": 3, "四": 4}
_COUNTED = re.compile(
    r"\b(two|three|four|[2-4])\s+(?:\w+\s+)?(?:members?|experts?|people|agents?|voices|opinions|views)\b|([两二三四2-4])[个名位]",
    re.IGNORECASE,
)
_ROUNDS = re.compile(
    r"(?:up to |at most )?\b(two|three|four|[2-4])\s+rounds|([两二三四2-4])轮", re.IGNORECASE
)

_PANELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "code_review",
        r"\bcode|pull request|\bsecurity|代码|安全",
        ("security_reviewer", "performance_reviewer", "maintainability_reviewer"),
    ),
    ("business_plan", r"business|start-?up|market|商业|创业", ("business_planner", "devils_advocate")),
    (
        "quick_decision",
        r"quick|\bfast|at once|快速|马上",
        ("supporter", "opponent", "neutral_analyst"),
    ),
    (
        "debate",
        r"debate|for and against|pros? and cons?|both sides|辩论|正反",
        ("value_defender", "risk_auditor"),
    ),
)
_MEMBERS = ("member_a", "member_b", "member_c", "member_d")
_WANTED = {
    "memory": r"remember|memory|earlier|history|记忆|以前|历史",
    "facts": r"\bfacts?\b|verif|\bclaims?\b|事实|核查|查证",
    "vote": r"\bvotes?\b|\bvoting|ballot|投票|表决",
    "loop": r"\brounds?\b|\bloop|iterat|\bagain\b|repeat|until|轮|反复|直到",
    "person": r"approv|\bperson|\bhuman|sign off|\breview by|\bI (?:want|must|will)|人工|审批|批准|由人",
    "report": r"report|minutes|summary|报告|纪要|总结",
}
_NAMES = {
    "start": ("Opening", "开场"),
    "memory": ("What the group knows", "小组已知"),
    "opinions": ("Opinions at once", "同时发言"),
    "facts": ("Fact check", "事实核查"),
    "vote": ("Vote", "投票"),
    "ruling": ("Ruling", "裁决"),
    "loop": ("Another round?", "再来一轮？"),
    "person": ("A person decides", "由人定夺"),
    "end": ("Record", "记录"),
}


def template(request: ChatRequest) -> dict[str, Any] | None:
    """The draft; ``None`` when something else is asked."""
    if (request.json_schema or {}).get("title") != DRAFT_TITLE:
        return None
    sections = sections_of(text_of(request.messages, "user"))
    return _Draft(_fenced(sections, "the wish"), _LISTED.findall(_fenced(sections, "agents"))).whole()


def _fenced(sections: Sequence[Section], title: str) -> str:
    return next((each.fenced[0].words for each in sections if each.is_titled((title,)) and each.fenced), "")


class _Draft:
    def __init__(self, wish: str, agents: list[str]) -> None:
        self._wish = wish
        self._agents = agents
        self._language = 1 if _CJK.search(wish) else 0
        self._category, self._panel = self._choose()
        self._wanted = {part for part, words in _WANTED.items() if re.search(words, wish, re.IGNORECASE)}

    def whole(self) -> dict[str, Any]:
        return {
            "name": shorten(self._wish, MAX_NAME),
            "description": DISCLOSURE[self._language] + shorten(self._wish, MAX_WISH),
            "category": self._category,
            "start_node_id": "start",
            "nodes": list(self._nodes()),
        }

    # Who sits there

    def _choose(self) -> tuple[str, tuple[str, ...]]:
        for category, words, panel in _PANELS:
            if re.search(words, self._wish, re.IGNORECASE):
                return category, self._seated(panel)
        return "custom", self._seated(_MEMBERS[: _number(_COUNTED, self._wish, 3)])

    def _seated(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Those that exist; for one that does not, whoever is there."""
        others = [agent_id for agent_id in self._agents if agent_id not in wanted]
        return tuple(
            each if each in self._agents else others[at % len(others)] for at, each in enumerate(wanted)
        )

    def _chair(self) -> str:
        return "chief_justice" if "chief_justice" in self._agents else self._agents[0]

    # The graph: one after another, the members at once

    def _nodes(self) -> Iterator[Node]:
        parts = [part for part in self._parts() if part is not None]
        for at, (part, properties) in enumerate(parts):
            onward = [parts[at + 1][0]] if at + 1 < len(parts) else []
            match part:
                case "opinions":
                    yield self._node("opinions", "parallel", self._seats(), {})
                    yield from self._members(onward)
                case "loop":
                    yield self._node("loop", "loop", ["opinions", *onward], properties)
                case _:
                    yield self._node(part, _TYPES[part], onward, properties)

    def _parts(self) -> Iterator[tuple[str, Mapping[str, Any]] | None]:
        chair = {"agent_id": self._chair()}
        yield "start", {}
        yield self._if("memory", {})
        yield "opinions", {}
        yield self._if("facts", {"sources": ["documents"]})
        yield self._if("vote", {"agent_ids": list(dict.fromkeys(self._panel)), "vote_type": "yes_no"})
        yield "ruling", chair | {"output": "verdict"}
        yield self._if("loop", {"max_rounds": _number(_ROUNDS, self._wish, 3)})
        yield self._if("person", {"actions": ["approve", "reject", "modify"]})
        yield "end", chair | {"output": "report"} if "report" in self._wanted else {}

    def _if(self, part: str, properties: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
        return (part, properties) if part in self._wanted else None

    def _seats(self) -> list[str]:
        return [f"member_{number}" for number in range(1, len(self._panel) + 1)]

    def _members(self, onward: list[str]) -> Iterator[Node]:
        for seat, agent_id in zip(self._seats(), self._panel, strict=True):
            name = agent_id.replace("_", " ").title()
            yield self._node(seat, "agent", onward, {"agent_id": agent_id}, name)

    def _node(
        self, node_id: str, node_type: str, next_ids: list[str], properties: Mapping[str, Any], name: str = ""
    ) -> Node:
        return {
            "node_id": node_id,
            "type": node_type,
            "name": name or _NAMES[node_id][self._language],
            "next_ids": next_ids,
            "properties": dict(properties),
        }


_TYPES = {
    "start": "start",
    "memory": "memory_retrieval",
    "facts": "fact_check",
    "vote": "vote",
    "ruling": "agent",
    "person": "human_review",
    "end": "end",
}


def _number(pattern: re.Pattern[str], text: str, otherwise: int) -> int:
    found = pattern.search(text)
    return _NUMBERS[(found[1] or found[2]).lower()] if found else otherwise

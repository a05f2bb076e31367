"""What a meeting would cost: the pure estimate, with the models that are here and their prices."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from council.commands import Cap, Inputs, Name
from council.engine.account import opened
from council.engine.allowance import cap_of
from council.engine.opening import Opening, Placed, Seating, find_group, find_template, place
from council.engine.record import Member, members_of
from council.engine.turn import Desk
from council.errors import Invalid
from council.events import Event
from council.llm.base import Usage
from council.meeting.estimate import Charge, estimate
from council.meeting.graph import Agent, Graph
from council.meeting.money import nano_of
from council.meeting.prompts import Matter
from council.meeting.validation import parse_graph
from council.store.library import Library


class EstimateRequest(BaseModel):
    """A meeting that nobody has started: of a template, or of a graph that is no template yet."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    template_id: Name | None = None
    graph: dict[str, Any] | None = None
    subject: Annotated[str, StringConstraints(max_length=4_000)] = ""
    inputs: Inputs = Inputs()
    agents: dict[str, str] = {}
    group_id: Name | None = None


class Estimator:
    """Thread-safe."""

    def __init__(self, library: Library, seating: Seating, desk: Desk) -> None:
        self._library = library
        self._seating = seating
        self._desk = desk

    def of(self, request: EstimateRequest, library: Library | None = None) -> dict[str, Any]:
        """The estimate of a meeting to be, of what ``library`` has. Raises Invalid."""
        placed, group_prompt = self._place(request, library or self._library)
        documents = tuple((each.name, each.content) for each in request.inputs.all_documents())
        matter = Matter(request.subject, request.inputs.objective, documents)
        return self._estimate(placed.graph, _members(placed), matter, group_prompt)

    def priced(self, opening: Opening, budget: Cap | None) -> Opening:
        """The opening with its cap and its estimate. Raises Invalid when the cap could not hold."""
        row = opening.session
        members, cap = members_of(row), cap_of(budget)
        self.refuse_unknown(members, cap)
        documents = tuple((each["name"], each["content"]) for each in opening.documents)
        matter = Matter(row["subject"], row["objective"], documents)
        graph = Graph.model_validate(row["graph"])
        found = self._estimate(graph, members, matter, row.get("group_prompt") or "")
        return replace(opening, session=row | {"cap": cap, "estimate": found})

    def refuse_unknown(self, members: Mapping[str, Member], cap: dict[str, Any] | None) -> None:
        """A cap in money cannot hold where nobody knows the price, unless there is one in tokens. Raises Invalid."""
        if not cap or cap["usd"] is None or cap["tokens"] is not None:
            return
        if unpriced := self._unpriced(members):
            raise Invalid(
                f"Nobody knows the price of {', '.join(unpriced)}, so a cap in USD cannot hold.",
                code="unknown_price",
                hint="Give prices in a file named by COUNCIL_PRICES_FILE, or add a cap in tokens: budget.tokens.",
                details=[{"path": "budget.usd", "reason": f"{m}: price unknown."} for m in unpriced],
            )

    def _unpriced(self, members: Mapping[str, Member]) -> list[str]:
        models = {(member.provider_id, member.model) for member in members.values()}
        return sorted(model for by, model in models if self._charge(by, model, 1, 1).price == "unknown")

    def _place(self, request: EstimateRequest, library: Library) -> tuple[Placed, str]:
        if (request.template_id is None) == (request.graph is None):
            raise Invalid(
                "Send either template_id or graph.", hint="template_id: one of GET /api/v1/templates."
            )
        group = find_group(request.group_id, library)
        graph, template_id = self._graph(request, library)
        placed = place(graph, template_id, group, request.agents, library, self._seating)
        return placed, group.system_prompt if group else ""

    def _graph(self, request: EstimateRequest, library: Library) -> tuple[Graph, str | None]:
        if request.graph is not None:
            return parse_graph(request.graph), None
        template = find_template(request.template_id or "", library)
        return template.graph, template.template_id

    def _estimate(
        self, graph: Graph, members: Mapping[str, Member], matter: Matter, group_prompt: str
    ) -> dict[str, Any]:
        limit = self._desk.settings.answer_limit_tokens
        found = estimate(graph, members, matter, self._charge, group_prompt=group_prompt, answer_limit=limit)
        return found.data()

    def _charge(self, provider_id: str, model: str, asked: int, said: int) -> Charge:
        cost = self._desk.cost(provider_id, model, Usage(asked, said))
        return Charge(None if cost.usd is None else nano_of(cost.usd), cost.price)


def first_budget(row: dict[str, Any]) -> tuple[Event, ...]:
    """What a meeting with a cap begins with."""
    return (opened(row),) if row.get("cap") else ()


def _members(placed: Placed) -> dict[str, Member]:
    bare = Agent(agent_id="", name="", persona="")
    return {
        seat: Member(placed.agents.get(seat, bare), of.provider_id, of.model)
        for seat, of in placed.seats.items()
    }

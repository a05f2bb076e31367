"""The product with a few more templates: members without a chair, a long chain of steps, a wait for a person."""

from typing import Any

from flask import Flask

from council.application import create_app
from council.meeting.graph import Template

TEMPLATE_ID, CHAIN_ID, WAITING_ID = "three_members", "chain", "waiting"
CHAIN_STEPS = 300
MEMBERS = {"first": "value_defender", "second": "risk_auditor", "third": "chief_justice"}


def bench_app() -> Flask:
    """What gunicorn serves as ``benchmarks.council_app:bench_app()``."""
    app = create_app()
    for raw in (three_members(), chain(), waiting()):
        template = Template.model_validate(raw)
        app.extensions["council"].library.templates[template.template_id] = template
    return app


def three_members() -> dict[str, Any]:
    nodes = {
        "start": {"type": "start", "name": "Opening", "next_ids": ["all"]},
        "all": {"type": "parallel", "name": "All at once", "next_ids": list(MEMBERS)},
        "end": {"type": "end", "name": "Record"},
    }
    for node_id, agent_id in MEMBERS.items():
        properties = {"agent_id": agent_id}
        nodes[node_id] = {"type": "agent", "name": node_id, "next_ids": ["end"], "properties": properties}
    return _template(TEMPLATE_ID, nodes)


def chain() -> dict[str, Any]:
    """Steps that say nothing, one after another: what is left is the engine's own cost."""
    names = [f"step{number}" for number in range(CHAIN_STEPS)]
    following = [*names[1:], "end"]
    steps = {n: {"type": "parallel", "next_ids": [to]} for n, to in zip(names, following, strict=True)}
    return _template(
        CHAIN_ID, {"start": {"type": "start", "next_ids": ["step0"]}, **steps, "end": {"type": "end"}}
    )


def waiting() -> dict[str, Any]:
    """A meeting that asks a person, and waits for ever."""
    ask = {
        "type": "ask_human",
        "next_ids": ["end"],
        "properties": {"question": "Well?", "timeout_minutes": 0},
    }
    return _template(
        WAITING_ID, {"start": {"type": "start", "next_ids": ["ask"]}, "ask": ask, "end": {"type": "end"}}
    )


def _template(template_id: str, nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    named = {node_id: {"node_id": node_id, "name": node_id} | node for node_id, node in nodes.items()}
    graph = {"start_node_id": "start", "nodes": named}
    return {"template_id": template_id, "name": template_id, "category": "custom", "graph": graph}

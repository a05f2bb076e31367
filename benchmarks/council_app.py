"""The product with one more template: three members who speak at the same time, and nothing after."""

from typing import Any

from flask import Flask

from council import create_app
from council.meeting.graph import Template

TEMPLATE_ID = "three_members"
MEMBERS = {"first": "value_defender", "second": "risk_auditor", "third": "chief_justice"}


def bench_app() -> Flask:
    """What gunicorn serves as ``benchmarks.council_app:bench_app()``."""
    app = create_app()
    app.extensions["council"].library.templates[TEMPLATE_ID] = Template.model_validate(three_members())
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
    return {
        "template_id": TEMPLATE_ID,
        "name": "Three members",
        "description": "Three opinions at the same time.",
        "category": "custom",
        "graph": {
            "start_node_id": "start",
            "nodes": {node_id: {"node_id": node_id, **node} for node_id, node in nodes.items()},
        },
    }

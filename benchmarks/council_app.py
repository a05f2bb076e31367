"""The product with one more template: three members who speak at the same time, and nothing after."""

from council import create_app
from council.meeting.graph import Template

MEMBERS = {"first": "value_defender", "second": "risk_auditor", "third": "chief_justice"}

THREE_MEMBERS = {
    "template_id": "three_members",
    "name": "Three members",
    "description": "Three opinions at the same time.",
    "category": "custom",
    "graph": {
        "start_node_id": "start",
        "nodes": {
            "start": {"node_id": "start", "type": "start", "name": "Opening", "next_ids": ["all"]},
            "all": {"node_id": "all", "type": "parallel", "name": "All at once", "next_ids": list(MEMBERS)},
            "end": {"node_id": "end", "type": "end", "name": "Record"},
        },
    },
}
for _node_id, _agent_id in MEMBERS.items():
    THREE_MEMBERS["graph"]["nodes"][_node_id] = {
        "node_id": _node_id,
        "type": "agent",
        "name": _node_id,
        "next_ids": ["end"],
        "properties": {"agent_id": _agent_id},
    }

app = create_app()
app.extensions["council"].library.templates["three_members"] = Template.model_validate(THREE_MEMBERS)

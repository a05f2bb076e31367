"""What the meetings of the page's benchmark are made of: twelve members in rounds, and what they say."""

from typing import Any

from council.meeting.markdown import render

MEMBERS = tuple(f"member_{number}" for number in range(1, 13))
_PARAGRAPHS = (
    "**A bridge carries more at once.** The tunnel needs eleven years, the bridge six; the ferry runs meanwhile "
    "either way, so that nobody is cut off while we build.",
    "- The wind closes a bridge on nine days a year, by the record of the last forty.\n"
    "- A tunnel floods once, and then it is closed for months.\n"
    "- Both want a toll, or a tax that is honest about it.",
    "What I cannot answer is the *harbour*: ships of `60 m` air draught come twice a week, and no bridge we can pay "
    "for lets them through. Somebody has to ask their owners before we decide.",
    "> If nobody asks them, the decision is made for us.\n\nThat is why I would rather wait a month than lose a "
    "decade, and why my word is a condition and not a no.",
)
TEXT = ("\n\n".join(_PARAGRAPHS) + "\n\n") * 5
"""About 4,000 characters, as 800 tokens are."""
HTML = (*(render(TEXT[: size * 100]) for size in range(15)), render(TEXT))
"""As the server renders so many hundreds of characters of it, and the whole."""


def graph() -> dict[str, Any]:
    """All speak at once, and again."""
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "name": "Opening", "next_ids": ["opinions"]},
        "opinions": {"type": "parallel", "name": "Opinions", "next_ids": list(MEMBERS)},
        "again": {"type": "loop", "name": "Another round?", "next_ids": ["opinions", "end"]},
        "end": {"type": "end", "name": "Record", "next_ids": []},
    }
    for number, node_id in enumerate(MEMBERS, start=1):
        properties = {"agent_id": f"agent_{node_id}"}
        name = f"Member {number}"
        nodes[node_id] = {"type": "agent", "name": name, "next_ids": ["again"], "properties": properties}
    named = {node_id: {"node_id": node_id, "properties": {}} | node for node_id, node in nodes.items()}
    return {"start_node_id": "start", "nodes": named}


def panel() -> dict[str, Any]:
    members = [
        {
            "node_id": node_id,
            "agent_id": f"agent_{node_id}",
            "name": f"Member {number}",
            "provider": "bench",
            "model": "scripted",
        }
        for number, node_id in enumerate(MEMBERS, start=1)
    ]
    return {"members": members, "diverse": False, "rehearsal": False}

"""What each type of node is called, and the sign it is drawn with."""

from flask_babel import gettext


def _n(message: str) -> str:
    """Marks a text for the translators; it is translated when it is used."""
    return message


NAMES = {
    "start": _n("Start"),
    "agent": _n("A member speaks"),
    "llm": _n("A prompt"),
    "tool": _n("A tool"),
    "parallel": _n("At the same time"),
    "sequence": _n("One after the other"),
    "vote": _n("Ballot"),
    "loop": _n("Again or out"),
    "fact_check": _n("Fact check"),
    "human_review": _n("A person reviews"),
    "ask_human": _n("A question to a person"),
    "memory_retrieval": _n("The group's memory"),
    "context_synth": _n("A digest of older rounds"),
    "plan": _n("Tasks for the board"),
    "end": _n("End"),
}

SIGNS = {
    "llm": "M4 5l4 3-4 3M9 12h4",
    "tool": "M11.5 2.5a3 3 0 0 0-3.6 3.9L2.5 11.8l1.7 1.7 5.4-5.4a3 3 0 0 0 3.9-3.6L11.6 6.3 9.7 4.4z",
    "vote": "M3 8.5h10v5H3zM5.5 8.5V3h5v5.5M6.8 5.6l1 1 1.6-1.9",
    "fact_check": "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.4 3.4M5.2 7l1.3 1.3 2.3-2.6",
    "human_review": "M8 2.5a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2zM2.9 13.5c.4-3 2.4-4.4 5.1-4.4s4.7 1.4 5.1 4.4",
    "ask_human": "M5.6 6a2.4 2.4 0 1 1 3.5 2.1c-.8.5-1.1.9-1.1 1.9M8 12.6v.2",
    "memory_retrieval": "M8 2.5l5.5 2.7L8 8 2.5 5.2zM2.5 8L8 10.8 13.5 8M2.5 10.7L8 13.5l5.5-2.8",
    "context_synth": "M3 3.5h10M4.5 6.5h7M6 9.5h4M8 11v2.5",
    "plan": "M3 3.5h3v3H3zM8.5 5H13M3 9.5h3v3H3zM8.5 11H13",
}
"""SVG path data in a box of 16 by 16, for who is no member: members wear their initials."""


def node_title(name: str, kind: str) -> str:
    """The node's name, and what it is where the name does not say it."""
    word = gettext(NAMES.get(kind, kind))
    return name if name == word else f"{name} – {word}"

"""Two meetings side by side: what was said at each node, and what each came to."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

from council.web.own_words import told_graph, told_model
from council.web.picture import draw

Snapshot = Mapping[str, Any]


def comparison_view(first: Snapshot, second: Snapshot) -> dict[str, Any]:
    """What the page needs: a row for each node at which somebody spoke, in the order of the plan."""
    return {
        "page": "compare",
        "sides": (_side(first), _side(second)),
        "rows": [_row(node_id, name, first, second) for node_id, name in _nodes(first, second).items()],
        "seqs": f"{first['seq']},{second['seq']}",
    }


def _side(meeting: Snapshot) -> dict[str, Any]:
    members = (f"{member['name']} · {told_model(member)}" for member in meeting["panel"]["members"])
    return {
        "meeting": meeting,
        "verdict": _found(meeting["verdict"]),
        "members": tuple(dict.fromkeys(members)),
    }


def _found(verdict: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The verdict with its words in the reader's language, as ``static/js/elements/verdict_words.js`` has them."""
    if verdict is None:
        return None
    words = {
        "pass": gettext("pass"),
        "refine": gettext("refine"),
        "improve": gettext("improve"),
        "rework": gettext("rework"),
        "reject": gettext("reject"),
    }
    decisions = {"yes": gettext("Yes"), "no": gettext("No")}
    word, decision = verdict.get("word") or "", verdict.get("decision") or ""
    return {**verdict, "word": words.get(word, word), "decision": decisions.get(decision, decision)}


def _nodes(first: Snapshot, second: Snapshot) -> dict[str, str]:
    """The names of all nodes that spoke in one of them, and of no others."""
    spoke = {message["node_id"] for meeting in (first, second) for message in meeting["messages"]}
    dots = [dot for meeting in (first, second) for dot in draw(told_graph(meeting["graph"])).dots]
    return {dot.node_id: dot.name for dot in dots if dot.node_id in spoke}


def _row(node_id: str, name: str, first: Snapshot, second: Snapshot) -> dict[str, Any]:
    said = [_said(meeting["messages"], node_id) for meeting in (first, second)]
    texts = [[message["content"] for message in messages] for messages in said]
    return {"node_id": node_id, "name": name, "said": said, "same": texts[0] == texts[1]}


def _said(messages: Iterable[Mapping[str, Any]], node_id: str) -> list[Mapping[str, Any]]:
    return [m for m in messages if m["node_id"] == node_id and m["status"] != "discarded"]

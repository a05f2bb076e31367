"""What nodes, members and models of a meeting are called."""

from collections.abc import Mapping
from typing import Any

from council.export.report import Member


class Names:
    """What nodes and members are called in one meeting."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self._panel = snapshot["panel"]["members"]
        self._nodes = {
            node_id: node.get("name") or node_id for node_id, node in snapshot["graph"]["nodes"].items()
        }
        self._own = {each.get("seat", each["node_id"]) for each in self._panel}
        self._agents = {each["agent_id"]: each["name"] for each in reversed(self._panel) if each["agent_id"]}

    def node(self, node_id: str | None) -> str:
        return self._nodes.get(node_id or "", node_id or "")

    def anybody(self, identity: str | None) -> str:
        """Of a node or of a member."""
        return self._nodes.get(identity or "") or self._agents.get(identity or "") or identity or ""

    def model(self, node_id: str | None, agent_id: str | None) -> str:
        """Which model speaks there: the member's own, also where somebody stands in."""
        seats = [each for each in self._panel if each["node_id"] == node_id]
        own = [each for each in seats if each["agent_id"] == agent_id]
        return (own or seats or [{"model": ""}])[0]["model"] or ""

    @property
    def members(self) -> tuple[Member, ...]:
        """Each once, with all turns. Who only stands in for another at a node has no turn there."""
        found: dict[str, dict[str, Any]] = {}
        for each in self._panel:
            key = each["agent_id"] or each["node_id"]
            fresh = {name: each[name] or "" for name in ("name", "provider", "model")} | {"turns": {}}
            turns = found.setdefault(key, fresh)["turns"]
            if each.get("seat", each["node_id"]) == each["node_id"] or each["node_id"] not in self._own:
                turns[self.node(each["node_id"])] = True
        return tuple(Member(**{**each, "turns": tuple(each["turns"])}) for each in found.values())

"""What a fact check found, in words: for the page, and for the members and the chair after it."""

import re
from collections.abc import Sequence
from typing import Any

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ORDER = ("refuted", "not_checkable", "supported")
_HEADINGS = {
    "refuted": ("Refuted", "被驳斥"),
    "not_checkable": ("Not checkable", "无法核实"),
    "supported": ("Supported", "有证据支持"),
}
MAX_REASON = 300


def summary(claims: Sequence[dict[str, Any]], *, dropped: int, problem: str | None) -> str:
    """Markdown, the gravest first; in Chinese when the claims are. ``claims`` as in the event."""
    chinese = bool(_CHINESE.search("".join(claim["claim"] for claim in claims)))
    parts = [_opening(claims, chinese)]
    parts += [_listed(status, claims, chinese) for status in _ORDER]
    parts += [_note(dropped, chinese)] if dropped else []
    parts += [problem] if problem else []
    return "\n\n".join(part for part in parts if part)


def _opening(claims: Sequence[dict[str, Any]], chinese: bool) -> str:
    if not claims:
        return "**No claim was checked.** Nothing here is verified."
    supported = sum(1 for claim in claims if claim["status"] == "supported")
    if chinese:
        return f"**{len(claims)} 条陈述中有 {supported} 条得到证据支持。** 其余均未经核实。"
    return f"**{supported} of {len(claims)} claims are supported by evidence.** The others are not verified."


def _listed(status: str, claims: Sequence[dict[str, Any]], chinese: bool) -> str:
    found = [claim for claim in claims if claim["status"] == status]
    if not found:
        return ""
    lines = [f"- “{claim['claim']}” – {_why(claim)}" for claim in found]
    return "\n".join([f"**{_HEADINGS[status][chinese]}**", "", *lines])


def _why(claim: dict[str, Any]) -> str:
    places = [place_of(source) for source in claim["sources"]]
    reason = " ".join(claim["reason"].split())[:MAX_REASON]
    return " ".join(part for part in (reason, *places) if part) or "–"


def place_of(source: dict[str, Any]) -> str:
    """A source as members cite it."""
    if source.get("url"):
        return f"<{source['url']}>"
    if source.get("lines"):
        return f"[Ref: {source['path']} {source['lines']}]"
    return f"({source['source']}: {source['title']})"


def _note(dropped: int, chinese: bool) -> str:
    if chinese:
        return f"另有 {dropped} 条因无人说过而被排除。"
    were = "claim was" if dropped == 1 else "claims were"
    return f"{dropped} more {were} left out, because nobody has said so."

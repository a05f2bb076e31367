"""What happened in a meeting, read from its snapshot: names instead of ids, and everything in its order."""

from collections.abc import Iterable, Mapping
from typing import Any

from council.export.happenings import (
    Ballot,
    Check,
    Claim,
    Data,
    Fault,
    Happening,
    Option,
    Recalled,
    Review,
    Round,
    Said,
    Source,
    Tool,
    Vote,
    Written,
)
from council.export.names import Names
from council.meeting.positions import read_stated

Snapshot = Mapping[str, Any]


def happenings_of(snapshot: Snapshot, names: Names) -> list[Happening]:
    """In order."""
    return sorted(_happenings(snapshot, names), key=lambda each: each.seq)


def _happenings(snapshot: Snapshot, names: Names) -> Iterable[Happening]:
    broken = _faults_of_messages(snapshot)
    covered = {check["message_id"] for check in snapshot["fact_checks"]}
    for message in snapshot["messages"]:
        if message["message_id"] not in covered:
            yield _said(message, names, broken.get(message["message_id"]))
    for ballot in snapshot["ballots"]:
        yield _ballot(ballot, names)
    for check in snapshot["fact_checks"]:
        yield _check(check, names)
    for review in snapshot["reviews"]:
        yield _review(review, names)
    for tool in snapshot["tools"]:
        yield _tool(tool, names)
    for file in snapshot["files"]:
        yield Written(*(file[name] for name in ("seq", "path", "version", "author", "reason")))
    for ended in snapshot["rounds"]:
        again = ended["decision"] == "again"
        yield Round(ended["seq"], ended["round"], again, ended["reason"], tuple(ended["scores"]))
    for memory in snapshot["memory"]:
        items = tuple((each["title"], each["content"]) for each in memory["items"])
        yield Recalled(memory["seq"], names.node(memory["node_id"]), items, memory.get("note", ""))
    told = {error["seq"] for error in broken.values()}
    for error in snapshot["errors"]:
        if error["seq"] not in told:
            name = names.node(error["node_id"]) if error["node_id"] else None
            yield Fault(error["seq"], name, error["error"], error["hint"], error["can_retry"])


def _faults_of_messages(snapshot: Snapshot) -> dict[str, Data]:
    """Why messages failed: the first fault of their node after they began, as the room tells it."""
    faults: dict[str, Data] = {}
    for message in snapshot["messages"]:
        if message["status"] == "failed":
            of_node = (e for e in snapshot["errors"] if e["node_id"] == message["node_id"])
            found = next((e for e in of_node if e["seq"] > message["seq"]), None)
            if found is not None:
                faults[message["message_id"]] = found
    return faults


def _said(message: Data, names: Names, fault: Data | None) -> Said:
    turn = names.node(message["node_id"]) if message["node_id"] else ""
    name = message["agent_name"] or turn
    stated = read_stated(message["content"])
    position = stated.position
    return Said(
        seq=message["seq"],
        message_id=message["message_id"],
        role=message["role"],
        name=name,
        turn="" if turn == name else turn,
        model=names.model(message["node_id"], message["agent_id"]),
        round=message["round"] or 1,
        text=stated.prose if position else message["content"],
        thinking=message["thinking"] or "",
        html=message["html"] or "",
        status=message["status"],
        finish=message["finish"],
        fault=fault["error"] if fault else None,
        read_by=tuple(names.anybody(node_id) for node_id in message["read_by"]),
        stance=position.stance if position else None,
        confidence=position.confidence if position else None,
    )


def _ballot(ballot: Data, names: Names) -> Ballot:
    opened, closed = ballot["opened"], ballot["closed"]
    who = {each["voter"]: each.get("name") or each["voter"] for each in opened["voters"]}
    options = (
        Option(each["option_id"], who.get(each.get("author") or "", each["text"]))
        for each in opened["options"]
    )
    return Ballot(
        seq=opened["seq"],
        ballot_id=opened["ballot_id"],
        name=names.node(opened["node_id"]),
        round=opened["round"],
        question=opened["question"],
        vote_type=opened["vote_type"],
        options=tuple(options),
        voters=tuple(who.values()),
        voted=tuple(who.get(each["voter"], each["voter"]) for each in ballot["cast"]),
        threshold=opened["threshold"],
        quorum=opened["quorum"],
        closed=closed is not None,
        votes=tuple(_vote(each, who) for each in (closed["ballots"] if closed else ())),
        outcome=closed["outcome"] if closed else None,
        decision=closed["decision"] if closed else None,
        count=closed["count"] if closed else {},
    )


def _vote(cast: Data, who: Mapping[str, str]) -> Vote:
    return Vote(
        name=who.get(cast["voter"], cast["voter"]),
        vote=as_vote(cast["vote"]),
        confidence=cast.get("confidence"),
        reason=cast.get("reason") or "",
        abstained=cast.get("abstained"),
        why=cast.get("why") or "",
    )


def as_vote(vote: Any) -> str | int | tuple[str, ...] | None:
    return tuple(vote) if isinstance(vote, list) else vote


def _check(check: Data, names: Names) -> Check:
    return Check(
        seq=check["seq"],
        name=names.node(check["node_id"]),
        round=check["round"],
        message_id=check["message_id"],
        claims=tuple(_claim(each) for each in check["claims"]),
        share_supported=check["share_supported"],
        verified=check["verified"],
        dropped=check.get("dropped", 0),
        problem=check.get("problem"),
    )


def _claim(claim: Data) -> Claim:
    found = claim.get("sources") or [each for each in (claim.get("source"),) if each]
    sources = (
        Source(
            title=each.get("title") or "",
            url=each.get("url"),
            path=each.get("path"),
            lines=each.get("lines"),
        )
        for each in found
    )
    return Claim(claim["claim"], claim["status"], claim.get("reason") or "", tuple(sources))


def _review(review: Data, names: Names) -> Review:
    answer = review["answer"] or {}
    return Review(
        seq=review["seq"],
        review_id=review["review_id"],
        name=names.node(review["node_id"]),
        kind=review["kind"],
        reason=review["reason"],
        draft=review["draft"],
        open=review["open"],
        action=answer.get("action") or review["expired"],
        by=answer.get("by") or "timeout",
        feedback=answer.get("feedback") or "",
        diff=answer.get("diff") or "",
    )


def _tool(tool: Data, names: Names) -> Tool:
    about = tool["input"].get("path") or tool["input"].get("query") or ""
    name = names.node(tool["node_id"])
    return Tool(tool["seq"], name, tool["tool"], str(about), tool["output"], tool["ok"])

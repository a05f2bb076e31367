"""A snapshot read as a report: names instead of ids, and everything in the order it happened."""

from collections.abc import Iterable, Mapping
from typing import Any

from council.export.legible import legible_throughout
from council.export.names import Names
from council.export.report import (
    Ballot,
    BestDraft,
    Change,
    Check,
    Claim,
    Cost,
    Data,
    Dissent,
    Document,
    Fault,
    Happening,
    Option,
    Recalled,
    Report,
    Review,
    Round,
    Said,
    Source,
    Tool,
    Verdict,
    Vote,
    Written,
)
from council.export.spending import spending_of
from council.meeting.positions import read_stated

Snapshot = Mapping[str, Any]


def report_of(
    snapshot: Snapshot, documents: Iterable[Document], exported_at: str, usages: Iterable[Mapping[str, Any]]
) -> Report:
    """The report of a meeting: ``documents`` are the versions of its files to be in it, ``usages`` its calls."""
    snapshot = legible_throughout(snapshot)
    names = Names(snapshot)
    happenings = sorted(_happenings(snapshot, names), key=lambda each: each.seq)
    return Report(
        session_id=snapshot["session_id"],
        subject=snapshot["subject"],
        objective=snapshot["objective"] or "",
        template_id=snapshot["template_id"],
        group_id=snapshot["group_id"],
        rerun_of=(snapshot["rerun_of"] or {}).get("session_id"),
        status=snapshot["status"],
        reason=snapshot["reason"],
        detail=snapshot["detail"],
        created_at=snapshot["created_at"],
        started_at=snapshot["started_at"],
        ended_at=snapshot["ended_at"],
        exported_at=exported_at,
        rehearsal=bool(snapshot["panel"]["rehearsal"]),
        prompts_version=snapshot["prompts_version"],
        members=names.members,
        given=tuple((each["name"], each["characters"]) for each in snapshot["documents"]),
        documents=tuple(documents),
        happenings=tuple(happenings),
        verdict=_verdict(snapshot, names, happenings),
        cost=_cost(snapshot),
        spending=spending_of(usages, names),
    )


# In the order they stand above


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
        vote=_as_vote(cast["vote"]),
        confidence=cast.get("confidence"),
        reason=cast.get("reason") or "",
        abstained=cast.get("abstained"),
        why=cast.get("why") or "",
    )


def _as_vote(vote: Any) -> str | int | tuple[str, ...] | None:
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


def _verdict(snapshot: Snapshot, names: Names, happenings: Iterable[Happening]) -> Verdict | None:
    found = snapshot["verdict"]
    if found is None:
        return None
    counted = found.get("ballots") or {}
    person, quorum = found.get("person") or {}, found.get("quorum")
    ballots = {each.ballot_id: each for each in happenings if isinstance(each, Ballot)}
    return Verdict(
        outcome=found["outcome"],
        partial_reason=found["partial_reason"],
        word=found["word"],
        round=found["round"],
        decision=found["decision"],
        score=found["score"],
        parts=found["parts"] or {},
        text=found["text"],
        html=found["html"],
        quorum=(quorum["full"], quorum["due"]) if quorum else None,
        absences=tuple((names.anybody(each["node_id"]), each["reason"]) for each in found["absences"]),
        ballot=ballots.get(counted.get("ballot_id", "")),
        ballot_outcome=counted.get("outcome"),
        count=counted.get("count") or {},
        dissent=tuple(_dissent(each, names) for each in found["dissent"]),
        changes=tuple(_change(each, names) for each in found["changes"]),
        best_draft=_best_draft(found["best_draft"], names),
        chair_deviates=found["chair_deviates"],
        chair=found["chair"],
        weak_evidence=tuple(found["weak_evidence"]),
        sentences=tuple((each["sentence"], each.get("status")) for each in found["sentences"]),
        disputes=tuple((each["claim"], each["evidence"]) for each in found["disputes"]),
        orders=tuple(found["orders"]),
        person_action=person.get("action"),
        person_feedback=person.get("feedback") or "",
    )


def _dissent(each: Data, names: Names) -> Dissent:
    name = each.get("name") or names.anybody(each.get("member"))
    return Dissent(name, _as_vote(each.get("vote")), each.get("position"), each.get("reason") or "")


def _change(each: Data, names: Names) -> Change:
    influence, because_of = each.get("influence"), each.get("because_of")
    return Change(
        name=names.anybody(each["member"]),
        round=each["round"],
        kind=each["kind"],
        before=each["before"],
        after=each["after"],
        whom=names.anybody(influence) if influence else because_of or "",
        reason=each.get("reason") or "",
    )


def _best_draft(best: Data | None, names: Names) -> BestDraft | None:
    if best is None:
        return None
    extra = best.get("extra_rounds") or {}
    return BestDraft(
        name=best.get("name") or (names.anybody(best["member"]) if best.get("member") else ""),
        text=best.get("text") or "",
        html=best.get("html") or "",
        chosen_by=best.get("chosen_by"),
        why=best.get("why"),
        changed_answer=best.get("changed_answer"),
        extra_tokens=extra.get("tokens"),
        extra_usd=extra.get("usd"),
    )


def _cost(snapshot: Snapshot) -> Cost:
    totals = snapshot["totals"]
    return Cost(
        input_tokens=totals["input_tokens"],
        output_tokens=totals["output_tokens"],
        usd=totals["cost_usd"],
        unknown_tokens=totals["unknown_price_tokens"],
        lost_tokens=(snapshot["budget"] or {}).get("lost_tokens", 0),
        seconds=totals["elapsed_seconds"],
        cap={name: most for name, most in (snapshot["cap"] or {}).items() if most is not None},
    )

"""A snapshot read as a report: names instead of ids, and everything in the order it happened."""

from collections.abc import Iterable, Mapping
from typing import Any

from council.export.course import Snapshot, as_vote, happenings_of
from council.export.happenings import Ballot, Data, Happening
from council.export.legible import legible_throughout
from council.export.names import Names
from council.export.report import BestDraft, Change, Cost, Dissent, Document, Report, Verdict
from council.export.spending import spending_of


def report_of(
    snapshot: Snapshot, documents: Iterable[Document], exported_at: str, usages: Iterable[Mapping[str, Any]]
) -> Report:
    """The report of a meeting: ``documents`` are the versions of its files to be in it, ``usages`` its calls."""
    snapshot = legible_throughout(snapshot)
    names = Names(snapshot)
    happenings = happenings_of(snapshot, names)
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
    return Dissent(name, as_vote(each.get("vote")), each.get("position"), each.get("reason") or "")


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

"""Meetings in moments that show much at once, for tests and for a look at the page by hand."""

from collections.abc import Callable
from typing import Any

from tests.browser.fake_meeting import FakeMeeting, graph, node

VOTERS = ("alice", "bob", "carol", "dora")
ROUNDS = graph(
    node("start", "start", "Start", "opinions"),
    node("opinions", "parallel", "Opinions", "affirmative", "negative"),
    node("affirmative", "agent", "Value Defender", "check"),
    node("negative", "agent", "Risk Auditor", "check"),
    node("check", "fact_check", "Fact check", "ballot"),
    node("ballot", "vote", "Sealed ballots", "again"),
    node("again", "loop", "Again?", "affirmative", "adjudicator"),
    node("adjudicator", "agent", "Chief Justice", "review"),
    node("review", "human_review", "Your review", "end"),
    node("end", "end", "End"),
)
CLAIMS = [
    {"claim": "Builds take 40 minutes.", "status": "supported", "reason": "The plan says so.",
     "source": {"source": "documents", "title": "plan.md", "path": "plan.md", "lines": "L4", "text": "Builds take 40"}},
    {"claim": "Caching is free.", "status": "refuted", "reason": "It has a price.",
     "source": {"source": "searxng", "title": "Prices", "url": "https://example.org/prices", "text": "9 USD"}},
    {"claim": "Others have done it.", "status": "not_checkable", "reason": "No source was found.", "source": None},
]  # fmt: skip
VERDICT: dict[str, Any] = {
    "node_id": "adjudicator", "outcome": "decided", "partial_reason": None, "word": "refine", "score": 72.0,
    "parts": {"strategic": 80.0, "practical": 60.0, "consistency": 73.0}, "text": "Go, with care.",
    "html": "<p>Go, with care.</p>", "disputes": [{"claim": "It is cheap", "evidence": "Line 3"}],
    "orders": ["Measure it"], "absences": [{"node_id": "negative", "reason": "No answer in 120 s."}],
    "ballots": None, "dissent": [], "best_draft": None, "round": 1, "decision": None, "chair_deviates": None,
    "quorum": None, "changes": [], "weak_evidence": [], "sentences": [],
}  # fmt: skip


def opened(ballot_id: str = "b1", round_: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "node_id": "ballot", "ballot_id": ballot_id, "round": round_,
        "question": "Shall all teams move into one repository?", "vote_type": "yes_no", "options": [],
        "voters": [{"voter": v, "agent_id": v, "name": v.title()} for v in VOTERS],
        "threshold": 0.67, "quorum": 0.5, "secret": True,
    } | changes  # fmt: skip


def cast(voter: str, vote: Any, reason: str = "", **changes: Any) -> dict[str, Any]:
    return {
        "voter": voter, "vote": vote, "confidence": 0.8, "reason": reason, "abstained": None, "why": "",
    } | changes  # fmt: skip


def closed(ballot_id: str = "b1", round_: int = 1, **changes: Any) -> dict[str, Any]:
    bars = [
        {"id": "yes", "label": "yes", "votes": 2, "share": 0.6667},
        {"id": "no", "label": "no", "votes": 1, "share": 0.3333},
    ]
    count = {
        "vote_type": "yes_no", "voters": 4, "counted": 3, "abstained": 1, "threshold": 0.67, "quorum": 0.5,
        "unanimous": False, "why": "below_threshold", "yes": 2, "no": 1, "bars": bars,
    }  # fmt: skip
    return {
        "node_id": "ballot", "ballot_id": ballot_id, "round": round_,
        "ballots": [
            cast("alice", "yes", "One place to look."),
            cast("bob", "yes", "Shared caching pays."),
            cast("carol", "no", "Two people cannot keep the build running."),
            cast("dora", None, abstained="unreadable", why="“vote” must be yes, no or abstain."),
        ],
        "count": count, "outcome": "impasse", "decision": None,
    } | changes  # fmt: skip


def required(kind: str = "review", **changes: Any) -> dict[str, Any]:
    return {
        "node_id": "review", "review_id": "r1", "kind": kind, "reason": "Please review this.", "timeout": None,
        "expires_at": None, "draft": None, "actions": [], "allow_skip": False, "round": 1, "default": None,
        "ballot": None, "score": None, "files": [],
    } | changes  # fmt: skip


def two_rounds() -> FakeMeeting:
    """Opinions, a fact check and a ballot, an impasse, then a second round in which votes come in."""
    meeting = FakeMeeting("Should all teams move into one repository?", ROUNDS)
    meeting.write(
        "plan.md", "# One repository\n\nWe move by March.\nBuilds take 40 minutes today.\n", author="person"
    )
    memory = [{"title": "Verdict of March", "content": "Two repositories were kept.", "session_id": "s-old"}]
    meeting.emit("memory_retrieved", node_id="check", round=1, items=memory)
    _opinions(meeting, 1)
    meeting.emit(
        "fact_check", node_id="check", round=1, message_id=None, claims=CLAIMS, share_supported=0.5, verified=False,
    )  # fmt: skip
    meeting.emit("ballot_opened", **opened())
    for voter in VOTERS:
        meeting.emit("vote_cast", node_id="ballot", ballot_id="b1", voter=voter, vote=None)
    meeting.emit("ballot_closed", **closed())
    meeting.emit(
        "round_closed", node_id="again", round=1, decision="again", reason="continue", scores=[64.0, 72.5]
    )
    _opinions(meeting, 2)
    meeting.emit("ballot_opened", **opened("b2", 2))
    for voter in VOTERS[:2]:
        meeting.emit("vote_cast", node_id="ballot", ballot_id="b2", voter=voter, vote=None)
    return meeting


def _opinions(meeting: FakeMeeting, round_: int) -> None:
    for node_id in ("affirmative", "negative"):
        message_id = f"m-{node_id}-{round_}"
        meeting.emit("node_state_change", node_id=node_id, status="running", round=round_)
        meeting.say(node_id, f"Round {round_}: builds take 40 minutes [plan.md:4]. ", message_id=message_id)
        meeting.finish(
            node_id, message_id=message_id,
            html=f'<p>Round {round_}: builds take <span class="unsourced" title="No source beside this figure">40'
            ' minutes</span> <a class="ref" href="#ref=plan.md:4">plan.md:4</a>.</p>',
        )  # fmt: skip
        meeting.emit("node_state_change", node_id=node_id, status="completed", round=round_)


def review() -> FakeMeeting:
    """A surgeon has changed a file; the score fell; a person is asked."""
    meeting = FakeMeeting("Mend the plan", ROUNDS)
    meeting.write("plan.md", "# Plan\n\nWe move by March.\nIt is cheap.\n", author="person")
    meeting.emit(
        "tool_execution", node_id="adjudicator", agent_id="chief_justice", tool="read_file",
        input={"path": "plan.md"}, output="L1: # Plan", ok=True,
    )  # fmt: skip
    meeting.write(
        "plan.md", "# Plan\n\nWe move by May.\nIt costs 10.000 USD.\n", reason="The price was missing."
    )
    meeting.emit(
        "tool_execution", node_id="adjudicator", agent_id="chief_justice", tool="write_file",
        input={"path": "budget.md"}, output="There is no such edit.", ok=False,
    )  # fmt: skip
    meeting.say("adjudicator", "I mended the price.")
    meeting.finish("adjudicator")
    diff = "--- plan.md\n+++ plan.md\n@@ -1,4 +1,4 @@\n # Plan\n \n-We move by March.\n-It is cheap.\n+We move by May."
    meeting.emit(
        "human_interaction_required",
        **required(
            draft="# Plan\n\nWe move by May.\nIt costs 10.000 USD.\n",
            actions=["approve", "modify", "continue", "apply", "rollback", "exit", "reject"], allow_skip=True,
            score={"round": 2, "weighted_total": 61.0, "previous": 72.0, "change": -11.0},
            files=[{"path": "plan.md", "base": 1, "version": 2, "diff": diff, "added": 2, "removed": 2}],
            expires_at="2099-01-01T00:00:00.000Z",
        ),
    )  # fmt: skip
    return meeting


def verdict() -> FakeMeeting:
    """The end, with everything that a verdict must not hide."""
    meeting = two_rounds()
    meeting.emit("ballot_closed", **closed("b2", 2, outcome="passed", decision="yes", ballots=[
        cast("alice", "yes"), cast("bob", "yes"), cast("carol", "yes", "Convinced."), cast("dora", "no", "Still not."),
    ], count=closed()["count"] | {"counted": 4, "abstained": 0, "why": None}))  # fmt: skip
    meeting.emit(
        "round_closed", node_id="again", round=2, decision="out", reason="agreement", scores=[64.0, 72.5]
    )
    meeting.emit(
        "verdict",
        **VERDICT | {
            "decision": "yes", "chair_deviates": "The chair says “rework”, but the members passed it by 3 of 4.",
            "quorum": {"due": 4, "full": 3}, "ballots": {name: closed("b2", outcome="passed", decision="yes")[name]
                        for name in ("node_id", "ballot_id", "outcome", "decision", "count")},
            "dissent": [{"member": "risk_auditor", "vote": "no", "position": "against", "confidence": 0.9,
                         "reason": "Two people keep the build running. Their time is not in the budget."}],
            "person": {"action": "reject", "by": "person", "feedback": "Not without a budget.", "rejected": True},
            "best_draft": {"member": "value_defender", "step": "affirmative", "confidence": 0.8, "why": None,
                           "chosen_by": "position", "first_positions": {"for": 1, "against": 1}, "changed_answer": True,
                           "extra_rounds": {"tokens": 4210, "usd": 0.0123}, "text": "One repository, by March."},
            "changes": [{"member": "risk_auditor", "step": "negative#2", "round": 2, "kind": "moved",
                         "before": "against", "after": "for", "because_of": "Member A", "influence": "value_defender",
                         "reason": "The cache was counted twice."}],
            "weak_evidence": ["same_model", "no_evidence"],
            "chair": {"agent_id": "risk_auditor", "name": "Risk Auditor", "is_member": True,
                      "instead_of": "Chief Justice", "reason": "The key was refused."},
            "sentences": [{"sentence": "Builds take 40 minutes.", "claims": [0], "status": "supported"},
                          {"sentence": "It is cheap.", "claims": [], "status": None}],
        },
    )  # fmt: skip
    meeting.emit("execution:completed", status="completed")
    return meeting


def held(reason: str = "budget") -> FakeMeeting:
    """Paused by itself: at the cap, or by the circuit breaker."""
    meeting = two_rounds()
    meeting.emit(
        "budget", reserved_usd=0.12, spent_usd=0.85, unknown=1200, spent_tokens=41_000, reserved_tokens=9_000,
        cap={"usd": 1.0, "tokens": None, "seconds": 600},
    )  # fmt: skip
    detail = "The next call may cost 0.21 USD." if reason == "budget" else "The same answer came three times."
    meeting.emit("execution:paused", status="paused", reason=reason, detail=detail)
    return meeting


def asked(kind: str, **changes: Any) -> FakeMeeting:
    meeting = FakeMeeting("Should all teams move into one repository?", ROUNDS)
    meeting.emit("human_interaction_required", **required(kind, **changes))
    return meeting


OPTIONS = [
    {"option_id": "A", "text": "Move now"},
    {"option_id": "B", "text": "Move in May"},
    {"option_id": "C", "text": "Stay"},
]
SCENES: dict[str, Callable[[], FakeMeeting]] = {
    "rounds": two_rounds,
    "review": review,
    "verdict": verdict,
    "budget": held,
    "breaker": lambda: held("breaker"),
    "question": lambda: asked("question", reason="How many builds run each day?", default="About 200."),
    "ranking": lambda: asked("ballot", ballot=opened(vote_type="ranking", options=OPTIONS)),
    "score": lambda: asked("ballot", ballot=opened(vote_type="score_1_10")),
}

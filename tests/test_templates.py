"""The eight built-in templates: each held against a scripted panel, told as a transcript, its verdict checked."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from council.commands import SubmitReview
from council.meeting.graph import Template
from council.meeting.nodes import NODE_TYPES, Speaking
from council.parts import Parts
from council.store.library import Library
from tests.support.meetings import Meeting, ruling, start
from tests.support.model_server import ScriptedModelServer
from tests.support.panel import STATES, Panel, transcript
from tests.support.toy_model import ToyServer
from tests.support.waiting import wait_until

DOCUMENT = (
    "# Plan\n\nWe move all teams into one repository.\nBuilds take 40 minutes today.\nThere are 12 teams."
)
INPUTS = {"documents": [{"name": "plan.md", "content": DOCUMENT}], "objective": "Faster builds"}
SUBJECT = "One repository for all teams?"
TEMPLATES = sorted(Library().templates)

Hold = Callable[..., Meeting]


@pytest.fixture
def hold(make_council: Callable[..., Parts]) -> Iterator[Hold]:
    """Holds a meeting with a panel, a person answering each review with the next of ``says``."""
    servers: list[ScriptedModelServer] = []

    def run(template_id: str, panel: Panel, says: tuple[str, ...] = ()) -> Meeting:
        server = ScriptedModelServer(panel)
        servers.append(server)
        parts = make_council(llm_base_url=server.url, llm_model="scripted", engine={"breaker_repeats": 0})
        return attend(start(parts, template_id, subject=SUBJECT, inputs=INPUTS), says)

    yield run
    for server in servers:
        server.close()


def attend(meeting: Meeting, says: tuple[str, ...]) -> Meeting:
    """Be the person in the room until the meeting is over."""
    answers, answered = list(says), set[str]()

    def over() -> bool:
        snapshot = meeting.snapshot
        for wait in snapshot["waiting_for"] or ():
            if wait["review_id"] not in answered:
                answered.add(wait["review_id"])
                action: Any = answers.pop(0)
                command = SubmitReview(session_id=meeting.session_id, node_id=wait["node_id"], action=action)
                meeting.parts.control.apply(command)
        return snapshot["status"] in ("completed", "failed", "cancelled", "paused")

    wait_until(over, 40, what="the end of the meeting")
    assert meeting.status == "completed", meeting.snapshot["reason"]
    assert not answers, "nobody asked for the rest"
    return meeting


def told(meeting: Meeting) -> list[str]:
    return transcript(meeting.events, list(meeting.snapshot["graph"]["nodes"]))


def test_deliberate_and_vote(hold: Hold) -> None:
    """Four blind opinions, one anonymous round, sealed ballots, a chair; one mind changes, one member dissents."""
    panel = Panel(
        stances={"member_a": ("against", "for"), "member_d": ("against",)},
        votes={"member_d": "no"},
        rulings=(ruling(word="improve"),),
    )
    meeting = hold("deliberate_and_vote", panel)
    assert told(meeting) == [
        "started",
        "opinion_a speaks", "opinion_b speaks", "opinion_c speaks", "opinion_d speaks",
        "answer_a speaks", "answer_b speaks", "answer_c speaks", "answer_d speaks",
        "vote opens: yes_no among 4",
        "member_a has voted", "member_b has voted", "member_c has voted", "member_d has voted",
        "vote closes: passed, yes",
        "chair speaks",
        "score 71",
        "verdict: decided, improve, yes",
        "end speaks",
        "completed",
    ]  # fmt: skip
    verdict = meeting.snapshot["verdict"]
    assert (verdict["outcome"], verdict["decision"], verdict["word"]) == ("decided", "yes", "improve")
    assert verdict["score"] == 71.0
    assert verdict["parts"] == {"strategic": 80.0, "practical": 70.0, "consistency": 60.0}
    assert verdict["quorum"] == {"due": 4, "full": 4}
    assert verdict["ballots"]["count"]["yes"] == 3
    assert verdict["ballots"]["count"]["no"] == 1
    assert [(d["member"], d["vote"], d["reason"]) for d in verdict["dissent"]] == [
        ("member_d", "no", "member_d says why.")
    ]
    assert [(c["member"], c["before"], c["after"], c["influence"]) for c in verdict["changes"]] == [
        ("member_a", "against", "for", "member_b")
    ]
    assert verdict["best_draft"]["member"] == "member_b"
    assert verdict["best_draft"]["first_positions"] == {"against": 2, "for": 2}
    assert verdict["best_draft"]["extra_rounds"]["tokens"] > 0
    assert verdict["chair_deviates"] is None
    assert verdict["weak_evidence"] == []
    assert verdict["absences"] == []


def test_first_opinions_are_blind_and_debates_are_not(hold: Hold) -> None:
    """Nobody reads anybody in the first round; in the second all read all first opinions, under the same letters."""
    panel = Panel()
    hold("deliberate_and_vote", panel)
    asked: dict[str, list[str]] = {}
    for request in panel.requests:
        if STATES in request["messages"][1]["content"]:
            asked.setdefault(panel.agent_of(request), []).append(request["messages"][1]["content"])
    for agent_id, (first, second) in asked.items():
        assert "said" not in first
        assert "You said before" in second
        mine = agent_id.removeprefix("member_").upper()
        for letter in {"A", "B", "C", "D"} - {mine}:
            assert f"## Member {letter} said\n" in second
            assert f"member_{letter.lower()} is for" in second
        assert "time 2" not in second


def test_council_debate(hold: Hold) -> None:
    """Two sides at once, a ruling, a report."""
    meeting = hold("council_debate", Panel())
    assert told(meeting) == [
        "started", "affirmative speaks", "negative speaks", "adjudicator speaks", "score 71",
        "verdict: decided, refine, None", "end speaks", "completed",
    ]  # fmt: skip
    verdict = meeting.snapshot["verdict"]
    (dispute,) = verdict["disputes"]
    assert (dispute["claim"], dispute["evidence"]) == ("It saves money.", "[Ref: L1]")
    assert 'href="#ref=plan.md:1-1@1"' in dispute["html"]
    assert verdict["orders"] == ["Add a pilot."]
    assert verdict["ballots"] is None


def test_council_optimize(hold: Hold) -> None:
    """Round after round: debate, ruling, surgery on the document, a person's word; out when the score is reached."""
    panel = Panel(rulings=(ruling(60, 60, 60), ruling(95, 95, 95, word="pass")))
    meeting = hold("council_optimize", panel, says=("continue", "skip"))
    assert told(meeting) == [
        "started",
        "memory remembers 0",
        "affirmative speaks", "negative speaks", "adjudicator speaks", "score 60",
        "verdict: decided, refine, None",
        "plan.md version 2 by System Surgeon",
        "surgeon speaks",
        "review waits for a person: continue, apply, rollback, exit, skip",
        "a person says continue",
        "decision again: person",
        "memory (round 2) remembers 0",
        "affirmative (round 2) speaks", "negative (round 2) speaks", "adjudicator (round 2) speaks",
        "score (round 2) 95",
        "verdict: decided, pass, None",
        "surgeon (round 2) speaks",
        "review waits for a person: continue, apply, rollback, exit, skip",
        "a person says skip",
        "decision (round 2) out: score",
        "end speaks",
        "completed",
    ]  # fmt: skip
    rounds = meeting.snapshot["rounds"]
    assert [(r["round"], r["decision"], r["scores"]) for r in rounds] == [
        (1, "again", [60.0]),
        (2, "out", [60.0, 95.0]),
    ]


def test_members_of_a_second_round_read_the_mended_document(hold: Hold) -> None:
    """What the surgeon wrote in the first round is what is debated in the second."""
    panel = Panel(rulings=(ruling(60, 60, 60), ruling(95, 95, 95)))
    hold("council_optimize", panel, says=("continue", "skip"))
    read = [
        request["messages"][1]["content"]
        for request in panel.requests
        if panel.agent_of(request) == "value_defender"
    ]
    assert "Builds take 40 minutes today." in read[0]
    assert "Builds take 20 minutes today." in read[1]


def test_a_person_rolls_back(hold: Hold) -> None:
    """After a round that made it worse a person puts the files back; the old text is a version of its own."""
    panel = Panel(rulings=(ruling(80, 80, 80), ruling(60, 60, 60)), edit=("40 minutes", "no time"))
    meeting = hold("council_optimize", panel, says=("rollback", "exit"))
    written = [line for line in told(meeting) if "version" in line]
    assert written[:2] == ["plan.md version 2 by System Surgeon", "plan.md version 3 by person"]
    history = meeting.parts.archive.file_history(meeting.session_id, "plan.md", 0, 10)["items"]
    assert history[2]["reason"].startswith("rollback")


def test_peer_ranking(hold: Hold) -> None:
    """Answers, a ranking of the others without one's own, and the chair's answer."""
    votes = {
        "member_a": ["B", "C", "D"], "member_b": ["C", "A", "D"],
        "member_c": ["B", "A", "D"], "member_d": ["B", "C", "A"],
    }  # fmt: skip
    meeting = hold("peer_ranking", Panel(votes=votes))
    assert told(meeting) == [
        "started",
        "answer_a speaks", "answer_b speaks", "answer_c speaks", "answer_d speaks",
        "ranking opens: ranking among 4",
        "member_a has voted", "member_b has voted", "member_c has voted", "member_d has voted",
        "ranking closes: passed, B",
        "chair speaks", "score 71", "verdict: decided, refine, B",
        "completed",
    ]  # fmt: skip
    verdict = meeting.snapshot["verdict"]
    assert verdict["best_draft"]["member"] == "member_b"
    assert verdict["best_draft"]["chosen_by"] == "ranking"
    assert verdict["best_draft"]["node_id"] == "answer_b"


def test_code_review(hold: Hold) -> None:
    """Three reviews, a vote that must be unanimous, a person who decides; the count is the verdict."""
    panel = Panel(stances={"security_reviewer": ("against",)}, votes={"security_reviewer": "no"})
    meeting = hold("code_review", panel, says=("reject",))
    assert told(meeting) == [
        "started",
        "security speaks", "performance speaks", "maintainability speaks",
        "vote opens: yes_no among 3",
        "maintainability_reviewer has voted", "performance_reviewer has voted", "security_reviewer has voted",
        "vote closes: impasse, None",
        "review waits for a person: approve, reject, modify",
        "a person says reject",
        "end speaks",
        "verdict: impasse, None, None",
        "completed",
    ]  # fmt: skip
    verdict = meeting.snapshot["verdict"]
    assert verdict["person"]["rejected"]
    assert verdict["score"] is None


def test_business_plan(hold: Hold) -> None:
    """A plan is attacked until both agree; its claims are checked, a panel scores it, a person decides."""
    panel = Panel(
        stances={"business_planner": ("for",), "devils_advocate": ("against", "for")},
        claims=("business_planner is for, time 2",),
        votes={"supporter": 9, "opponent": 7, "neutral_analyst": 8},
    )
    meeting = hold("business_plan", panel, says=("approve",))
    assert told(meeting) == [
        "started",
        "plan speaks", "advocate speaks",
        "again again: continue",
        "plan (round 2) speaks", "advocate (round 2) speaks",
        "again (round 2) out: agreement",
        "facts speaks",
        "facts: business_planner is for, time 2 not_checkable",
        "vote opens: score_1_10 among 3",
        "neutral_analyst has voted", "opponent has voted", "supporter has voted",
        "vote closes: passed, yes",
        "review waits for a person: approve, reject, modify",
        "a person says approve",
        "end speaks",
        "verdict: decided, None, yes",
        "completed",
    ]  # fmt: skip


def test_quick_decision(hold: Hold) -> None:
    """Three views at once, their claims looked up in the document, ballots, a person."""
    panel = Panel(
        stances={"opponent": ("against",)},
        votes={"opponent": "no"},
        claims=("supporter is for, time 1",),
    )
    meeting = hold("quick_decision", panel, says=("approve",))
    assert told(meeting) == [
        "started",
        "pro speaks", "con speaks", "neutral speaks", "facts speaks",
        "facts: supporter is for, time 1 not_checkable",
        "vote opens: yes_no among 3",
        "neutral_analyst has voted", "opponent has voted", "supporter has voted",
        "vote closes: passed, yes",
        "review waits for a person: approve, reject, modify",
        "a person says approve",
        "verdict: decided, None, yes",
        "completed",
    ]  # fmt: skip
    assert [d["member"] for d in meeting.snapshot["verdict"]["dissent"]] == ["opponent"]


def test_fact_checked_answer(hold: Hold) -> None:
    """An answer, a check of its claims against the document, and the answer that is left."""
    panel = Panel(claims=("builds are slow",), statuses={"builds are slow": "supported"})
    meeting = hold("fact_checked_answer", panel)
    assert told(meeting) == [
        "started",
        "answer speaks",
        "facts speaks",
        "facts: builds are slow supported",
        "final speaks", "score 71", "verdict: decided, refine, None",
        "completed",
    ]  # fmt: skip
    asked = panel.requests[-1]["messages"][1]["content"]
    assert "supported" in asked


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_every_template_in_rehearsal(make_council: Callable[..., Parts], template_id: str) -> None:
    """Without a model and without a key, each template comes to its end, and says that it was a rehearsal."""
    parts = make_council(engine={"breaker_repeats": 0})
    reviews = {"council_optimize": ("exit",)}.get(template_id, ("approve",))
    asks = any(n.type == "human_review" for n in parts.library.template(template_id).graph.nodes.values())
    meeting = start(parts, template_id, subject=SUBJECT, inputs=INPUTS)
    attend(meeting, reviews if asks else ())
    snapshot = meeting.snapshot
    verdict = snapshot["verdict"]
    assert snapshot["panel"]["rehearsal"]
    assert not snapshot["errors"]
    assert verdict["outcome"] in ("decided", "impasse")
    assert verdict["quorum"]["full"] == verdict["quorum"]["due"] > 0
    assert set(snapshot["node_statuses"].values()) == {"completed"}
    json.dumps(snapshot)


@pytest.mark.toy_model
@pytest.mark.parametrize("template_id", TEMPLATES)
def test_every_template_on_a_real_model_server(
    make_council: Callable[..., Parts], toy_server: ToyServer, template_id: str
) -> None:
    """On a llama.cpp server whose model talks nonsense each template ends, and claims nothing it could not read."""
    quick = {"breaker_repeats": 0, "retry_seconds": 0.0}
    parts = make_council(llm_base_url=toy_server.url, llm_model=toy_server.model, engine=quick)
    parts.library.templates[template_id] = short(parts.library.template(template_id), max_tokens=40)
    asks = [n for n in parts.library.template(template_id).graph.nodes.values() if n.type == "human_review"]
    says = {"council_optimize": ("exit",)}.get(template_id, ("approve",)) if asks else ()
    meeting = attend(start(parts, template_id, subject=SUBJECT, inputs=INPUTS), says)
    verdict = meeting.snapshot["verdict"]
    assert verdict["outcome"] == "partial"
    assert verdict["partial_reason"] in ("below_quorum", "unreadable", "chair_cut")
    assert (verdict["word"], verdict["score"], verdict["decision"]) == (None, None, None)
    for ballot in meeting.named("ballot_closed"):
        assert all(b["vote"] is not None or b["why"] for b in ballot["ballots"])
        assert ballot["count"]["counted"] == sum(b["vote"] is not None for b in ballot["ballots"])
    assert all(
        c["status"] == "not_checkable" for check in meeting.named("fact_check") for c in check["claims"]
    )
    assert all(usage["price"] == "local" for usage in meeting.named("token_usage"))


def short(template: Template, max_tokens: int) -> Template:
    """The same template, with models that stop after so many tokens, and are asked again when they say nothing."""
    raw = template.model_dump()
    for node in raw["graph"]["nodes"].values():
        asks = node["type"] != "end" or node["properties"].get("agent_id")
        if asks and issubclass(NODE_TYPES[node["type"]], Speaking):
            node["properties"] |= {"max_tokens": max_tokens, "retries": 10}
    return Template.model_validate(raw)

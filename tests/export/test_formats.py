"""Every format holds the meeting: what was said and decided, and what must not be hidden about it."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.export.conftest import FORMATS, Hold, export, squeezed, words_of
from tests.support.meetings import Meeting, debater, ruling, speaker_of
from tests.support.model_server import Answer, Failure, ScriptedModelServer
from tests.support.panel import Panel
from tests.support.waiting import wait_until

Begin = Callable[..., tuple[Meeting, ScriptedModelServer]]
every_format = pytest.mark.parametrize("name", FORMATS)
for_people = pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])

DIVIDED = Panel(
    stances={"member_a": ("against", "for"), "member_d": ("against",)},
    votes={"member_d": "no"},
    rulings=(ruling(word="improve"),),
)


def assert_reads(name: str, file: bytes, *sentences: str) -> None:
    """Each of these can be read in the file."""
    words = words_of(name, file)
    assert [each for each in sentences if squeezed(each) not in words] == []


@every_format
def test_the_meeting_is_in_it(hold: Hold, name: str) -> None:
    """Each message, the verdict's word, score, orders and disputes, the dissent and the document are there."""
    meeting = hold("deliberate_and_vote", DIVIDED)
    assert_reads(
        name,
        export(meeting, name),
        "One repository for all teams?", "Faster builds", "member_a is against, time 1 [Ref: L4].",
        "member_b is for, time 2 [Ref: L4].", "The defender is right on cost.", "Add a pilot.",
        "It saves money.", "improve", "71", "member_d says why.",
    )  # fmt: skip


@for_people
def test_what_the_verdict_must_not_hide(hold: Hold, name: str) -> None:
    """The count, the quorum, the ledger of changed minds, the best first draft and the words of the room are told."""
    meeting = hold("deliberate_and_vote", DIVIDED)
    assert_reads(
        name,
        export(meeting, name),
        "Passed · Yes 3 · No 1", "4 of 4 votes count.", "4 of 4 gave a full opinion.",
        "moved from against to for in round 1", "I had not counted the teams.", "Best first draft",
        meeting.snapshot["prompts_version"], "Builds take 40 minutes today.", "Position: for (80 %)",
    )  # fmt: skip


@for_people
def test_facts_people_and_tools(hold: Hold, name: str) -> None:
    """A check with what was found, a person's decision, and the search behind it are there."""
    panel = Panel(
        stances={"opponent": ("against",)},
        votes={"opponent": "no"},
        claims=("supporter is for, time 1",),
    )
    meeting = hold("quick_decision", panel, says=("approve",))
    assert_reads(
        name,
        export(meeting, name),
        "Not verified", "supporter is for, time 1", "Nothing was found in documents.", "Please review this.",
        "Approve, by a person", "Nothing found.", "opponent says why.",
    )  # fmt: skip


@for_people
def test_rounds_and_files(hold: Hold, name: str) -> None:
    """Rounds are told apart, each version that was written is named, and the newest document is there whole."""
    panel = Panel(rulings=(ruling(60, 60, 60), ruling(95, 95, 95, word="pass")))
    meeting = hold("council_optimize", panel, says=("continue", "skip"))
    assert_reads(
        name,
        export(meeting, name),
        "Round 2", "A person wanted another round.", "Scores of the rounds so far: 60, 95",
        "wrote plan.md, version 2", "An order of the chair.", "Builds take 20 minutes today.", "plan.md, version 2",
    )  # fmt: skip


@for_people
def test_rankings_name_the_authors(hold: Hold, name: str) -> None:
    """A ranking names whose drafts they are, which only the voters may not know."""
    votes = {
        "member_a": ["B", "C", "D"], "member_b": ["C", "A", "D"],
        "member_c": ["B", "A", "D"], "member_d": ["B", "C", "A"],
    }  # fmt: skip
    meeting = hold("peer_ranking", Panel(votes=votes))
    names = {each["agent_id"]: each["name"] for each in meeting.snapshot["panel"]["members"]}
    ranked = " › ".join(names[f"member_{letter}"] for letter in "bcd")
    assert_reads(name, export(meeting, name), ranked, "Ranked first by the others.")


@for_people
def test_who_is_absent(begin: Begin, name: str) -> None:
    """A member that failed is absent, with the reason, and a partial result is called no verdict."""

    def answer(request: dict[str, Any]) -> Answer:
        if speaker_of(request) == "risk_auditor":
            return Failure(401, '{"error": {"message": "No key."}}')
        return debater(request)

    meeting, _ = begin("council_debate", answer)
    meeting.wait_for_end()
    file = export(meeting, name)
    assert_reads(name, file, "Absent: 1", "No key.", "Partial result", "what follows is not a verdict")


@for_people
def test_what_was_cut(begin: Begin, name: str) -> None:
    """A meeting that was stopped says so, keeps what was said until then, and marks it as cut."""
    meeting, model = begin("council_debate")
    model.hold("mid_stream", after_chunks=2)
    model.wait_until_held(2)
    wait_until(lambda: [m["content"] for m in meeting.messages()] == ["Hello from the s"] * 2)
    meeting.stop()
    model.release()
    meeting.wait_for("cancelled")
    assert_reads(
        name,
        export(meeting, name),
        "This meeting was stopped before its end.", "Cut: stopped before the end.", "Hello from the s",
        "There is no verdict.",
    )  # fmt: skip


@for_people
def test_a_running_meeting(begin: Begin, name: str) -> None:
    """A meeting that is not over is exported as it stands, and says that the rest is missing."""
    meeting, model = begin("council_debate")
    model.hold("mid_stream", after_chunks=2)
    model.wait_until_held(2)
    wait_until(lambda: [m["content"] for m in meeting.messages()] == ["Hello from the s"] * 2)
    file = export(meeting, name)
    model.release()
    meeting.wait_for_end()
    assert_reads(name, file, "This meeting is not over", "Still speaking when this was exported.")


@for_people
def test_an_unknown_price(hold: Hold, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A price that nobody knows is unknown, never zero."""
    meeting = hold("council_debate", Panel())
    snapshot = meeting.snapshot
    snapshot["totals"] |= {"cost_usd": 0.25, "unknown_price_tokens": 1200}
    monkeypatch.setattr(meeting.parts.archive, "snapshot", lambda _session_id: snapshot)
    file = export(meeting, name)
    assert_reads(name, file, "$0.2500 + unknown", "The price of 1,200 tokens is unknown")


@for_people
def test_who_spent_what(hold: Hold, name: str) -> None:
    """Each member's tokens and money stand in a table under its name and model."""
    meeting = hold("council_debate", Panel())
    spent: Counter[str] = Counter()
    for usage in meeting.named("token_usage"):
        spent[usage["agent_id"]] += usage["input_tokens"]
    assert len(spent) == 3
    sums = [f"{tokens:,}" for tokens in spent.values()]
    assert_reads(name, export(meeting, name), "By member", "scripted", "local", *sums)


@for_people
def test_in_chinese(hold: Hold, name: str) -> None:
    """Asked for in Chinese, Chinese words come through: those of the meeting, and numbers as they are written."""
    meeting = hold("council_debate", Panel(), subject="我们搬到同一个仓库吗？")
    file = export(meeting, name, lang="zh-CN")
    assert_reads(name, file, "我们搬到同一个仓库吗？", "年")


@every_format
def test_a_meeting_that_has_not_begun(hold: Hold, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A meeting without a message, a verdict, a time or a document can be exported."""
    meeting = hold("council_debate", Panel())
    bare: dict[str, Any] = {
        "status": "pending", "started_at": None, "ended_at": None, "verdict": None, "messages": [],
        "documents": [], "objective": None, "seq": 0,
    }  # fmt: skip
    snapshot = meeting.snapshot | bare
    monkeypatch.setattr(meeting.parts.archive, "snapshot", lambda _session_id: snapshot)
    file = export(meeting, name)
    if name == "json":
        assert json.loads(file)["events"] == []
    else:
        assert_reads(name, file, "Nothing was said.", "There is no verdict.")

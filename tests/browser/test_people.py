"""What the room asks of people, and what becomes of their answers."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import wait_connection
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser


def open_room(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> Page:
    page = open_page(fake.add(meeting))
    wait_connection(page)
    return page


def sent(meeting: FakeMeeting, cmd: str = "submit_review") -> dict[str, object]:
    """The data of the one command that was sent."""
    wait_until(lambda: [command["cmd"] for command in meeting.obeyed] == [cmd], what=f"one {cmd}")
    return meeting.obeyed[0]["data"]


def resumed(meeting: FakeMeeting, action: str = "approve", **changes: str) -> None:
    answer = {
        "node_id": "review",
        "review_id": "r1",
        "action": action,
        "by": "person",
        "feedback": "",
        "diff": "",
    }
    meeting.emit("node_resumed", **answer | changes)


ACTIONS = {
    "Approve": "approve", "Reject": "reject", "Continue": "continue", "Apply": "apply",
    "Roll back": "rollback", "Exit": "exit", "Skip": "skip",
}  # fmt: skip


@pytest.mark.parametrize("button", sorted(ACTIONS))
def test_each_decision_has_its_button(fake: FakeServer, open_page: OpenPage, button: str) -> None:
    """By its name, with the feedback that was typed."""
    meeting = scenes.review()
    page = open_room(fake, open_page, meeting)
    expect(page.locator("council-review")).to_contain_text("Score 61 of 100: it fell by 11.")
    page.get_by_label("Feedback").fill("Because.")
    page.get_by_role("button", name=button).click()
    assert sent(meeting) == {
        "session_id": meeting.session_id, "node_id": "review", "action": ACTIONS[button],
        "data": {"feedback": "Because."},
    }  # fmt: skip


def test_only_what_is_offered_can_be_pressed(fake: FakeServer, open_page: OpenPage) -> None:
    """Other actions have no button here."""
    page = open_room(fake, open_page, scenes.asked("review", actions=["approve", "reject"]))
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    for name in ("Modify", "Continue", "Apply", "Roll back", "Exit", "Skip"):
        expect(page.get_by_role("button", name=name)).to_be_hidden()


def test_a_change_is_seen_before_it_is_sent(fake: FakeServer, open_page: OpenPage) -> None:
    """Modify opens the editor, the difference shows while one types, and the second Modify sends the whole text."""
    meeting = scenes.review()
    page = open_room(fake, open_page, meeting)
    page.get_by_role("button", name="Modify").click()
    expect(page.get_by_text("Change the text first")).to_be_visible()
    assert meeting.obeyed == []
    box = page.get_by_label("The text as it shall be")
    expect(box).to_be_focused()
    box.fill("# Plan\n\nWe move by June.\nIt costs 10.000 USD.\n")
    preview = page.get_by_label("What you changed")
    expect(preview.locator("[data-sign='-']")).to_have_text("-We move by May.")
    expect(preview.locator("[data-sign='+']")).to_have_text("+We move by June.")
    page.get_by_role("button", name="Modify").click()
    assert sent(meeting)["data"] == {
        "feedback": "",
        "content": "# Plan\n\nWe move by June.\nIt costs 10.000 USD.\n",
    }


def test_an_answer_closes_it_for_everybody(fake: FakeServer, open_page: OpenPage) -> None:
    """Whoever answers first: the form is gone in every window, and what was decided stays in the record."""
    meeting = scenes.review()
    page, other = open_room(fake, open_page, meeting), open_room(fake, open_page, meeting)
    for window in (page, other):
        expect(window).to_have_title("(!) Waits for you – Mend the plan – Council")
        expect(window.locator("council-facts")).to_contain_text("Waits for a person")
    page.get_by_role("button", name="Approve").click()
    resumed(meeting, "modify", feedback="Shorter.", diff="-old\n+new")
    for window in (page, other):
        expect(window.locator("council-review")).to_have_count(0)
        expect(window).to_have_title("Mend the plan – Council")
        record = window.locator(".answer")
        expect(record).to_contain_text("Modify, by a person")
        expect(record).to_contain_text("Shorter.")
        record.get_by_text("What was changed").click()
        expect(record.locator("[data-sign='+']")).to_have_text("+new")
    page.reload()
    expect(page.locator(".answer")).to_contain_text("Modify, by a person")
    expect(page.locator("council-review")).to_have_count(0)


def test_nobody_came_in_time(fake: FakeServer, open_page: OpenPage) -> None:
    """The time that is left is shown, and what happened when it was over."""
    meeting = scenes.review()
    page = open_room(fake, open_page, meeting)
    expect(page.get_by_role("timer")).to_contain_text("Time left:")
    meeting.emit(
        "human_interaction_reminder", node_id="review", review_id="r1", expires_at="2099-01-01T00:00:00.000Z"
    )
    expect(page.locator("council-review")).to_have_attribute("data-reminded", "true")
    expect(page.get_by_role("timer")).to_contain_text("Reminder: time left")
    meeting.emit("human_interaction_expired", node_id="review", review_id="r1", action="reject")
    expect(page.locator("council-review")).to_have_count(0)
    expect(page.locator(".answer")).to_contain_text("Nobody came in time: Reject")


def test_what_was_typed_stays_until_the_server_has_it(fake: FakeServer, open_page: OpenPage) -> None:
    """No acknowledgement, no loss; an end of the meeting takes the form away."""
    meeting = scenes.asked("question", reason="How many builds run each day?", default="About 200.")
    meeting.acknowledges = False
    page = open_room(fake, open_page, meeting)
    box = page.get_by_label("Your answer")
    box.fill("240")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("council-question")).to_contain_text("waiting for the server")
    expect(box).to_have_value("240")
    assert sent(meeting, "user_input") == {
        "session_id": meeting.session_id,
        "node_id": "review",
        "content": "240",
    }
    meeting.emit("execution:cancelled", status="cancelled", reason="stopped")
    expect(page.locator("council-question")).to_have_count(0)


def test_a_default_is_taken_by_one_button(fake: FakeServer, open_page: OpenPage) -> None:
    """What would be taken without an answer is shown, and can be taken at once."""
    meeting = scenes.asked("question", reason="How many?", default="About 200.")
    page = open_room(fake, open_page, meeting)
    expect(page.locator("council-question")).to_contain_text("If nobody answers: About 200.")
    page.get_by_role("button", name="Use this").click()
    assert sent(meeting, "user_input")["content"] == "About 200."


def vote_of(meeting: FakeMeeting) -> dict[str, object]:
    return json.loads(str(sent(meeting, "user_input")["content"]))


@pytest.mark.parametrize(("vote_type", "label", "vote"), [
    ("yes_no", "No", "no"), ("score_1_10", "7", 7), ("choice", "Move in May", "B"),
])  # fmt: skip
def test_a_person_votes(
    fake: FakeServer, open_page: OpenPage, vote_type: str, label: str, vote: str | int
) -> None:
    """With a reason, in the form that the server reads; nothing is chosen beforehand."""
    meeting = scenes.asked("ballot", ballot=scenes.opened(vote_type=vote_type, options=scenes.OPTIONS))
    page = open_room(fake, open_page, meeting)
    page.get_by_role("button", name="Cast the ballot").click()
    expect(page.get_by_text("Choose first, or abstain.")).to_be_visible()
    assert meeting.obeyed == []
    page.get_by_role("radio", name=label, exact=True).check()
    page.get_by_label("Reason").fill("Seen it.")
    page.get_by_role("button", name="Cast the ballot").click()
    assert vote_of(meeting) == {"vote": vote, "confidence": None, "reason": "Seen it."}


def test_a_ranking_is_made_by_keyboard(fake: FakeServer, open_page: OpenPage) -> None:
    """Each option moves by its own buttons, which keep the focus."""
    meeting = scenes.asked("ballot", ballot=scenes.opened(vote_type="ranking", options=scenes.OPTIONS))
    page = open_room(fake, open_page, meeting)
    up = page.get_by_role("button", name="Move Stay up")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    page.get_by_role("button", name="Move Move now down").press("Enter")
    page.get_by_role("button", name="Cast the ballot").click()
    assert vote_of(meeting)["vote"] == ["C", "B", "A"]


def test_a_person_may_abstain(fake: FakeServer, open_page: OpenPage) -> None:
    """It is a vote like any other, with its reason."""
    meeting = scenes.asked("ballot", ballot=scenes.opened())
    page = open_room(fake, open_page, meeting)
    page.get_by_label("Reason").fill("I am not neutral.")
    page.get_by_role("button", name="Abstain").click()
    assert vote_of(meeting) == {"vote": "abstain", "confidence": None, "reason": "I am not neutral."}


def test_an_interjection_says_who_has_read_it(fake: FakeServer, open_page: OpenPage) -> None:
    """It waits for the next turn; then each reader is named; after the end nothing waits any more."""
    meeting = FakeMeeting()
    page = open_room(fake, open_page, meeting)
    meeting.emit("user_message", message_id="u1", content="Think of Friday.", by="you")
    said = page.locator("article[data-message-id=u1]")
    expect(said).to_contain_text("Waits to be read")
    meeting.emit("input_read", message_id="u1", node_id="affirmative", agent_id="value_defender")
    expect(said).to_contain_text("Read by Value Defender")
    meeting.emit("user_message", message_id="u2", content="And of Monday.", by="you")
    late = page.locator("article[data-message-id=u2]").get_by_text("Waits to be read")
    expect(late).to_be_visible()
    meeting.emit("execution:completed", status="completed")
    expect(late).to_be_hidden()

"""What the server paints before any script runs."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from council.errors import NotFound
from council.meeting.nodes import NODE_TYPES
from council.web.drawing import WAYPOINTS, across, down
from council.web.frame import EVERY_SHEET, SHEETS
from council.web.modules import SCRIPTS, modules_of
from council.web.pages import blueprint
from council.web.picture import draw, initials
from council.web.stages import places, sections, stages
from council.web.symbols import NAMES, SIGNS, node_title
from council.web.texts import script_texts
from tests.browser.fake_meeting import DEBATE, VOTE, FakeMeeting, graph, node

ROOT = Path(__file__).parents[2]
EXAMPLES = json.loads((ROOT / "tests" / "js" / "stages.json").read_text("utf-8"))


@pytest.fixture
def meeting() -> FakeMeeting:
    meeting = FakeMeeting("Is <b>this</b> safe?")
    meeting.say("affirmative", "One </script> line\n\n  and another")
    return meeting


@pytest.fixture
def client(meeting: FakeMeeting) -> FlaskClient:
    def snapshot(session_id: str) -> dict[str, object]:
        if session_id != meeting.session_id:
            raise NotFound("There is no such session.")
        return meeting.snapshot()

    nothing = {"items": [], "next": None}
    lobby = {"templates": [], "providers": [], "running": nothing, "past": nothing}
    app = Flask("painted", static_folder=str(ROOT / "static"))
    app.register_blueprint(blueprint(lambda: lobby, snapshot))
    return app.test_client()


def test_what_was_said_is_in_the_page_as_text(client: FlaskClient, meeting: FakeMeeting) -> None:
    """Each message is an article with its hooks, and its text letter for letter."""
    page = client.get(f"/meetings/{meeting.session_id}").text
    assert 'data-message-id="m-affirmative" data-node-id="affirmative" data-agent-id="value_defender"' in page
    assert ">One &lt;/script&gt; line\n\n  and another</div>" in page
    assert (
        '<g class="graph-node" data-type="agent" data-size="large" data-node="negative" data-status="pending"'
        in page
    )
    assert "<b>this" not in page


def test_the_policy_allows_nothing_but_our_own_files(client: FlaskClient) -> None:
    """No inline script, style or handler; what scripts read is data."""
    answer = client.get("/")
    assert "script-src 'self'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert set(re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", answer.text)) == {
        '<script type="application/json" id="texts">',
        '<script type="application/json" id="page-data">',
    }
    assert not re.search(r"\s(on\w+|style)=", answer.text)


def test_a_missing_meeting_is_a_page_with_its_status(client: FlaskClient) -> None:
    """404, for people."""
    answer = client.get("/meetings/nobody")
    assert answer.status_code == 404
    assert "Nobody is meeting here." in answer.text


def test_the_language_is_chosen_by_address_and_remembered(client: FlaskClient) -> None:
    """``?lang=`` decides now and later; what is not a language is ignored."""
    assert '<html lang="zh-CN">' in client.get("/?lang=zh-CN").text
    assert '<html lang="zh-CN">' in client.get("/?lang=tlh").text
    assert '<html lang="en">' in client.get("/?lang=en").text


def test_a_page_has_the_texts_of_its_scripts(client: FlaskClient) -> None:
    """Those of modules that it fetches later included; those of other pages not. English needs no dictionary."""
    with client.application.test_request_context("/?lang=zh-CN"):
        room, lobby = script_texts("room"), script_texts("lobby")
    assert {"Verdict", "Theme: light", "Time left: {time}"} <= room.keys()
    assert "Theme: light" in lobby
    assert "Verdict" not in lobby
    with client.application.test_request_context("/?lang=en"):
        assert script_texts("room") == {}


def test_a_page_names_all_its_modules() -> None:
    """Everything a room imports is fetched at once; nothing of it is missing on disk."""
    modules = modules_of("room")
    assert {"js/main.js", "js/pages/room.js", "js/reducer.js", "js/lib/code_points.js"} <= set(modules)
    assert "js/elements/start_form.js" not in modules
    assert modules_of("plain") == (
        "js/main.js",
        "js/elements/theme_switch.js",
        "js/lib/texts.js",
        "js/lib/page_data.js",
    )


@pytest.mark.parametrize("page", SHEETS)
def test_a_page_is_light(page: str) -> None:
    """What a browser fetches before it can show the page: under 150 KB, before any compression."""
    static = SCRIPTS.parent
    scripts = [static / module for module in modules_of(page)]
    sheets = [static / "css" / f"{sheet}.css" for sheet in (*EVERY_SHEET, *SHEETS[page])]
    assert sum(file.stat().st_size for file in [*scripts, *sheets, static / "js" / "theme.js"]) < 150_000


def test_every_type_of_node_has_a_name_and_a_sign() -> None:
    """Members and waypoints aside, who wear initials and dots."""
    assert NODE_TYPES.keys() <= NAMES.keys()
    assert NODE_TYPES.keys() - {"agent"} - WAYPOINTS <= SIGNS.keys()


def test_a_node_says_what_it_is(client: FlaskClient) -> None:
    """In its title, unless its name does already."""
    with client.application.test_request_context():
        nodes = (("Start", "start"), ("Merge?", "vote"))
        assert [node_title(*node) for node in nodes] == ["Start", "Merge? – Ballot"]


@pytest.mark.parametrize("example", EXAMPLES["cases"], ids=lambda example: example["about"])
def test_rows_are_those_of_the_script(example: dict[str, list[list[str]]]) -> None:
    """The same examples as in tests/js/stages.test.js."""
    names, usual = ("message_id", "node_id", "status", "round"), ["completed", 1]
    said = [dict(zip(names, [*told, *usual[len(told) - 2 :]], strict=True)) for told in example["said"]]
    rows = stages(said, EXAMPLES["places"])
    assert [[message["message_id"] for message in row.messages] for row in rows] == example["rows"]
    if "sections" in example:
        assert [[part.key, len(part.rows)] for part in sections(rows)] == example["sections"]


def test_a_fan_out_is_one_phase_and_what_stands_alone_is_its_own() -> None:
    """Branches belong to their fan-out as far as they run apart; members side by side without one to their layer."""
    branches = graph(
        node("start", "start", "Start", "fan"),
        node("fan", "parallel", "Opinions", "a", "b"),
        node("a", "agent", "A", "a2"),
        node("a2", "agent", "A again", "judge"),
        node("b", "agent", "B", "judge"),
        node("judge", "agent", "Judge", "end"),
        node("end", "end", "End"),
    )
    phases = {node_id: place["phase"] for node_id, place in places(draw(branches)).items()}
    assert phases == {
        "start": "start",
        "fan": "fan",
        "a": "fan",
        "a2": "fan",
        "b": "fan",
        "judge": "judge",
        "end": "end",
    }
    side_by_side = {
        place["phase"] for node_id, place in places(draw(VOTE)).items() if node_id.startswith("opinion")
    }
    assert side_by_side == {"layer 1"}


def test_a_graph_is_laid_out_in_layers() -> None:
    """Members of one fan-out stand side by side, in the order of the links."""
    dots = {dot.node_id: dot for dot in draw(DEBATE).dots}
    assert [dots[name].layer for name in ("start", "opening", "affirmative", "negative", "adjudicator", "end")] == [
        0, 1, 2, 2, 3, 4,
    ]  # fmt: skip
    assert dots["affirmative"].offset < dots["negative"].offset
    assert dots["affirmative"].later == {"adjudicator", "end"}


def test_a_loop_turns_back_and_does_not_stretch_the_graph() -> None:
    """The link back is marked, and a layer is not counted twice."""
    picture = draw(VOTE)
    assert [(line.source.node_id, line.target.node_id) for line in picture.lines if line.back] == [
        ("again", "opinion_a")
    ]
    assert picture.layers == 6
    assert picture.breadth == 4


def test_a_sequence_runs_one_after_the_other() -> None:
    """Branches of a sequence do not stand side by side."""
    dots = draw(
        graph(
            node("start", "start", "Start", "turns"),
            node("turns", "sequence", "Turns", "a", "b"),
            node("a", "agent", "A", "end"),
            node("b", "agent", "B", "end"),
            node("end", "end", "End"),
        )
    ).dots
    assert {dot.node_id: dot.layer for dot in dots} == {"start": 0, "turns": 1, "a": 2, "b": 3, "end": 4}


@pytest.mark.parametrize("drawing", [down, across])
def test_a_drawing_holds_all_it_draws(drawing: object) -> None:
    """Nothing stands outside the picture, and no two circles overlap."""
    drawn = drawing(draw(VOTE))  # type: ignore[operator]
    for circle in drawn.circles:
        assert circle.radius <= circle.x <= drawn.width - circle.radius
        assert circle.radius <= circle.y <= drawn.height - circle.radius
    for one in drawn.circles:
        for other in drawn.circles:
            distance = ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5
            assert one is other or distance > one.radius + other.radius


def test_initials_are_at_most_two() -> None:
    """Those of the first word and the last, which is what tells "First opinion A" from "First opinion B"."""
    names = ("Value Defender", "chair", "", "a-b c", "First opinion A", "初始意见 A")
    assert [initials(name) for name in names] == ["VD", "C", "", "AC", "FA", "初A"]


def test_the_plan_wears_the_initials_of_who_sits_there(client: FlaskClient, meeting: FakeMeeting) -> None:
    """In the plan as at the messages: the chair's node is called otherwise than the chair."""
    page = client.get(f"/meetings/{meeting.session_id}").text
    where = json.loads(re.search(r'id="page-data"[^>]*>(.*?)</script>', page, re.S)[1])["places"]  # type: ignore[index]
    nodes = re.findall(r'<g [^>]*data-node="(\w+)"(.*?)</g>', page, re.S)
    drawn = {node_id: re.findall(r'class="graph-initials"[^>]*>(\w+)<', inside) for node_id, inside in nodes}
    assert drawn["affirmative"] == ["VD"]
    assert all([where[node_id]["initials"]] == worn for node_id, worn in drawn.items() if worn)

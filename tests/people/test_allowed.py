"""What a page is told about what whoever looks may do with the things on it."""

import re
from typing import Any

import pytest

from council.parts import Parts
from tests.people.conftest import Asking, meeting_of

HTML = {"Accept": "text/html"}
AGENT = {"name": "Night Watch", "persona": "You look for what wakes people at night."}


def test_a_list_says_what_one_may_do_with_each_meeting(council: Parts, people: dict[str, Asking]) -> None:
    """Its owner and an admin everything, the others what is shared with them."""
    session_id = meeting_of(council, "olga")
    found = {}
    for name in ("ada", "olga", "guy", "victor"):
        items = people[name]("GET", "/api/v1/sessions").get_json()["items"]
        assert [item["session_id"] for item in items] == [session_id]
        found[name] = items[0]["right"]
    assert found == {"ada": "own", "olga": "own", "guy": "run", "victor": "read"}


def test_who_may_look_on_only_may_do_no_more_with_what_is_theirs(
    council: Parts, people: dict[str, Asking]
) -> None:
    """A member who became a viewer still sees their meeting, and starts, changes and deletes nothing."""
    meeting_of(council, "olga", shared=False)
    council.people.accounts.change("olga", role="viewer")
    assert people["olga"]("GET", "/api/v1/sessions").get_json()["items"][0]["right"] == "read"
    lobby = people["olga"]("GET", "/", headers=HTML).text
    assert "<council-start>" not in lobby
    assert "ask an admin to make you a member" in lobby


def test_a_room_says_what_one_may_do_in_it(council: Parts, people: dict[str, Asking]) -> None:
    """Who looks on gets neither buttons nor box; what is said about shares comes to those only who have signed in."""
    path = f"/meetings/{meeting_of(council, 'olga', status='paused')}"
    pages = {name: people[name]("GET", path, headers=HTML).text for name in ("olga", "guy", "victor")}
    rights = {name: re.findall(r'<body [^>]*data-right="(\w+)"', page) for name, page in pages.items()}
    assert rights == {"olga": ["own"], "guy": ["run"], "victor": ["read"]}
    assert {name: "<council-composer" in page for name, page in pages.items()} == {
        "olga": True,
        "guy": True,
        "victor": False,
    }
    assert "You may look on here" in pages["victor"]


def test_a_page_that_is_not_for_them_is_a_page(council: Parts, people: dict[str, Asking]) -> None:
    """A person is told so with a way back, in their language; a program in the one shape."""
    page = people["olga"]("GET", "/providers", headers=HTML)
    assert (page.status_code, page.mimetype) == (403, "text/html")
    assert "This page is not for you." in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "您不能查看此页面。" in people["olga"]("GET", "/providers?lang=zh-CN", headers=HTML).text
    told = people["olga"]("GET", "/providers", headers={"Accept": "application/json"})
    assert (told.status_code, told.get_json()["error"]["code"]) == (403, "level_too_low")


def test_a_template_shared_to_be_used_is_locked(council: Parts, people: dict[str, Asking]) -> None:
    """Its editor offers no way to save; whoever may change it has one."""
    own = people["olga"]("POST", "/api/v1/templates/council_debate/copy", json={"name": "Ours"}).get_json()
    council.people.access.share("template", own["template_id"], "guy", "read")
    path = f"/templates/{own['template_id']}/edit"
    assert 'data-locked="true"' in people["guy"]("GET", path, headers=HTML).text
    council.people.access.share("template", own["template_id"], "guy", "run")
    assert 'data-locked="false"' in people["guy"]("GET", path, headers=HTML).text


def test_what_one_may_not_see_is_counted_and_not_named(people: dict[str, Asking]) -> None:
    """A refusal because something is in use names what whoever asks may see, and how many others there are."""
    agent = people["olga"]("POST", "/api/v1/agents", json=AGENT).get_json()
    template = people["olga"](
        "POST", "/api/v1/templates/council_debate/copy", json={"name": "Ours"}
    ).get_json()
    seats = {"*": {"affirmative": agent["agent_id"]}, template["template_id"]: {"negative": "risk_auditor"}}
    people["ada"]("POST", "/api/v1/groups", json={"name": "Secret", "default_agents": seats})
    group = people["olga"]("POST", "/api/v1/groups", json={"name": "Own", "default_agents": seats}).get_json()

    path = f"/api/v1/agents/{agent['agent_id']}"
    assert refusal(people["olga"], path) == {"groups": ["own"], "others": 1}
    assert refusal(people["ada"], path) == {"groups": ["own", "secret"]}
    assert people["olga"]("DELETE", f"/api/v1/groups/{group['group_id']}").status_code == 204
    for needed in (path, f"/api/v1/templates/{template['template_id']}"):
        assert refusal(people["olga"], needed) == {"others": 1}


@pytest.fixture
def of_a_hidden_template(council: Parts, people: dict[str, Asking]) -> dict[str, Any]:
    """Olga's group, which guy may change: it seats somebody in a template that he does not see."""
    people["olga"]("POST", "/api/v1/templates/council_debate/copy", json={"name": "Ours"})
    seats = {"ours": {"negative": "risk_auditor"}}
    answer = people["olga"]("POST", "/api/v1/groups", json={"name": "Night", "default_agents": seats})
    council.people.access.share("group", "night", "guy", "run")
    assert people["guy"]("GET", "/api/v1/templates/ours").status_code == 404
    group: dict[str, Any] = answer.get_json()
    return group


def test_a_shared_group_is_saved_with_what_it_names(
    people: dict[str, Asking], of_a_hidden_template: dict[str, Any]
) -> None:
    """Who may change a group or copy it keeps the seats in it, those in a template that they do not see, too."""
    saved = people["guy"]("PUT", "/api/v1/groups/night", json=of_a_hidden_template | {"name": "Day"})
    assert saved.status_code == 200, saved.text
    copied = people["guy"]("POST", "/api/v1/groups/night/copy", json={"name": "Mine"})
    assert copied.status_code == 201, copied.text
    for group in (saved.get_json(), copied.get_json()):
        assert group["default_agents"] == of_a_hidden_template["default_agents"]
    again = saved.get_json() | {"default_agents": {"ours": {"negative": "devils_advocate"}}}
    assert people["guy"]("PUT", "/api/v1/groups/night", json=again).status_code == 200


@pytest.mark.parametrize(
    ("seats", "path"),
    [
        ({"ours": {"affirmative": "risk_auditor"}}, "default_agents.ours.affirmative"),
        ({"ours": {"negative": "nobody_known"}}, "default_agents.ours.negative"),
        ({"other": {"negative": "risk_auditor"}}, "default_agents.other"),
    ],
)
def test_a_shared_group_gets_nothing_new_that_is_hidden(
    people: dict[str, Asking], of_a_hidden_template: dict[str, Any], seats: dict[str, Any], path: str
) -> None:
    """Another seat of the hidden template, an agent that is none, another template of its owner's."""
    people["olga"]("POST", "/api/v1/templates/council_debate/copy", json={"name": "Other"})
    changed = of_a_hidden_template | {"default_agents": seats}
    answer = people["guy"]("PUT", "/api/v1/groups/night", json=changed)
    assert answer.status_code == 422, answer.text
    assert [fault["path"] for fault in answer.get_json()["error"]["details"]] == [path]


def test_a_new_group_is_not_taken_for_an_old_one(
    people: dict[str, Asking], of_a_hidden_template: dict[str, Any]
) -> None:
    """Only what is changed or copied brings its seats along, not a new group with the same words."""
    answer = people["guy"]("POST", "/api/v1/groups", json=of_a_hidden_template)
    assert answer.status_code == 422, answer.text


def refusal(asking: Asking, path: str) -> Any:
    """Why it may not be deleted; what is hidden stands nowhere in the answer."""
    answer = asking("DELETE", path)
    problem = answer.get_json()["error"]
    assert (answer.status_code, problem["code"]) == (409, "in_use")
    assert ("secret" in answer.text.lower()) == ("secret" in problem["details"].get("groups", ()))
    assert ("of other people" in problem["message"]) == ("others" in problem["details"])
    return problem["details"]


def test_who_may_look_only_is_told_so(people: dict[str, Asking]) -> None:
    """The pages on which things are made say it, and offer no button that would be refused."""
    told = "ask an admin to make you a member"
    words = r"(?:New|Save|Import|Generate|Copy|Start with)\b"
    offers = re.compile(rf"<(?:button|a|label)(?![^>]*\bhidden\b)[^>]*>\s*{words}")
    for path in ("/templates", "/templates/new", "/templates/council_debate/edit", "/agents", "/groups"):
        pages = {name: people[name]("GET", path, headers=HTML).text for name in ("victor", "olga")}
        assert (told in pages["victor"], told in pages["olga"]) == (True, False), path
        main = {name: page.partition("<main")[2].partition("</main>")[0] for name, page in pages.items()}
        assert offers.findall(main["victor"]) == [], path
        assert offers.findall(main["olga"]), path
    new = people["victor"]("GET", "/templates/new", headers=HTML).text
    assert 'data-locked="true"' in new
    assert ">shared<" not in new


def test_who_may_not_see_a_page_is_told_what_to_do(people: dict[str, Asking]) -> None:
    """As a page, with the server's own words where only they help; a program is answered in the one shape."""
    page = people["victor"]("GET", "/providers", headers=HTML)
    assert (page.status_code, page.mimetype) == (403, "text/html")
    assert "Ask an admin." in page.text
    page = people["olga"]("GET", "/", headers=HTML | {"Host": "elsewhere.example"})
    assert (page.status_code, page.mimetype) == (400, "text/html")
    assert "COUNCIL_ALLOWED_ORIGINS" in page.text
    assert people["victor"]("GET", "/providers").get_json()["error"]["code"] == "level_too_low"

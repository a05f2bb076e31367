"""What a page is told about what whoever looks may do with the things on it."""

import re
from typing import Any

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

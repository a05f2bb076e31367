"""What a page is told about what whoever looks may do with the things on it."""

import re

from council.parts import Parts
from tests.people.conftest import Asking, meeting_of

HTML = {"Accept": "text/html"}


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

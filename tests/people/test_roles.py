"""The table of rights: every route, and what it says to each kind of person."""

import re
import uuid
from typing import Any

import pytest

from council.parts import Parts
from tests.people.conftest import Asking, meeting_of, share

COLUMNS = ("nobody", "stan", "victor", "guy", "olga", "ada")
"""Who has not signed in; a member who has nothing to do with it; a viewer it is shared with; a member who may take part
in it; its owner; an admin."""

# o: let in. -: 401. x: 403. .: 404, as if it did not exist.
TABLE = """
pages.lobby_page                GET     - o o o o o
pages.room_page                 GET     - . o o o o
panel_pages.agents_page         GET     - o o o o o
people_pages.people_page        GET     - o o o o o
panel_pages.groups_page         GET     - o o o o o
provider_pages.providers_page   GET     - x x x x o
template_pages.templates_page   GET     - o o o o o
template_pages.new_page         GET     - o o o o o
template_pages.editor_page      GET     - . o o o o
sessions.start                  POST    - o x o o o
sessions.listed                 GET     - o o o o o
sessions.snapshot               GET     - . o o o o
sessions.delete                 DELETE  - . x x o o
sessions.control                POST    - . x o o o
sessions.events                 GET     - . o o o o
sessions.say                    POST    - . x o o o
sessions.review                 POST    - . x o o o
sessions.signal                 POST    - . x o o o
sessions.rerun                  POST    - . x o o o
sessions.messages               GET     - . o o o o
sessions.usage                  GET     - . o o o o
export.export                   GET     - . o o o o
files.files                     GET     - . o o o o
files.history                   GET     - . o o o o
files.rollback                  POST    - . x o o o
knowledge.of_session            GET     - . o o o o
knowledge.of_group              GET     - . o o o o
knowledge.add                   POST    - . x o o o
knowledge.read                  GET     - . o o o o
knowledge.change                PUT     - . x o o o
knowledge.promote               POST    - . x o o o
knowledge.delete                DELETE  - . x o o o
templates.list_templates        GET     - o o o o o
templates.add_template          POST    - o x o o o
templates.read_template         GET     - . o o o o
templates.change_template       PUT     - . x o o o
templates.remove_template       DELETE  - . x x o o
templates.copy_template         POST    - . x o o o
templates.validate              POST    - o o o o o
templates.estimate              POST    - o o o o o
templates.as_yaml               POST    - o o o o o
templates.list_node_types       GET     - o o o o o
templates.generate              POST    - o x o o o
agents.list_agents              GET     - o o o o o
agents.add_agent                POST    - o x o o o
agents.read_agent               GET     - o o o o o
agents.change_agent             PUT     - x x o o o
agents.remove_agent             DELETE  - x x x o o
agents.copy_agent               POST    - o x o o o
groups.list_groups              GET     - o o o o o
groups.add_group                POST    - o x o o o
groups.read_group               GET     - . o o o o
groups.change_group             PUT     - . x o o o
groups.remove_group             DELETE  - . x x o o
groups.copy_group               POST    - . x o o o
catalogue.list_providers        GET     - o o o o o
endpoints_api.list_endpoints    GET     - x x x x o
endpoints_api.add_endpoint      POST    - x x x x o
endpoints_api.change_endpoint   PUT     - x x x x o
endpoints_api.remove_endpoint   DELETE  - x x x x o
endpoints_api.try_endpoint      POST    - x x x x o
shares.list_shares              GET     - . o o o o
shares.share                    PUT     - . x x o o
shares.take_back                DELETE  - . x x o o
shares.give                     PUT     - . x x o o
people_api.read_me              GET     - o o o o o
people_api.change_password      POST    - o o o o o
people_api.list_tokens          GET     - o o o o o
people_api.make_token           POST    - o o o o o
people_api.revoke_token         DELETE  - o o o o o
people_api.ticket               POST    - o o o o o
people_api.list_users           GET     - x x x x o
people_api.add_user             POST    - x x x x o
people_api.change_user          PUT     - x x x x o
people_api.remove_user          DELETE  - x x x x o
explorer.explore                GET     - o o o o o
explorer.asset                  GET     - o o o o o
explorer.openapi                GET     - o o o o o
explorer.live_messages          GET     - o o o o o
metrics.metrics                 GET     - x x x x o
sign_in.page                    GET     o o o o o o
sign_in.enter                   POST    o o o o o o
sign_in.leave                   POST    - o o o o o
oidc.begin                      GET     . . . . . .
oidc.back                       GET     . . . . . .
health.health                   GET     o o o o o o
health.ready                    GET     o o o o o o
static                          GET     o o o o o o
ws                              GET     - o o o o o
api_ws                          GET     - o o o o o
"""

ROWS = [line.split() for line in TABLE.split("\n") if line]
AGENT = {"name": "Ann", "persona": "You are Ann."}


def test_every_route_is_in_the_table(council: Parts) -> None:
    """A new route says what it asks of whom, or this fails."""
    routes = {
        (rule.endpoint, method)
        for rule in council.app.url_map.iter_rules()  # type: ignore[attr-defined]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes - {(row[0], row[1]) for row in ROWS} == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_route_lets_in_whom_the_table_says(
    council: Parts, people: dict[str, Asking], row: list[str]
) -> None:
    """And nobody else; what is refused is refused for that reason."""
    endpoint, method, *expected = row
    rules = [r for r in council.app.url_map.iter_rules(endpoint) if method in (r.methods or ())]  # type: ignore[attr-defined]
    found = [
        _verdict(people[name](method, _path(council, rules[0].rule), json={}), endpoint) for name in COLUMNS
    ]
    assert dict(zip(COLUMNS, found, strict=True)) == dict(zip(COLUMNS, expected, strict=True))


def test_what_nobody_owns_is_the_admins(council: Parts, people: dict[str, Asking]) -> None:
    """It was made when nobody had to sign in: who said what to it is not for everybody."""
    session_id = meeting_of(council, "olga", shared=False, owned_by=None)
    answers = {name: people[name]("GET", f"/api/v1/sessions/{session_id}").status_code for name in COLUMNS}
    assert answers == {"nobody": 401, "stan": 404, "victor": 404, "guy": 404, "olga": 404, "ada": 200}


HIDING = [row for row in ROWS if row[3] == "." and row[6] == "o"]
"""What names a thing that may be hidden."""


@pytest.mark.parametrize("row", HIDING, ids=lambda row: f"{row[0]} {row[1]}")
def test_what_is_hidden_looks_as_what_does_not_exist(
    council: Parts, people: dict[str, Asking], row: list[str]
) -> None:
    """Word for word, whatever is sent and asked, but for the id that was asked for."""
    endpoint, method = row[:2]
    rule = next(r.rule for r in council.app.url_map.iter_rules(endpoint) if method in (r.methods or ()))  # type: ignore[attr-defined]
    for kind in ("session", "template", "group") if "thing_id" in rule else (_kind_named(rule),):
        hidden, missing = _made(council, f"{kind}_id"), str(uuid.uuid4())
        for query, body in SENT:
            answers = {
                one: people["stan"](method, _about(rule, kind, one) + query, **body)
                for one in (hidden, missing)
            }
            told = [(answer.status_code, answer.text.replace(one, "…")) for one, answer in answers.items()]
            assert told[0] == told[1]


@pytest.mark.parametrize(
    ("word", "path", "body"),
    [
        ("template", "/groups", {"name": "Mine", "default_agents": {"…": {}}}),
        ("template", "/groups", {"name": "Mine", "default_agents": {"…": {"affirmative": "member_a"}}}),
        ("template", "/sessions", {"template_id": "…", "subject": "Shall we?"}),
        ("group", "/sessions", {"template_id": "council_debate", "subject": "Shall we?", "group_id": "…"}),
        ("template", "/templates/estimate", {"template_id": "…"}),
        ("group", "/templates/estimate", {"template_id": "council_debate", "group_id": "…"}),
    ],
)
def test_a_hidden_id_in_what_is_sent_reads_as_one_that_does_not_exist(
    council: Parts, people: dict[str, Asking], word: str, path: str, body: dict[str, Any]
) -> None:
    """The same is refused, in the same words; a template in which nobody is seated is not looked at at all."""
    told = []
    for named in (_made(council, f"{word}_id"), "no_such_thing"):
        answer = people["stan"]("POST", f"/api/v1{path}", json=_with_id(body, named))
        problem = answer.text.replace(named, "…") if answer.status_code >= 400 else ""
        told.append((answer.status_code, problem))
    assert told[0] == told[1]


def _with_id(body: Any, named: str) -> Any:
    """The body with this id where ``…`` stands."""
    if isinstance(body, dict):
        return {_with_id(key, named): _with_id(value, named) for key, value in body.items()}
    return named if body == "…" else body


SENT: list[tuple[str, dict[str, Any]]] = [
    ("", {"json": {}}),
    ("", {"json": {"level": "read", "user": "nobody", "name": "Mine", "default_agents": {}}}),
    ("", {"data": "{"}),
    ("?since=no&limit=-1", {"headers": {"Accept": "text/html"}}),
]
"""Ends of an address, and what may be sent to it: much of it is refused where the thing exists."""


def _kind_named(rule: str) -> str:
    return re.findall(r"<(?:[^>]*:)?(session|template|group)_id>", rule)[0]  # type: ignore[no-any-return]


def _about(rule: str, kind: str, thing_id: str) -> str:
    """An address of the rule that names this thing."""
    rule = re.sub(rf"<(?:[^>]*:)?(?:thing|{kind})_id>", thing_id, rule)
    rule = re.sub(r"<any[^>]*:kind>", f"{kind}s", rule)
    return re.sub(r"<[^>]+>", "guy" if "shares" in rule else "1", rule)


def _path(council: Parts, rule: str) -> str:
    """An address of the rule that names a thing of olga's, made for this request."""

    def filled(match: re.Match[str]) -> str:
        return _made(council, match.group(1).rpartition(":")[2])

    return re.sub(r"<([^>]+)>", filled, rule)


def _made(council: Parts, part: str) -> str:
    owner = council.people.accounts.get("olga")["user_id"]
    match part:
        case "session_id":
            return meeting_of(council, "olga")
        case "thing_id":
            return meeting_of(council, "olga")
        case "kind":
            return "sessions"
        case "template_id" | "agent_id" | "group_id":
            return _on_a_shelf(council, part.removesuffix("_id"), owner)
        case _:
            return {"user": "guy", "name": "nobody-of-this-name", "filename": "js/main.js"}.get(part, "1")


def _on_a_shelf(council: Parts, word: str, owner: str) -> str:
    library: Any = council.library
    shelf = getattr(library, f"{word}_shelf")
    value = next(iter(shelf.built_in.values())).model_copy(update={"is_system": False})
    kept = shelf.add(value, name=f"Secret {word}", check=lambda _open: None, owned_by=owner)
    thing_id: str = shelf.kind.id_of(kept.value)
    share(council, word, thing_id)
    return thing_id


def _verdict(answer: Any, endpoint: str) -> str:
    """A thing inside the one that is named, which does not exist, is no refusal."""
    problem = (answer.get_json(silent=True) or {}).get("error", {})
    match answer.status_code:
        case 401:
            return "-"
        case 302 if "/login" in answer.headers["Location"] and endpoint not in ("sign_in.leave", "oidc.back"):
            return "-"
        case 403 if problem.get("code") in ("level_too_low", "not_yours", "forbidden"):
            return "x"
        case 404 if "There is no session" in answer.text or re.search(
            r"There is no (template|group|agent) '", answer.text
        ):
            return "."
        case 404 if "Nobody is meeting here" in answer.text or "There is nothing here" in answer.text:
            return "."
        case status:
            assert status < 500, answer.text
            return "o"

"""One error shape everywhere: whatever is wrong, the answer says what, with the right status, and nothing more."""

import json
import uuid

import pytest
import sqlalchemy as sa

from council.errors import CouncilError
from tests.live.serving import werkzeug
from tests.support import http
from tests.web.conftest import SECRET, assert_error_event, assert_problem, body_of, client_of, events_of, read

SESSIONS = "/api/v1/sessions"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PAGES = {"pages.lobby_page", "pages.room_page", "static"}


def address_of(rule):
    """An address that the rule matches, and behind which nothing is."""
    values = dict.fromkeys(rule.arguments, str(uuid.uuid4()))
    values |= {"kind": "sessions"} if "kind" in rule.arguments else {}
    adapter_map = rule.map.bind("localhost")
    return adapter_map.build(rule.endpoint, values, force_external=False)


def test_every_route_refuses_other_methods_in_the_one_shape(api):
    """405 with Allow, on every address there is."""
    checked = 0
    for rule in api.application.url_map.iter_rules():
        if rule.websocket:
            continue
        allowed = {
            method
            for other in api.application.url_map.iter_rules()
            if other.rule == rule.rule
            for method in other.methods
        }
        for method in set(METHODS) - allowed:
            answer = api.open(address_of(rule), method=method)
            problem = assert_problem(answer, 405, "method_not_allowed")
            assert set(answer.headers["Allow"].split(", ")) == allowed, rule
            assert problem["hint"]
            checked += 1
    assert checked > 40


BODIES = {
    "control": {"action": "pause"},
    "say": {"content": "x"},
    "review": {"node_id": "review", "action": "approve"},
    "signal": {"node_id": "review", "payload": "x"},
    "rerun": {"node_id": "chair"},
    "roll_back": {"path": "plan.md", "version": 1},
    "share": {"level": "read"},
    "give": {"user": "ada"},
    "change_user": {"role": "viewer"},
    "change_endpoint": {"name": "Near", "base_url": "http://127.0.0.1:9/v1"},
}
"""What a route takes that has an id in its address, by the end of its endpoint."""
QUERIES = {"history": "?path=plan.md", "export": "?format=md"}


def test_every_route_with_an_id_knows_no_other(api):
    """404 in the one shape wherever an id stands in the address; pages say it to people."""
    checked = 0
    for rule in api.application.url_map.iter_rules():
        if rule.websocket or not rule.arguments:
            continue
        for method in rule.methods & set(METHODS):
            body = {"action": "pause", "content": "x"}
            body = BODIES.get(rule.endpoint.rpartition(".")[2], body)
            query = QUERIES.get(rule.endpoint.rpartition(".")[2], "")
            answer = api.open(
                address_of(rule) + query,
                method=method,
                **({} if method in ("GET", "DELETE") else {"json": body}),
            )
            if rule.endpoint.endswith("_page"):
                assert answer.status_code == 404
                assert answer.mimetype == "text/html"
                assert "Traceback" not in answer.text
            else:
                assert_problem(answer, 404, "not_found")
            checked += 1
    assert checked > 8


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/api/v1", "/api/v1/", "/api/v1/nowhere", "/api/v2/sessions", "/api/v1/sessions/", "/static/../app.py",
     "/static/%2e%2e/app.py", "/%00", "/api/v1/sessions/%ff", "/api/v1/templates/%F0%9F%99%82/x"],
)  # fmt: skip
def test_an_address_that_does_not_exist(api, path):
    assert_problem(api.get(path), 404, "not_found")


def test_an_address_that_does_not_exist_in_a_browser(api):
    """A page with a way back, under the policy of all pages; the interface for programs stays as it is."""
    browser = {
        "Accept": "text/html,application/xhtml+xml,image/avif,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
    }
    page = api.get("/nowhere/at/all", headers=browser)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert 'href="/"' in page.text
    assert_problem(api.get("/api/v1/nowhere", headers=browser), 404, "not_found")


@pytest.mark.parametrize("path", ["/ws", "/api/v1/ws"])
def test_the_socket_s_address_without_a_handshake(api, path):
    """A browser's address bar, or curl: 400 that says what is meant."""
    answer = api.get(path)
    assert answer.status_code == 400
    assert answer.get_json()["error"].keys() == {"code", "message", "hint", "can_retry", "details"}


def test_a_bug_is_told_to_the_log_and_to_nobody_else(build):
    """500 in the one shape, without a traceback."""
    council = build()

    @council.app.get("/broken")
    def broken():
        raise RuntimeError(f"secret {SECRET}")

    problem = assert_problem(client_of(council).get("/broken"), 500, "internal")
    assert "RuntimeError" not in json.dumps(problem)


def test_a_database_that_does_not_answer(council, api, finished):
    """503 and worth another try; what the database said is not for everybody."""
    break_table(council, "channels")
    for path in (f"{SESSIONS}/{finished}/events", f"{SESSIONS}/{finished}"):
        answer = api.get(path)
        problem = assert_problem(answer, 503, "unavailable")
        assert problem["can_retry"] is True
        assert int(answer.headers["Retry-After"]) > 0
        assert "channels" not in answer.text
    assert api.get("/health").status_code == 200


def test_a_database_that_does_not_answer_a_socket(council, connect, finished):
    """The command fails with the same code; the socket lives."""
    socket = connect()
    socket.receive()
    break_table(council, "channels")
    data = assert_error_event(socket.ask("subscribe", "s-1", session_id=finished), "unavailable", "s-1")
    assert data["can_retry"] is True
    assert socket.ask("ping")["event"] == "pong"


def break_table(council, name):
    with council.store.write() as connection:
        connection.execute(sa.text(f"ALTER TABLE {name} RENAME TO broken_{name}"))


def test_every_error_of_ours_has_a_code_of_its_own_and_a_status():
    """Programs tell errors apart by code."""

    def tree(kind):
        return [kind] + [leaf for child in kind.__subclasses__() for leaf in tree(child)]

    kinds = [kind for kind in tree(CouncilError) if kind.__module__ == "council.errors"]
    for kind in kinds:
        assert 400 <= kind.status < 600
        assert kind.code
        assert kind.code == kind.code.lower()


# Bodies

DEEP = b'{"subject": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
POISON = {
    "NaN": b'{"subject": NaN}',
    "infinity": b'{"subject": "x", "inputs": -Infinity}',
    "1e999": b'{"subject": "x", "budget": 1e999}',
    "5,000 digits": b'{"subject": ' + b"7" * 5_000 + b"}",
    "deep": DEEP,
    "unclosed and deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000,
    "not UTF-8": b'{"subject": "\xff\xfe"}',
    "UTF-16": '{"subject": "x"}'.encode("utf-16"),
    "UTF-8 surrogate": b'{"subject": "\xed\xa0\x80"}',
    "overlong": b'{"subject": "\xc0\xaf"}',
    "not JSON": b"subject=x",
    "empty": b"",
    "cut": b'{"subject": "x"',
    "two": b'{"subject": "x"}{"subject": "y"}',
    "trailing comma": b'{"subject": "x",}',
    "single quotes": b"{'subject': 'x'}",
    "raw newline": b'{"subject": "x\ny"}',
    "raw NUL": b'{"subject": "x\0y"}',
    "array": b"[]",
    "text": b'"subject"',
    "number": b"7",
    "null": b"null",
    "true": b"true",
}


@pytest.mark.parametrize("body", POISON.values(), ids=POISON.keys())
def test_poison_is_malformed_and_changes_nothing(api, held, body):
    """400; no session more, no event more; the meeting that runs goes on."""
    before = (api.get(SESSIONS).get_json(), events_of(api, held))
    for path in ("", f"/{held}/control", f"/{held}/input"):
        answer = api.post(f"{SESSIONS}{path}", data=body, content_type="application/json")
        assert_problem(answer, 400, "malformed")
    assert (api.get(SESSIONS).get_json(), events_of(api, held)) == before


@pytest.mark.parametrize(
    ("subject", "stored"),
    [
        ("\\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("a\\udfffb", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\\u0000b", "ab"),
        ("\\ud83d\\ude42", "🙂"),
    ],
)
def test_text_that_would_break_a_database_is_cleaned(api, subject, stored):
    """A lone surrogate and NUL pass JSON: they are taken out at the door, and nothing else is."""
    body = b'{"template_id": "council_debate", "subject": "%s"}' % subject.encode()
    answer = api.post(SESSIONS, data=body, content_type="application/json")
    assert answer.status_code == 202
    assert read(api, answer.get_json()["session_id"])["subject"] == stored


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", "", None],
)
def test_only_json_is_taken(api, held, content_type):
    """415: a form of another site can be sent without asking us first; JSON cannot."""
    for path in ("", f"/{held}/control", f"/{held}/input"):
        answer = api.post(f"{SESSIONS}{path}", data=json.dumps(body_of()), content_type=content_type)
        assert_problem(answer, 415, "unsupported")
    assert len(api.get(SESSIONS).get_json()["items"]) == 1


def test_the_charset_may_be_named(api):
    body = json.dumps(body_of(subject="Größe"), ensure_ascii=False).encode()
    answer = api.post(SESSIONS, data=body, content_type="application/json; charset=utf-8")
    assert answer.status_code == 202


def test_a_body_that_is_too_large(build):
    """413, whatever it holds, and before it is read."""
    api = client_of(build(max_body_bytes=5_000))
    answer = api.post(SESSIONS, data=b"x" * 5_001, content_type="application/json")
    problem = assert_problem(answer, 413, "too_large")
    assert problem["hint"]
    assert api.post(SESSIONS, json=body_of(subject="x" * 3_900)).status_code == 202


@pytest.mark.parametrize(("size", "status"), [(3_000, 202), (5_000, 413), (50_000, 413)])
def test_a_body_in_chunks_is_measured_too(build, size, status):
    """It says no length beforehand: it is not cut and then misread, though what is cut off were only blanks."""
    council = build(max_body_bytes=5_000)

    def pieces():
        yield json.dumps(body_of()).encode()
        for _ in range(size // 100):
            yield b" " * 100

    with werkzeug(council.app) as port:
        answer = http.post(
            f"http://127.0.0.1:{port}{SESSIONS}",
            content=pieces(),
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code == status, answer.text
    if status == 413:
        assert_problem(answer, 413, "too_large")


def test_a_document_that_is_too_large(api):
    """Five megabytes fit, one byte more does not: 413 with its name; bytes are counted, not characters."""
    fits = "x" * (5 * 1024 * 1024)
    assert api.post(SESSIONS, json=body_of(inputs={"document": fits})).status_code == 202
    for text in (fits + "x", "ö" * (5 * 1024 * 1024 // 2 + 1)):
        documents = [{"name": "long.md", "content": text}]
        problem = assert_problem(
            api.post(SESSIONS, json=body_of(inputs={"documents": documents})), 413, "too_large"
        )
        assert "long.md" in problem["message"]
    assert len(api.get(SESSIONS).get_json()["items"]) == 1


# Fields

WRONG_FIELDS = [
    ({"subjct": "x"}, "subjct"),
    ({"Subject": "x"}, "Subject"),
    ({"subject": 7}, "subject"),
    ({"subject": None}, "subject"),
    ({"subject": ["x"]}, "subject"),
    ({"subject": "x" * 4_001}, "subject"),
    ({"template_id": 7}, "template_id"),
    ({"template_id": None}, "template_id"),
    ({"template_id": ""}, "template_id"),
    ({"template_id": "x" * 256}, "template_id"),
    ({"session_id": "not-a-uuid"}, "session_id"),
    ({"session_id": 7}, "session_id"),
    ({"session_id": None}, "session_id"),
    ({"inputs": []}, "inputs"),
    ({"inputs": "text"}, "inputs"),
    ({"inputs": {"docment": "x"}}, "inputs.docment"),
    ({"inputs": {"document": 7}}, "inputs.document"),
    ({"inputs": {"document": ["x"]}}, "inputs.document"),
    ({"inputs": {"documents": {}}}, "inputs.documents"),
    ({"inputs": {"documents": ["x"]}}, "inputs.documents.0"),
    ({"inputs": {"documents": [{"name": "a"}]}}, "inputs.documents.0.content"),
    ({"inputs": {"documents": [{"name": "", "content": "x"}]}}, "inputs.documents.0.name"),
    ({"inputs": {"documents": [{"name": "a", "content": 7}]}}, "inputs.documents.0.content"),
    ({"inputs": {"documents": [{"name": "a", "content": "x", "type": "md"}]}}, "inputs.documents.0.type"),
    ({"inputs": {"documents": [{"name": "a", "content": "x"}] * 21}}, "inputs.documents"),
    ({"inputs": {"objective": False}}, "inputs.objective"),
    ({"inputs": {"objective": "x" * 20_001}}, "inputs.objective"),
    ({"agents": ["risk_auditor"]}, "agents"),
    ({"agents": {"negative": 7}}, "agents.negative"),
]


@pytest.mark.parametrize(("fields", "path"), WRONG_FIELDS, ids=[path + "-" for _, path in WRONG_FIELDS])
def test_a_field_that_is_wrong_is_named(api, fields, path):
    """422 with path, reason and suggestion; no session is made."""
    problem = assert_problem(api.post(SESSIONS, json=body_of(**fields)), 422, "invalid")
    (fault,) = problem["details"]
    assert fault.keys() == {"path", "reason", "suggestion"}
    assert fault["path"] == path
    assert fault["reason"]
    assert fault["suggestion"]
    assert path in problem["message"]
    assert api.get(SESSIONS).get_json()["items"] == []


def test_a_misspelt_field_is_answered_with_the_right_one(api):
    """The suggestion holds the field that was meant."""
    problem = assert_problem(api.post(SESSIONS, json=body_of(subjct="x")), 422, "invalid")
    assert "subject" in problem["details"][0]["suggestion"]
    misspelt = body_of(inputs={"documents": [{"name": "a", "content": "x", "contnt": "y"}]})
    problem = assert_problem(api.post(SESSIONS, json=misspelt), 422, "invalid")
    assert "content" in problem["details"][0]["suggestion"]
    problem = assert_problem(api.post(SESSIONS, json=body_of(inputs={"zzz": 1})), 422, "invalid")
    assert "objective" in problem["details"][0]["suggestion"]
    assert "template_id" not in problem["details"][0]["suggestion"], "the fields of something else"


def test_all_faults_are_told_at_once(api):
    problem = assert_problem(
        api.post(SESSIONS, json={"subject": 7, "inputs": {"objective": 7}, "x": 1}), 422, "invalid"
    )
    paths = {fault["path"] for fault in problem["details"]}
    assert paths == {"template_id", "subject", "inputs.objective", "x"}


def test_a_thousand_faults_are_not_told_in_a_megabyte(api):
    """An answer does not grow with what was sent."""
    wrong = {f"field-{number}": 1 for number in range(10_000)} | {"y" * 100_000: 1}
    assert_problem(api.post(SESSIONS, json=body_of(**wrong)), 422, "invalid")
    agents = {f"node-{number}": "z" * 100 for number in range(10_000)}
    assert_problem(api.post(SESSIONS, json=body_of(agents=agents)), 422, "invalid")
    assert_problem(api.post(SESSIONS, json=body_of(agents={"n" * 100_000: "z" * 100_000})), 422, "invalid")


def test_an_unknown_template_is_answered_with_the_nearest(api):
    """422 unknown_template, "Did you mean"."""
    problem = assert_problem(
        api.post(SESSIONS, json=body_of(template_id="councl_debate")), 422, "unknown_template"
    )
    assert "council_debate" in problem["hint"]
    problem = assert_problem(api.post(SESSIONS, json=body_of(template_id="zzz")), 422, "unknown_template")
    assert "/api/v1/templates" in problem["hint"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("project_id", "p"), ("project_id", {"id": "p"}), ("project_id", "")],
)
def test_a_field_whose_feature_does_not_exist_yet(api, field, value):
    """422 not_available, never accepted and ignored; null is as good as left out."""
    problem = assert_problem(api.post(SESSIONS, json=body_of(**{field: value})), 422, "not_available")
    assert field in problem["message"]
    assert api.get(SESSIONS).get_json()["items"] == []
    assert api.post(SESSIONS, json=body_of(**{field: None})).status_code == 202

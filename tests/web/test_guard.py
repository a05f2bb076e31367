"""Who may talk to this server at all: Host and Origin, for pages, API and sockets alike."""

import pytest

from tests.live import raw_client
from tests.live.raw_client import handshake
from tests.live.serving import werkzeug
from tests.support.waiting import wait_until
from tests.web.conftest import assert_problem, body_of, client_of, signed_in

SESSIONS = "/api/v1/sessions"
PATHS = ["/", "/health", "/api/v1/sessions", "/api/v1/nowhere", "/static/nothing.js"]

FOREIGN = [
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "http://localhost:9999",
    "https://localhost@evil.example",
    "file://",
    "chrome-extension://abcdef",
    "http://[",
    "http://[::1",
    "//localhost",
    "localhost",
    "",
    "javascript:alert(1)",
    "http://localhost/path",
    "http://localhost, http://evil.example",
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_refused(api, origin):
    """403, whatever the method; nothing is done."""
    for path in PATHS:
        assert_problem(api.get(path, headers={"Origin": origin}), 403, "foreign_origin")
    answer = api.post(SESSIONS, json=body_of(), headers={"Origin": origin})
    assert_problem(answer, 403, "foreign_origin")
    assert api.get(SESSIONS).get_json()["items"] == []


@pytest.mark.parametrize("origin", [None, "http://localhost", "https://localhost"])
def test_our_own_origin_and_none_are_taken(api, origin):
    """The page itself; curl, which sends none."""
    headers = {"Origin": origin} if origin else {}
    assert api.post(SESSIONS, json=body_of(), headers=headers).status_code == 202


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.0.7",
        "[::2]",
        "[",
        "a b",
        "",
    ],
)
def test_a_foreign_host_name_is_refused(api, host):
    """400: a name that somebody's DNS points at us is none of ours (rebinding), though its Origin matches."""
    for path in PATHS:
        answer = api.get(path, headers={"Host": host, "Origin": f"http://{host}"})
        assert answer.status_code == 400, (path, answer.text)
        assert answer.get_json()["error"].keys() == {"code", "message", "hint", "can_retry", "details"}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_loopback_names_are_ours(api, host):
    assert api.get("/health", headers={"Host": host}).status_code == 200


def test_an_allowed_origin_brings_its_host(build):
    """COUNCIL_ALLOWED_ORIGINS: that origin and that host, no other port, scheme or subdomain."""
    council = build(allowed_origins="https://council.example.org, http://10.0.0.5:8000/")
    api, who = client_of(council), signed_in(council)
    hosts = {"https://council.example.org": "council.example.org", "http://10.0.0.5:8000": "10.0.0.5:8000"}
    for origin, host in hosts.items():
        answer = api.post(SESSIONS, json=body_of(), headers={"Origin": origin, "Host": host} | who)
        assert answer.status_code == 202, answer.text
        assert api.post(SESSIONS, json=body_of(), headers={"Origin": origin} | who).status_code == 202
    for origin in ("http://sub.council.example.org", "https://council.example.org:444", "http://10.0.0.5"):
        assert_problem(api.get("/health", headers={"Origin": origin}), 403, "foreign_origin")


# The same before the upgrade


@pytest.fixture
def upgrade(port):
    """Ask for an upgrade with these headers; the head of the answer."""

    def ask(path="/api/v1/ws", **headers):
        client = raw_client.socket.create_connection(("127.0.0.1", port), timeout=10)
        with client:
            client.sendall(handshake(path, **headers))
            head = b""
            while b"\r\n\r\n" not in head and (octets := client.recv(65_536)):
                head += octets
        return head.decode("latin-1")

    return ask


@pytest.mark.parametrize("path", ["/ws", "/api/v1/ws"])
def test_a_socket_is_upgraded(upgrade, port, path):
    """Without an Origin, and with our own."""
    assert upgrade(path).startswith("HTTP/1.1 101")
    own = upgrade(path, Host=f"127.0.0.1:{port}", Origin=f"http://127.0.0.1:{port}")
    assert own.startswith("HTTP/1.1 101")


@pytest.mark.parametrize("origin", [origin for origin in FOREIGN if origin])
def test_a_foreign_socket_is_refused_before_the_upgrade(upgrade, council, origin):
    """403: a page on another site gets no socket, and no place is taken."""
    head = upgrade(Origin=origin)
    assert head.startswith("HTTP/1.1 403"), head
    assert council.hub.count == 0


def test_a_rebound_socket_is_refused_before_the_upgrade(upgrade):
    head = upgrade(Host="evil.example", Origin="http://evil.example")
    assert head.startswith("HTTP/1.1 400"), head


def test_a_full_server_answers_503_before_the_upgrade(build):
    """With Retry-After; when somebody leaves, there is room again."""
    council = build(max_clients=2)
    with werkzeug(council.app) as port:
        path = "/api/v1/ws"
        first, second = raw_client.RawClient(port, path), raw_client.RawClient(port, path)
        with first, second:
            first.receive(), second.receive()
            with raw_client.RawClient(port, path) as third:
                assert third.head.startswith(b"HTTP/1.1 503")
                assert b"Retry-After" in third.head
            stream = client_of(council).get(
                f"{SESSIONS}/3f2504e0-4f89-41d3-9a0c-0305e82c3301/events",
                headers={"Accept": "text/event-stream"},
            )
            assert stream.status_code in (404, 503)
            first.send(raw_client.close(1000))
            first.receive_close()

            def let_in():
                with raw_client.RawClient(port, path) as other:
                    return other.head.startswith(b"HTTP/1.1 101")

            wait_until(let_in, what="room for another")


def test_security_headers_on_pages(api, finished):
    """No foreign script, no frame, no guessing of types; pages with people's words are not cached."""
    for path in ("/", f"/meetings/{finished}", "/meetings/nothing"):
        headers = api.get(path).headers
        policy = dict(directive.split(" ", 1) for directive in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["base-uri"] == "'none'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "upgrade-insecure-requests" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers


def test_api_answers_are_nothing_but_json(api, finished):
    """A browser that is led to an answer does not take it for a page, and no other site may read it."""
    for path in (
        "/api/v1/sessions",
        f"/api/v1/sessions/{finished}",
        f"/api/v1/sessions/{finished}/events",
        "/nowhere",
    ):
        headers = api.get(path).headers
        assert headers["Content-Type"] == "application/json"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers

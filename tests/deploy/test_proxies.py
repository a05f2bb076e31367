"""Council behind real proxies, configured as we ship them: what works without one works through one."""

import json
import socket
import uuid
from collections.abc import Iterator

import httpx2
import pytest
from flask import Flask, jsonify, request

from council.web import proxy
from tests.deploy.proxies import SITE
from tests.faults.meeting import start_meeting
from tests.live.raw_client import handshake
from tests.live.serving import werkzeug
from tests.support import http
from tests.support.viewer import Viewer, check_viewers, read_log
from tests.support.waiting import wait_until

SESSIONS = "/api/v1/sessions"
OUTSIDE = f"https://{SITE}"


def test_pages_and_rest(front, server):
    """Pages, their parts and the API answer over TLS under the site's name, which browsers are told to keep to."""
    with front.client() as browser:
        page = browser.get("/login")
        assert page.status_code == 200, page.text
        assert "text/html" in page.headers["Content-Type"]
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert browser.get("/static/js/main.js").status_code == 200
        assert browser.get("/health").json()["status"] == "alive"
        assert browser.get(SESSIONS).status_code == 401
        assert browser.get(SESSIONS, headers={"Origin": OUTSIDE} | server.headers).status_code == 200


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics?name[]=x", "//metrics", "/./metrics", "/static/../metrics", "/%6detrics"]
)
def test_metrics_are_not_for_the_outside(front, server, path):
    """However the address is written, the proxy hides what the server tells a scraper."""
    metrics = http.get(f"{server.url}/metrics", headers=server.headers)
    assert "council_" in metrics.text
    request = handshake(path, **server.headers, Host=SITE, Connection="close", Upgrade=None)
    with front.connect() as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.split()[1] == b"404", answer
    assert b"council_" not in answer


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443"])
def test_a_foreign_host_is_refused(front, host):
    """By Council or by the proxy itself: a name that is pointed at this address shows nothing."""
    with front.client() as browser:
        answer = browser.get("/", headers={"Host": host, "X-Forwarded-Host": SITE})
    assert answer.status_code == 400 or not answer.content


def test_a_meeting_is_seen_live(front, server):
    """Over a socket through the proxy a viewer sees every event once and in order."""
    session_id = start_meeting(server)
    with Viewer(front.plain_port, session_id, token=server.token) as viewer:
        viewer.wait_for("execution:completed")
        check_viewers([viewer], read_log(server.get, session_id))
        assert viewer.connections == 1


def test_an_event_stream_is_not_held_back(front, server, model):
    """What a member says arrives while it goes on speaking."""
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(server)
    headers = {"Accept": "text/event-stream"} | server.headers
    with httpx2.stream(
        "GET", f"{front.url}{SESSIONS}/{session_id}/events", headers=headers, trust_env=False, timeout=30
    ) as answer:
        heard = (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))
        said = next(event for event in heard if event["event"] == "token_stream")
    assert said["data"]["chunk"]
    assert server.get(f"{SESSIONS}/{session_id}")["status"] == "running"
    model.release()


@pytest.mark.parametrize(("origin", "status"), [(OUTSIDE, "101"), (f"http://{SITE}", "403"), (None, "101")])
def test_a_socket_over_tls(front, server, origin, status):
    """The page's own origin is taken; the same name without TLS is foreign."""
    headers = {"Host": SITE} | server.headers | ({"Origin": origin} if origin else {})
    with front.connect() as connection:
        connection.sendall(handshake("/api/v1/ws", **headers))
        answer = b""
        while b'"hello"' not in answer and b"foreign_origin" not in answer:
            octets = connection.recv(65_536)
            assert octets, answer
            answer += octets
    assert answer.split()[1].decode() == status


def test_large_bodies(front, server):
    """What Council takes passes, and one octet more than it takes is answered with 413."""
    document = {"name": "long.md", "content": "x" * 4_000_000}
    body = {"template_id": "council_debate", "session_id": str(uuid.uuid4()), "subject": "Long?"}
    with front.client() as browser:
        browser.headers.update(server.headers)
        answer = browser.post(SESSIONS, json=body | {"inputs": {"documents": [document]}})
        assert answer.status_code == 202, answer.text
        too_much = b'"' + b"x" * (16 * 1024 * 1024 - 1) + b'"'
        answer = browser.post(SESSIONS, content=too_much, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413


@pytest.fixture
def who(make_settings) -> Iterator[int]:
    """An application that says whom it takes a request for; it trusts one proxy."""
    app = Flask("who")
    app.add_url_rule("/", view_func=lambda: jsonify([request.remote_addr, request.scheme, request.host]))
    proxy.install(app, make_settings(trusted_proxies=1))
    with werkzeug(app) as port:
        yield port


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Forwarded-For": "203.0.113.66"},
        {"X-Forwarded-For": "203.0.113.66, 203.0.113.67", "X-Forwarded-Proto": "http"},
        {"X-Forwarded-Host": "evil.example", "Forwarded": "for=203.0.113.66;host=evil.example;proto=http"},
        {"X_Forwarded_For": "203.0.113.66", "X-Real-IP": "203.0.113.66"},
    ],
)
def test_forwarded_headers_cannot_be_made_up(front_name, start_front, who, headers):
    """Whatever a client writes into them, address, scheme and host are those that the proxy saw."""
    with start_front(front_name, who).client() as browser:
        assert browser.get("/", headers=headers).json() == ["127.0.0.1", "https", SITE]


def test_half_a_request_does_not_reach_council(front_name, start_front):
    """Clients that stop in the middle of the head are the proxy's affair: the first that Council sees is whole."""
    with socket.create_server(("127.0.0.1", 0)) as council:
        front = start_front(front_name, council.getsockname()[1])
        halves = [socket.create_connection(("127.0.0.1", front.plain_port), timeout=30) for _ in range(20)]
        for half in halves:
            half.sendall(b"GET /half HTTP/1.1\r\nHost: 127.0.0.1\r\nX-")
        whole = socket.create_connection(("127.0.0.1", front.plain_port), timeout=30)
        whole.sendall(b"GET /whole HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        council.settimeout(30)
        passed, _ = council.accept()
        assert passed.recv(65_536).startswith(b"GET /whole ")
        council.setblocking(False)
        with pytest.raises(BlockingIOError):
            council.accept()
        for each in (*halves, whole, passed):
            each.close()


def test_a_restart_is_told_through_the_proxy(front, server, model):
    """1012 arrives; the viewer comes back by itself, and sees the meeting to its end."""
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(server)
    with Viewer(front.plain_port, session_id, token=server.token) as viewer:
        viewer.wait_for("token_stream")
        server.stop()
        viewer.wait_for_ending(1012)
        model.release()
        server.start()
        viewer.wait_for("execution:completed")
        wait_until(lambda: server.get(f"{SESSIONS}/{session_id}")["status"] == "completed")
        check_viewers([viewer], read_log(server.get, session_id))

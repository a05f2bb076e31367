"""Who asks, through how many proxies: so many are believed as were counted, and nobody else."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, jsonify, request

from council.web import proxy
from tests.live.raw_client import handshake
from tests.live.serving import werkzeug
from tests.support import http
from tests.support.waiting import wait_until
from tests.web.conftest import assert_problem, body_of, client_of, signed_in, signed_in_at

OUTSIDE = "https://localhost"  # Under any other name nobody is answered before there is a user.
FORWARDED = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "council.example.org",
}
BEHIND = FORWARDED | {"X-Forwarded-Host": "localhost"}
SPOOFED = {
    "X-Forwarded-For": "203.0.113.66, 198.51.100.7",
    "X-Forwarded-Proto": "http, https",
    "X-Forwarded-Host": "evil.example, council.example.org",
}


@pytest.fixture
def who(make_settings):
    """What an application behind so many trusted proxies takes a request with these headers for."""

    def ask(hops: int, headers: dict[str, str]) -> dict[str, object]:
        app = Flask("who")
        app.add_url_rule("/", view_func=lambda: jsonify([request.remote_addr, request.scheme, request.host]))
        proxy.install(app, make_settings(trusted_proxies=hops))
        with werkzeug(app) as port:
            answer = _get(port, headers)
            address, scheme, host = answer
            return {
                "address": address,
                "scheme": scheme,
                "is_direct": host == f"127.0.0.1:{port}",
                "host": host,
            }

    return ask


def _get(port: int, headers: dict[str, str]) -> list[str]:

    found: list[str] = http.get(f"http://127.0.0.1:{port}/", headers=headers).json()
    return found


@pytest.mark.parametrize("headers", [{}, FORWARDED, SPOOFED, {"Forwarded": "for=198.51.100.7;proto=https"}])
def test_without_trusted_proxies_nobody_is_believed(who, headers):
    """The default: whatever the headers say, it is the connection that counts."""
    seen = who(0, headers)
    assert (seen["address"], seen["scheme"], seen["is_direct"]) == ("127.0.0.1", "http", True)


@pytest.mark.parametrize("headers", [FORWARDED, SPOOFED])
def test_one_proxy_adds_one_hop(who, headers):
    """The last value is the proxy's own; what stands before it was written by the client, and is not looked at."""
    seen = who(1, headers)
    assert (seen["address"], seen["scheme"], seen["host"]) == ("198.51.100.7", "https", "council.example.org")


def test_two_proxies_add_two_hops(who):
    """Then the last but one is true, and a third is the client's."""
    headers = {name: f"spoofed.example, {value}, 10.0.0.2" for name, value in FORWARDED.items()}
    seen = who(2, headers)
    assert (seen["address"], seen["scheme"], seen["host"]) == ("198.51.100.7", "https", "council.example.org")


@pytest.mark.parametrize("hops", [1, 2])
def test_a_request_past_the_proxies_is_what_it_is(who, hops):
    """A check of health on the machine itself carries no such header, and with two hops one value is none."""
    seen = who(hops, {} if hops == 1 else FORWARDED)
    assert (seen["address"], seen["scheme"], seen["is_direct"]) == ("127.0.0.1", "http", True)


def test_ignored_headers_are_told_once(serve):
    """Without trusted proxies, the log says at the first such request which setting is missing, and then no more."""
    server = serve()
    server.get("/health")
    assert "proxy.not_trusted" not in server.text_of_log
    for _ in range(3):
        server.get("/health", headers={"X-Forwarded-For": "198.51.100.7"})
    server.get("/health", headers=FORWARDED)
    wait_until(lambda: "proxy.not_trusted" in server.text_of_log, what="a line in the log")
    assert server.text_of_log.count("proxy.not_trusted") == 1
    assert "COUNCIL_TRUSTED_PROXIES" in server.text_of_log
    assert "198.51.100.7" not in server.text_of_log


# Hosts and origins behind TLS


@pytest.fixture
def behind(build):
    """A Council behind one proxy that ends TLS, asked as that proxy asks."""
    council = build(trusted_proxies=1, allowed_origins=OUTSIDE)
    client, who = client_of(council), signed_in(council)

    def post(**headers: str):
        given = BEHIND | who | {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post("/api/v1/sessions", json=body_of(), headers=given)

    return post


def test_the_pages_own_origin_is_taken_behind_tls(behind):
    """The browser says https, the proxy says http to us: they are the same page."""
    assert behind(Origin=OUTSIDE).status_code == 202
    assert behind().status_code == 202


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost",
        "https://localhost:8443",
        "https://evil.example",
        "http://127.0.0.1:8000",
        "null",
    ],
)
def test_other_origins_are_refused_behind_tls(behind, origin):
    """The same name without TLS, too: whoever stands between may have written that page."""
    assert_problem(behind(Origin=origin), 403, "foreign_origin")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example, evil.example", "a b", "council.example.org.evil.example"]
)
def test_a_foreign_forwarded_host_is_refused(behind, host):
    """A name that is not ours is none of ours, whichever header it comes in."""
    assert behind(X_Forwarded_Host=host).status_code == 400


def test_a_forwarded_host_is_nothing_without_trust(build):
    """It does not open the check of hosts, and does not close it."""
    client = client_of(build())
    answer = client.get("/health", headers={"Host": "evil.example", "X-Forwarded-Host": "localhost"})
    assert_problem(answer, 400, "unknown_host")
    answer = client.get("/health", headers={"Host": "localhost", "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200


@contextmanager
def _upgraded(port: int, origin: str, who: dict[str, str]) -> Iterator[bytes]:
    headers = {name.replace("-", "_"): value for name, value in (BEHIND | who).items()}
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(handshake("/api/v1/ws", Origin=origin, **headers))
        yield client.recv(65_536)


@pytest.mark.parametrize(("origin", "status"), [(OUTSIDE, b"101"), ("http://localhost", b"403")])
def test_sockets_are_checked_alike(build, origin, status):
    """Before the upgrade, as every request."""
    council = build(trusted_proxies=1, allowed_origins=OUTSIDE)
    who = signed_in(council)
    with werkzeug(council.app) as port, _upgraded(port, origin, who) as head:
        assert head.split()[1] == status


def test_gunicorn_believes_no_header_by_itself(serve):
    """Its own trust in loopback is off: the scheme is a matter of our setting alone."""
    server = serve(allowed_origins=OUTSIDE)
    who = signed_in_at(server)
    answer = server.post(
        "/api/v1/sessions",
        body_of(),
        headers={"X-Forwarded-Proto": "https", "Script_Name": "/elsewhere"} | who,
    )
    assert answer.status_code == 202
    wanted = who | {
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Ssl": "on",
    }  # gunicorn refuses two schemes, if it reads them.
    assert server.post("/api/v1/sessions", body_of(), headers=wanted).status_code == 202

"""What only nginx is asked to do: redirects, HTTP/2, compression, limits, whole bodies."""

import shutil
import socket
import subprocess

import httpx2
import pytest

from tests.deploy.proxies import SITE
from tests.live.raw_client import RawClient

WS = "/api/v1/ws"


def test_plain_http_is_sent_to_tls(nginx):
    """The same address, with https."""
    answer = httpx2.get(
        f"http://127.0.0.1:{nginx.redirect_port}/meetings/x?a=b", headers={"Host": SITE}, trust_env=False
    )
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{SITE}/meetings/x?a=b"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_http_2(nginx):
    """It is offered and works: the name comes in another way there, and is still the site's."""
    with nginx.connect(protocol="h2") as connection:
        assert connection.selected_alpn_protocol() == "h2"
    said = subprocess.run(
        ["curl", "-s", "--http2", "--cacert", str(nginx.certificate.certificate), "--noproxy", "*",
         "--resolve", f"{SITE}:{nginx.port}:127.0.0.1", "-w", "\n%{http_version} %{http_code}",
         f"https://{SITE}:{nginx.port}/health"],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert said.stdout.splitlines()[-1] == "2 200"


def test_only_files_are_compressed(nginx):
    """Pages and answers carry what people wrote, next to what others must not guess."""
    with nginx.client() as browser:
        headers = {"Accept-Encoding": "gzip"}
        assert browser.get("/static/js/main.js", headers=headers).headers["Content-Encoding"] == "gzip"
        for path in ("/", "/api/v1/templates"):
            assert "Content-Encoding" not in browser.get(path, headers=headers).headers


def test_one_address_has_so_many_sockets(start_front, server):
    """One more is answered with 429; pages are not counted, and a place that was left is free again."""
    front = start_front("nginx", server.port, **{"council_long 120;": "council_long 2;"})
    sockets = [RawClient(front.plain_port, WS, **server.headers) for _ in range(2)]
    try:
        assert all(each.head.startswith(b"HTTP/1.1 101") for each in sockets)
        with RawClient(front.plain_port, WS) as third:
            assert third.head.startswith(b"HTTP/1.1 429")
        stream = httpx2.get(
            f"{front.url}/api/v1/sessions/x/events", headers={"Accept": "text/event-stream"}, trust_env=False
        )
        assert stream.status_code == 429
        assert httpx2.get(f"{front.url}/health", trust_env=False).status_code == 200
    finally:
        for each in sockets:
            each.socket.close()


def test_one_address_has_so_many_requests(start_front, server):
    """More than the burst at once are answered with 429; the files of a page are not counted."""
    front = start_front(
        "nginx", server.port, **{"rate=30r/s;": "rate=1r/m;", "burst=300 nodelay;": "burst=2 nodelay;"}
    )
    with httpx2.Client(base_url=front.url, trust_env=False, timeout=30) as client:
        assert [client.get("/health").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert [client.get("/static/js/main.js").status_code for _ in range(5)] == [200] * 5


def test_half_a_body_does_not_reach_council(start_front):
    """A slow upload holds a place in nginx and none in Council, which gives up on it after ten seconds."""
    with socket.create_server(("127.0.0.1", 0)) as council:
        front = start_front("nginx", council.getsockname()[1])
        slow = socket.create_connection(("127.0.0.1", front.plain_port), timeout=30)
        slow.sendall(b"POST /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf")
        quick = socket.create_connection(("127.0.0.1", front.plain_port), timeout=30)
        quick.sendall(b"POST /quick HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\r\nbody")
        council.settimeout(30)
        passed, _ = council.accept()
        assert passed.recv(65_536).startswith(b"POST /quick ")
        council.setblocking(False)
        with pytest.raises(BlockingIOError):
            council.accept()
        for each in (slow, quick, passed):
            each.close()

"""Whoever wanted to listen and was not let in is counted, by why."""

from collections import Counter
from collections.abc import Callable
from typing import Any, get_args

import pytest
from prometheus_client.parser import text_string_to_metric_families

from council.live.audience import Refusal
from council.parts import Parts
from tests.people.conftest import Asking, asking_as
from tests.support.rows import add_session

SESSION = "2e03ba57-d625-451e-b96d-529dac5d4886"
SOCKET, STREAM = "/api/v1/ws", f"/api/v1/sessions/{SESSION}/events"
FAR_AWAY = {"X-Forwarded-For": "203.0.113.5"}
EVENTS = {"Accept": "text/event-stream"}
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}

Build = Callable[..., Parts]


@pytest.fixture
def build(make_council: Build) -> Build:
    """A Council behind a proxy, with a meeting and an admin; keyword arguments are settings."""

    def make(**settings: Any) -> Parts:
        council = make_council(trusted_proxies=1, **settings)
        council.people.accounts.add("ada", "admin")
        add_session(council.store, SESSION, status="completed")
        return council

    return make


def refused(council: Parts) -> Counter[Refusal]:
    return council.hub.audience().refused


def listen(asking: Asking) -> Any:
    return asking("GET", STREAM, headers=FAR_AWAY | EVENTS, buffered=False)


@pytest.mark.parametrize(
    ("settings", "why", "status"),
    [({"max_clients": 1}, "full", 503), ({"limits": {"clients_per_user": 1}}, "user", 429),
     ({"limits": {"clients_per_address": 1}}, "address", 429), ({"limits": {"connects_per_minute": 1}}, "rate", 429),
     ({"limits": {"requests_per_minute": 1}}, "rate", 429)],
)  # fmt: skip
def test_a_second_one(build: Build, settings: dict[str, Any], why: Refusal, status: int) -> None:
    """Where there is room for one, the next is counted once, by what there was too much of."""
    council = build(**settings)
    ada = asking_as(council, "ada")
    first = listen(ada)
    try:
        assert (first.status_code, refused(council)) == (200, Counter())
        second = listen(ada)
        assert (second.status_code, refused(council)) == (status, Counter({why: 1}))
    finally:
        first.close()


@pytest.mark.parametrize(
    ("headers", "why"),
    [({"Origin": "https://evil.example"}, "origin"), ({"Host": "evil.example"}, "host"),
     ({"Authorization": "Bearer ct_made_up"}, "sign_in"), ({"Authorization": ""}, "sign_in")],
)  # fmt: skip
def test_at_the_door(build: Build, headers: dict[str, str], why: Refusal) -> None:
    """Sockets and streams are counted; whoever did not want to listen is not."""
    council = build()
    ada = asking_as(council, "ada")
    ada.token = None if why == "sign_in" else ada.token
    assert ada("GET", SOCKET, headers=headers | UPGRADE).status_code in (400, 401, 403)
    assert refused(council) == Counter({why: 1})
    assert ada("GET", STREAM, headers=headers | EVENTS).status_code in (400, 401, 403)
    assert refused(council) == Counter({why: 2})
    assert ada("GET", "/api/v1/sessions", headers=headers).status_code in (400, 401, 403)
    assert refused(council) == Counter({why: 2})


def test_nobody_is_let_in_at_the_end(build: Build) -> None:
    """Who comes while the process ends is counted, too."""
    council = build()
    ada = asking_as(council, "ada")
    council.hub.shutdown()
    assert listen(ada).status_code == 503
    assert ada("GET", SOCKET, headers=UPGRADE).status_code == 503
    assert refused(council) == Counter({"ending": 2})


def test_every_reason_is_in_a_scrape_from_the_start(build: Build) -> None:
    """So that the first refusal shows as an increase."""
    text = asking_as(build(), "ada")("GET", "/metrics").text
    [family] = [f for f in text_string_to_metric_families(text) if f.name == "council_connections_refused"]
    told = {sample.labels["reason"]: sample.value for sample in family.samples}
    assert told == dict.fromkeys(get_args(Refusal), 0)

"""What one person may take: requests, meetings; and the buckets that count."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import Conflict
from council.parts import Parts
from council.people import keys, pace
from council.people.pace import Bucket, Buckets
from tests.people.conftest import asking_as

START = {"template_id": "council_debate", "subject": "Shall we?"}


@pytest.fixture
def strict(make_council: Callable[..., Parts]) -> Parts:
    limits = {"requests_per_minute": 5, "meetings_per_user": 2}
    parts = make_council(limits=limits, rehearsal_tokens_per_second=0.1)
    for name in ("ada", "ben"):
        parts.people.accounts.add(name, "admin")
    return parts


def test_requests_have_a_pace(strict: Parts) -> None:
    """Who asks too often is told when to come back, and nobody else waits."""
    ada, ben = asking_as(strict, "ada"), asking_as(strict, "ben")
    answers = [ada("GET", "/api/v1/me") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].get_json()["error"]["code"] == "rate_limited"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 12
    assert ben("GET", "/api/v1/me").status_code == 200


def test_meetings_of_one_person_are_counted(strict: Parts) -> None:
    """A third is refused until one is over, and nothing is left of it."""
    ada = asking_as(strict, "ada")
    begun = [ada("POST", "/api/v1/sessions", json=START) for _ in range(3)]
    assert [answer.status_code for answer in begun] == [202, 202, 429]
    assert "are not over yet" in begun[2].get_json()["error"]["message"]
    assert len(ada("GET", "/api/v1/sessions").get_json()["items"]) == 2


def test_tokens_of_one_person_are_counted(strict: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many that are made at once, too, no more are kept than one may have."""
    monkeypatch.setattr(keys, "MAX_TOKENS", 2)
    ada = strict.people.accounts.get("ada")["user_id"]

    def make(number: int) -> bool:
        try:
            strict.people.keys.token(ada, name=f"{number}", scope="read", days=1)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8, "maker") as pool:
        assert sum(pool.map(make, range(8))) == 2
    assert len(strict.people.keys.tokens(ada)) == 2


def test_on_this_machine_alone_nothing_is_counted(make_council: Callable[..., Parts]) -> None:
    """Where nobody signs in, one person is all there are."""
    client = make_council(limits={"requests_per_minute": 1}).app.test_client()  # type: ignore[attr-defined]
    assert {client.get("/api/v1/me").status_code for _ in range(20)} == {200}


@given(st.lists(st.floats(0, 5), max_size=60), st.floats(0.2, 20), st.integers(1, 20))
def test_a_bucket_gives_no_more_than_its_rate(waits: list[float], per_second: float, burst: int) -> None:
    """In any time, at most the burst and what was regained since; and what it says is long enough to wait."""
    now = 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace.clock, "monotonic", lambda: now)
        bucket, taken = Bucket(per_second, burst), 0
        for wait in waits:
            now += wait
            left = bucket.take()
            taken += left == 0.0
            assert taken <= burst + now * per_second + 1e-6
            if left:
                now += left + 1e-9
                assert bucket.take() == 0.0
                taken += 1


def test_buckets_do_not_grow_for_ever(monkeypatch: Any) -> None:
    """The key that was used longest ago is forgotten."""
    monkeypatch.setattr(pace, "MOST_KEYS", 3)
    buckets = Buckets(per_minute=1)
    for key in "abcd":
        assert buckets.take(key) == 0.0
    assert buckets.take("d") > 0
    assert buckets.take("a") == 0.0

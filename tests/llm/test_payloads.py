"""The payloads in a body, however the network cuts it; and text that databases can hold."""

import json
from itertools import pairwise
from typing import AnyStr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.llm.cleaner import Cleaner, clean
from council.llm.payloads import Overlong, Payloads

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
NOISE = st.sampled_from([": ping", "", "event: message", "id: 7", "retry: 10", "data", ":"])
CUTS = st.lists(st.integers(0, 400), max_size=12)


def read(*pieces: bytes) -> list[str]:
    payloads = Payloads()
    return [payload for piece in pieces for payload in payloads.feed(piece)] + payloads.flush()


def cut(body: AnyStr, places: list[int]) -> list[AnyStr]:
    edges = [0, *sorted(min(place, len(body)) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


@given(
    st.lists(st.tuples(JSON, NOISE, st.sampled_from(["data: ", "data:"])), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
    CUTS,
)
def test_every_payload_comes_out_once(
    events: list[tuple[object, str, str]], end: str, escaped: bool, ended: bool, places: list[int]
) -> None:
    """Any division of a stream, even inside a character, gives the same payloads in order."""
    lines = [
        f"{noise}{end}{prefix}{json.dumps(value, ensure_ascii=escaped)}{end}"
        for value, noise, prefix in events
    ]
    body = "".join(lines).encode()
    found = read(*cut(body if ended else body.rstrip(b"\r\n"), places))
    assert [json.loads(payload) for payload in found] == [value for value, _, _ in events]


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4), st.sampled_from([None, 2]), CUTS)
def test_one_object_is_one_payload(value: dict[str, object], indent: int | None, places: list[int]) -> None:
    """A body that is one JSON object, pretty or not, comes out whole at the end."""
    body = b"\n " + json.dumps(value, indent=indent).encode()
    assert [json.loads(payload) for payload in read(*cut(body, places))] == [value]


def test_an_error_line_is_a_payload() -> None:
    """llama.cpp wrote its errors so for a while."""
    assert read(b'error: {"code": 500}\n\n') == ['{"code": 500}']


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("council.llm.payloads.MAX_BYTES", 100)
    payloads = Payloads()
    payloads.feed(b"data: " + b"x" * 50)
    with pytest.raises(Overlong):
        payloads.feed(b"x" * 50)


# Cleaning


@given(st.text(st.sampled_from("\ud83d\ude00\0a\u00e9\U0001f600"), max_size=12), CUTS)
def test_clean_text_can_be_stored_and_sent(text: str, places: list[int]) -> None:
    """Cut or whole, it encodes to UTF-8, holds no NUL, and is the same."""
    cleaner = Cleaner()
    cleaned = "".join(cleaner.feed(piece) for piece in cut(text, places)) + cleaner.flush()
    cleaned.encode()
    assert "\0" not in cleaned
    assert cleaned == clean(text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_good_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_halves_of_a_character_are_joined() -> None:
    assert clean("\ud83d\ude00 \ud83d \ude00\0") == "\U0001f600 \ufffd \ufffd"

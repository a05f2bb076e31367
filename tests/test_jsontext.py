"""JSON as it may come in and as it goes out: nothing that a browser or a database would choke on."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import Malformed
from council.jsontext import clean, dump, parse, parse_object

ANY_TEXT = st.text(st.characters())  # Lone surrogates and NUL included.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(ANY_TEXT)
def test_clean_text_can_be_stored(text: str) -> None:
    """Without NUL and lone surrogates; cleaning twice changes nothing more."""
    found = clean(text)
    found.encode()
    assert "\0" not in found
    assert clean(found) == found


@given(st.text())
def test_good_text_stays_as_it_is(text: str) -> None:
    """Only NUL is taken out of a text that is well formed."""
    assert clean(text) == text.replace("\0", "")


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\0b", "ab"),
        ("\ud83d\ude00", "😀"),
        ("a\ud83d", "a\N{REPLACEMENT CHARACTER}"),
        ("\ude00a", "\N{REPLACEMENT CHARACTER}a"),
        ("\ud83dx\ude00", "\N{REPLACEMENT CHARACTER}x\N{REPLACEMENT CHARACTER}"),
        ("\ufeffa", "\ufeffa"),
    ],
)
def test_what_becomes_of_dirt(dirty: str, cleaned: str) -> None:
    """Pairs are joined, halves replaced, everything else is kept."""
    assert clean(dirty) == cleaned


@given(VALUES)
def test_what_is_parsed_can_be_stored(value: Any) -> None:
    """Whatever JSON comes in, what is made of it can be encoded, keys too; and it comes back the same."""
    found = parse(json.dumps(value))
    dump(found).encode()
    assert parse(dump(found)) == found


@pytest.mark.parametrize(
    "raw",
    [
        b"", b" ", b"{", b"nope", b"{'a': 1}", b'{"a": 1,}', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}',
        b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}", b"\xff\xfe{}", b'{"a": "\xed\xa0\x80"}', b"\xef\xbb\xbf{}",
        b"[" * 100_000, b'{"a":' * 100_000, b'{"a": 1} {"b": 2}', b'{"a": "\n"}', b"\0", b"[]", b"1",
        b'"text"', b"null",
    ],
)  # fmt: skip
def test_what_is_no_object(raw: bytes) -> None:
    """One object of good JSON, or Malformed with what is wrong: never another error."""
    with pytest.raises(Malformed) as refusal:
        parse_object(raw)
    assert refusal.value.message
    assert refusal.value.hint
    assert len(refusal.value.message) < 300


@given(st.binary())
def test_any_bytes(raw: bytes) -> None:
    """Any bytes are an object or Malformed."""
    with contextlib.suppress(Malformed):
        assert isinstance(parse_object(raw), dict)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_nan_never_goes_out(number: float) -> None:
    """Raises ValueError rather than write what no browser reads."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump({"a": number})


def test_compact_and_readable() -> None:
    """No spaces, no escapes for letters of other scripts."""
    assert dump({"a": [1, "é思"]}) == '{"a":[1,"é思"]}'


@pytest.mark.parametrize(
    "raw",
    ['{"a": 1, "a": 1}', '{"a": 1, "\\u0061": 2}', '{"a": 1, "a\\u0000": 2}', '{"b": [{"a": 1, "a": 2}]}'],
)
def test_a_name_that_stands_twice(raw: str) -> None:
    """Where a name must be unique it is refused, in whatever way it is written and however deep."""
    parse_object(raw)
    with pytest.raises(Malformed, match="twice"):
        parse_object(raw, unique=True)


@given(VALUES)
def test_unique_names_change_nothing_else(value: Any) -> None:
    """What has each name once is read the same, with and without the rule."""
    raw = json.dumps({"value": parse(json.dumps(value))})
    assert parse_object(raw, unique=True) == parse_object(raw)

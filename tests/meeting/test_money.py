"""Money in whole nano-dollars, and tokens at most."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.money import NANO, nano_of, usd_of, written
from council.meeting.tokens import estimate_tokens, most_tokens


@pytest.mark.parametrize(
    ("usd", "nano"),
    [(0.1, NANO // 10), (1.2e-5, 12_000), (Decimal("0.3"), 3 * NANO // 10), (0, 0), (1e-10, 1), (2.5e-9, 3)],
)
def test_dollars_become_nano_dollars(usd: float | Decimal, nano: int) -> None:
    """Exactly where it can be, and never too little."""
    assert nano_of(usd) == nano


@given(st.integers(0, 10**6 * NANO))
def test_nothing_is_lost_on_the_way(nano_usd: int) -> None:
    """What is stored as a number of an event is read back as the same sum."""
    assert nano_of(usd_of(nano_usd)) == nano_usd


@pytest.mark.parametrize(
    ("nano_usd", "text"),
    [
        (0, "0.00 USD"),
        (3 * NANO // 10, "0.30 USD"),
        (1_230_000_001, "1.24 USD"),
        (123_456, "0.0001235 USD"),
        (1, "0.000000001 USD"),
        (12 * NANO, "12.00 USD"),
    ],
)
def test_sums_in_sentences_are_rounded_up(nano_usd: int, text: str) -> None:
    """So that "a cap of so much would do" is true."""
    assert written(nano_usd) == text


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("word", 2), ("a b", 2), ("12,5", 4), ("会", 3), ("🙂", 4), ("é", 2)]
)
def test_tokens_at_most(text: str, tokens: int) -> None:
    """Half a token for a letter or a blank, one for every byte of anything else."""
    assert most_tokens(text) == tokens


@given(st.text())
def test_at_most_is_never_less_than_about(text: str) -> None:
    assert most_tokens(text) >= estimate_tokens(text)
    assert most_tokens(text) <= len(text.encode("utf-8", "replace"))

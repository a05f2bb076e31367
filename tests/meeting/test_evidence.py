"""How much an agreement is worth."""

import pytest

from council.meeting.evidence import cites, weak_evidence

CITED, BARE = "It costs 4 % [Ref: L12-18].", "It is simply better."
ONE, OTHER, THIRD = ("openai", "gpt"), ("anthropic", "claude"), ("openai", "mini")


@pytest.mark.parametrize(
    ("models", "opinions", "checked", "reasons"),
    [
        ([ONE, OTHER], [CITED, BARE], False, ()),
        ([ONE, ONE], [CITED], False, ("same_model",)),
        ([ONE, ONE, OTHER], [CITED], False, ("shared_model",)),
        ([ONE, THIRD], [CITED], False, ()),
        ([ONE, OTHER], [BARE, BARE], False, ("no_evidence",)),
        ([ONE, OTHER], [BARE], True, ()),
        ([ONE, OTHER], [], False, ("no_evidence",)),
        ([ONE, ONE], [BARE], False, ("same_model", "no_evidence")),
        ([ONE], [CITED], False, ()),
    ],
)
def test_what_makes_unanimity_weak(
    models: list[tuple[str, str]], opinions: list[str], checked: bool, reasons: tuple[str, ...]
) -> None:
    """Members who share a model, or no line, address or checked claim in what was said."""
    assert weak_evidence(True, models, opinions, checked=checked) == reasons


def test_a_split_is_no_unanimity() -> None:
    """There is no agreement whose worth could be doubted."""
    assert weak_evidence(False, [ONE, ONE], [BARE]) == ()


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("[Ref: L1]", True), ("[Ref: L12-18]", True), ("[Ref: plan.md L12-18]", True), ("[ref: l3]", True),
        ("see https://example.org/a", True), ("http://x.test", True),
        ("[Ref: ]", False), ("Ref: L12", False), ("L12", False), ("https://", False), ("[Ref: page 3]", False),
        ("", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_citation(text: str, evidence: bool) -> None:
    assert cites(text) is evidence


@pytest.mark.timeout(20)
def test_a_hostile_text_costs_no_time() -> None:
    assert not cites("[Ref: L" * 100_000)

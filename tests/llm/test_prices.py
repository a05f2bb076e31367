"""What a call costs, and what is said when nobody knows."""

from decimal import Decimal
from pathlib import Path

import pytest

from council.llm.base import Cost, Usage
from council.llm.endpoints import KNOWN, Known
from council.llm.price_file import BadPrices
from council.llm.prices import ModelPrice, Prices
from council.llm.tokens import estimate_tokens

MILLION = Usage(1_000_000, 1_000_000)


def priced(tmp_path: Path, text: str) -> Prices:
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    return Prices(path)


def test_a_hosted_model_has_a_price() -> None:
    cost = Prices().cost("openai", "gpt-4o", MILLION, local=False)
    assert cost == Cost(Decimal("12.5"), "known")


def test_cached_input_is_cheaper() -> None:
    fresh = Prices().cost("openai", "gpt-4o", Usage(1000, 10), local=False)
    cached = Prices().cost("openai", "gpt-4o", Usage(1000, 10, cached_input_tokens=1000), local=False)
    assert fresh.usd is not None
    assert cached.usd is not None
    assert cached.usd < fresh.usd


@pytest.mark.parametrize(
    "known", [known for known in KNOWN if known.provider_id not in ("dashscope", "siliconflow")]
)
def test_every_default_model_has_a_price(known: Known) -> None:
    """So that a cap holds from the first meeting on; prices in CNY need a rate first."""
    cost = Prices().cost(known.provider_id, known.model, MILLION, local=False)
    assert cost.price == "known"


@pytest.mark.parametrize(
    ("provider_id", "model"),
    [
        ("openai", "no-such-model"),
        ("endpoint", "gpt-4o"),
        ("nonsense", "gpt-4o"),
        ("dashscope", "qwen-plus"),
        ("openai", "whisper-1"),
    ],
)
def test_unknown_is_unknown_and_never_nothing(provider_id: str, model: str) -> None:
    """A model nobody lists, an endpoint of one's own, a currency without a rate."""
    assert Prices().cost(provider_id, model, MILLION, local=False) == Cost(None, "unknown")


@pytest.mark.parametrize(
    ("provider_id", "local"), [("endpoint", True), ("ollama", True), ("rehearsal", False)]
)
def test_a_local_model_costs_nothing(provider_id: str, local: bool) -> None:
    assert Prices().cost(provider_id, "gpt-4o", MILLION, local=local) == Cost(Decimal(0), "local")


def test_a_rate_makes_other_currencies_known(tmp_path: Path) -> None:
    """Our list is in CNY; the user's file gives the rate."""
    prices = priced(tmp_path, "rates: {CNY: 0.14}\n")
    assert prices.cost("dashscope", "qwen-plus-latest", MILLION, local=False) == Cost(
        Decimal("0.392"), "known"
    )


def test_the_users_file_comes_first(tmp_path: Path) -> None:
    """Patterns, upper and lower case alike; the first line that fits counts."""
    prices = priced(
        tmp_path,
        "prices:\n"
        "  - {provider: openai, model: 'GPT-4o*', input: 1, output: 2, cached: 0.5}\n"
        "  - {provider: openai, model: '*', input: 100, output: 100}\n",
    )
    usage = Usage(1_000_000, 500_000, cached_input_tokens=200_000)
    assert prices.cost("openai", "gpt-4o-mini", usage, local=False) == Cost(Decimal("1.9"), "known")
    assert prices.cost("openai", "gpt-5", MILLION, local=False).usd == 200


def test_the_users_file_may_price_a_model_of_ones_own(tmp_path: Path) -> None:
    """Electricity has a price, too, and so has a gateway on this machine; the rest stays local."""
    prices = priced(tmp_path, "prices:\n  - {provider: endpoint, model: big, input: 1, output: 2}\n")
    assert prices.cost("endpoint", "big", MILLION, local=True) == Cost(Decimal(3), "known")
    assert prices.cost("endpoint", "small", MILLION, local=True) == Cost(Decimal(0), "local")


def test_an_empty_file_is_fine(tmp_path: Path) -> None:
    assert priced(tmp_path, "# nothing yet\n").cost("x", "y", MILLION, local=False).price == "unknown"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("prices: [\n", "line 2, column 1"),
        ("prices:\n  - {provider: a, model: b, input: 1, output: dear}\n", "line 2, column 47"),
        ("prices:\n  - provider: a\n    model: b\n    input: 1\n", "line 2, column 5"),
        ("prices:\n  - {provider: a, model: b, input: -1, output: 1}\n", "line 2, column 36"),
        ("prices:\n  - {provider: a, model: b, input: .nan, output: 1}\n", "line 2, column 36"),
        ("rates: {CNY: a lot}\n", "line 1, column 14"),
        ("prices: {}\n", "line 1, column 9"),
        ("price: []\n", "line 1, column 8"),
        ("just words\n", "line 1, column 1"),
        ("a: &a [1]\na: *b\n", "line 2"),
    ],
)
def test_a_broken_file_is_told_with_line_and_column(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(BadPrices, match=place) as caught:
        priced(tmp_path, text)
    assert "prices.yaml" in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadPrices, match="cannot be read"):
        Prices(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(BadPrices, match="not UTF-8"):
        Prices(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("four", 1), ("fives", 2), ("会议", 2), ("会议 ok", 3)]
)
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    """About four ASCII characters make one; a Chinese character is one."""
    assert estimate_tokens(text) == tokens


def test_a_models_price_is_told_per_million_and_by_whom(tmp_path: Path) -> None:
    """As it stands in the list that counts, for a prompt of ordinary length."""
    prices = priced(
        tmp_path,
        "rates: {CNY: 0.14}\nprices:\n  - {provider: openai, model: gpt-5*, input: 1.5, output: 2}\n",
    )
    assert prices.of_model("openai", "gpt-4o", local=False) == ModelPrice("known", 2.5, 10.0, "genai_prices")
    assert prices.of_model("openai", "gpt-5", local=False) == ModelPrice("known", 1.5, 2.0, "prices_file")
    assert prices.of_model("dashscope", "qwen-plus", local=False) == ModelPrice(
        "known", 0.112, 0.28, "council"
    )


def test_a_model_that_is_dearer_for_long_prompts_is_listed_for_short_ones() -> None:
    """The first price of its list, not the one beyond 200,000 tokens."""
    price = Prices().of_model("gemini", "gemini-2.5-pro", local=False)
    assert (price.input_usd_per_million, price.output_usd_per_million) == (1.25, 10.0)


@pytest.mark.parametrize(
    ("provider_id", "local", "told"),
    [
        ("openai", False, ModelPrice("unknown")),
        ("endpoint", False, ModelPrice("unknown")),
        ("ollama", True, ModelPrice("local", 0.0, 0.0)),
        ("rehearsal", True, ModelPrice("local", 0.0, 0.0)),
    ],
)
def test_a_models_price_may_be_unknown_or_local(provider_id: str, local: bool, told: ModelPrice) -> None:
    """Then it has no source; unknown has no number, either."""
    assert Prices().of_model(provider_id, "no-such-model", local=local) == told

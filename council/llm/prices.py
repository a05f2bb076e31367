"""What a call costs: known, unknown, or nothing because the model is local."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from council.llm.base import Cost, PriceKind, Usage
from council.llm.price_file import MILLION, Price, PriceFile, read_prices

REHEARSAL = "rehearsal"
UNKNOWN = Cost(None, "unknown")
LOCAL = Cost(Decimal(0), "local")
_GENAI_NAMES = {"gemini": "google"}  # Theirs, where they differ from ours.
_GENAI_KNOWS = frozenset({"openai", "anthropic", "deepseek", "gemini", "openrouter"})
_SMALL_CALL = (
    1_000  # Tokens. Some models take more for long prompts: what is listed is the price of a short one.
)

Source = Literal["prices_file", "genai_prices", "council"]
"""Who says so: the user's file, the genai-prices package, our own list."""


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """USD for a million tokens in and out; ``None`` when nobody knows, and then nobody says so."""

    price: PriceKind
    input_usd_per_million: float | None = None
    output_usd_per_million: float | None = None
    source: Source | None = None


class Prices:
    """Looks prices up: in the user's file, in genai-prices, in our own list.

    A local model and the rehearsal cost 0 USD (``local``), unless the user's file has a price for them; a price
    nobody knows is ``None``, never 0.
    """

    def __init__(self, extra_file: Path | None = None) -> None:
        """Raises BadPrices, naming line and column, when the user's file cannot be used."""
        self._extra = read_prices(extra_file) if extra_file else PriceFile()
        self._own = _built_in()
        self._rates = self._own.rates | self._extra.rates | {"USD": Decimal(1)}

    def cost(self, provider_id: str, model: str, usage: Usage, local: bool) -> Cost:
        usd, _source = next(self._offers(provider_id, model, usage, local), (None, None))
        if usd is not None:
            return Cost(usd, "known")
        return LOCAL if _is_free(provider_id, local) else UNKNOWN

    def of_model(self, provider_id: str, model: str, local: bool) -> ModelPrice:
        """What a list of models says of this one."""
        asked, said = Usage(_SMALL_CALL, 0), Usage(0, _SMALL_CALL)
        found = next(self._offers(provider_id, model, asked, local), None)
        if found is None:
            return ModelPrice("local", 0.0, 0.0) if _is_free(provider_id, local) else ModelPrice("unknown")
        output = next(self._offers(provider_id, model, said, local), found)
        return ModelPrice("known", _per_million(found[0]), _per_million(output[0]), found[1])

    def _offers(
        self, provider_id: str, model: str, usage: Usage, local: bool
    ) -> Iterator[tuple[Decimal, Source]]:
        """Every price that somebody gives for this call, the one that counts first."""
        usd = self._listed(self._extra.prices, provider_id, model, usage)
        if usd is not None:
            yield usd, "prices_file"
        if _is_free(provider_id, local):
            return
        usd = _genai(provider_id, model, usage)
        if usd is not None:
            yield usd, "genai_prices"
        usd = self._listed(self._own.prices, provider_id, model, usage)
        if usd is not None:
            yield usd, "council"

    def _listed(self, prices: Iterable[Price], provider_id: str, model: str, usage: Usage) -> Decimal | None:
        """The first price that fits, in USD; unknown while nobody gives its currency's rate."""
        price = next((price for price in prices if price.fits(provider_id, model)), None)
        rate = self._rates.get(price.currency) if price else None
        return price.of(usage) * rate if price and rate is not None else None


def _is_free(provider_id: str, local: bool) -> bool:
    return local or provider_id == REHEARSAL


def _per_million(usd: Decimal) -> float:
    return float(usd * MILLION / _SMALL_CALL)


def _genai(provider_id: str, model: str, usage: Usage) -> Decimal | None:
    """The price by genai-prices' bundled list; its updater is never started."""
    if provider_id not in _GENAI_KNOWS:
        return None
    import genai_prices  # Here, because its list takes a while to load.

    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_input_tokens,
        output_tokens=usage.output_tokens,
    )
    try:
        found = genai_prices.calc_price(
            counted, model, provider_id=_GENAI_NAMES.get(provider_id, provider_id)
        )
    except LookupError:
        return None
    listed = found.model_price
    return None if listed.input_mtok is None or listed.output_mtok is None else found.total_price


@cache
def _built_in() -> PriceFile:
    with as_file(files("council.llm") / "prices.yaml") as path:
        return read_prices(path)

"""Money in whole nano-dollars, so that sums are exact and nothing small is lost."""

from decimal import ROUND_CEILING, Decimal

NANO = 10**9


def nano_of(usd: Decimal | float) -> int:
    """Dollars as nano-dollars; a rest counts as one more, so that no sum is too small."""
    exact = usd if isinstance(usd, Decimal) else Decimal(str(usd))
    return int((exact * NANO).to_integral_value(ROUND_CEILING))


def usd_of(nano_usd: int) -> float:
    """Nano-dollars as they travel."""
    return nano_usd / NANO


def written(nano_usd: int) -> str:
    """For sentences, rounded up: cents from a dollar on, four digits below it."""
    dollars = Decimal(nano_usd) / NANO
    digits = 2 if dollars >= 1 or not nano_usd else 3 - dollars.adjusted()
    rounded = dollars.quantize(Decimal(1).scaleb(-digits), ROUND_CEILING)
    whole, _, rest = f"{rounded:f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')} USD"

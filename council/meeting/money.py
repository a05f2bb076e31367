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
    """For sentences: 0.30 USD, and for small sums as many digits as it takes."""
    dollars = Decimal(nano_usd) / NANO
    digits = f"{dollars:.2f}" if dollars >= 1 or dollars == dollars.quantize(Decimal("0.01")) else ""
    return f"{digits or f'{dollars:.9f}'.rstrip('0')} USD"

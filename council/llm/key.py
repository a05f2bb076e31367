"""An API key that can be sent."""

from council.errors import ProviderRefused

HINT = "Copy the key again, without quotes and line ends."


def checked_key(api_key: str | None) -> str | None:
    """The key without white space around it, ``None`` when there is none.

    Raises ProviderRefused for what cannot be a key: deep inside an HTTP client it would fail with
    an error that shows it.
    """
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ProviderRefused("The API key has characters that no key has.", hint=HINT)
    return key or None

"""Signing in through an OpenID provider: what is asked of it, what it proves, and who that is here.

Nothing here but this file is imported as long as no provider is configured: its package is an extra.
"""

import importlib

from council.settings import Settings, SettingsError

_PACKAGES = ("authlib.oidc.core", "joserfc.jwt")


def check_openid(settings: Settings) -> None:
    """Raises SettingsError when a provider is configured, and the package for it is missing."""
    if not settings.oidc.issuer:
        return
    try:
        for name in _PACKAGES:
            importlib.import_module(name)
    except ImportError as problem:
        raise SettingsError(
            f"COUNCIL_OIDC__ISSUER is set, and {problem.name or 'authlib'} is not installed.",
            hint="Run pip install -r requirements-oidc.txt, or leave the setting out.",
        ) from problem

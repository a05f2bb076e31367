"""The token that opens /metrics and nothing else, for a scraper that is nobody's."""

import hmac

from flask import current_app, request

from council.parts import Parts


def opens_metrics() -> bool:
    """Whether this request brings COUNCIL_METRICS_TOKEN. Takes as long for a wrong one as for a right one."""
    parts: Parts = current_app.extensions["council"]
    wanted = parts.settings.metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if wanted is None or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), wanted.get_secret_value().encode())

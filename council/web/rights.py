"""What each address asks of people: how much they may do at all, and what they may do with the thing it names.

The rule: reading needs ``read``, everything else ``run``. What differs stands in the tables here, by endpoint.
"""

from council.people.access import Kind, Right
from council.people.who import Level

THINGS: dict[str, Kind] = {
    "session_id": "session",
    "template_id": "template",
    "agent_id": "agent",
    "group_id": "group",
}
"""Parts of an address, and the things they name."""

PUBLIC = frozenset(
    {"static", "health.health", "health.ready", "sign_in.page", "sign_in.enter", "oidc.begin", "oidc.back"}
)
"""Nobody is asked who they are."""

OWN_TOKEN = frozenset({"metrics.metrics"})
"""May be read with a token of its own, too."""

_LEVEL: dict[str, Level] = {
    "templates.validate": "read",
    "templates.estimate": "read",
    "templates.as_yaml": "read",
    "people_api.make_token": "read",
    "people_api.revoke_token": "read",
    "people_api.change_password": "read",
    "people_api.ticket": "read",
    "sign_in.leave": "read",
    "metrics.metrics": "admin",
    "provider_pages.providers_page": "admin",
    "endpoints_api.list_endpoints": "admin",
    "endpoints_api.add_endpoint": "admin",
    "endpoints_api.change_endpoint": "admin",
    "endpoints_api.remove_endpoint": "admin",
    "endpoints_api.try_endpoint": "admin",
    "people_api.list_users": "admin",
    "people_api.add_user": "admin",
    "people_api.change_user": "admin",
    "people_api.remove_user": "admin",
}

_RIGHT: dict[str, Right] = {
    "sessions.rerun": "read",
    "sessions.delete": "own",
    "templates.copy_template": "read",
    "templates.remove_template": "own",
    "agents.copy_agent": "read",
    "agents.remove_agent": "own",
    "groups.copy_group": "read",
    "groups.remove_group": "own",
    "shares.share": "own",
    "shares.take_back": "own",
    "shares.give": "own",
}

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def level_of(endpoint: str, method: str) -> Level:
    """The least level whoever asks must have."""
    return _LEVEL.get(endpoint, "read" if method in _READING else "run")


def right_of(endpoint: str, method: str) -> Right:
    """What they must be allowed to do with each thing that the address names."""
    return _RIGHT.get(endpoint, "read" if method in _READING else "run")

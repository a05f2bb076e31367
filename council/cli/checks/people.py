"""The people: whether there are any, whether others can come in without them, and how they sign in."""

from urllib.parse import urlsplit

from council.cli.checks.finding import Finding, fault, ok, warning
from council.errors import CouncilError
from council.people.openid import check_openid
from council.settings import LOOPBACK, Settings
from council.store import copies

FIRST = "Make the first user: council user add NAME --role admin."
BACK = "/login/openid/back"


def door(settings: Settings) -> Finding:
    """Whoever can be reached by others has to know who they are."""
    count = people(settings)
    if count:
        return ok("people", f"{count} may sign in, and everybody has to.")
    if settings.host not in LOOPBACK:
        text = f"{settings.host} can be reached by others, and there is no user: Council does not start."
        return fault("people", text, f"{FIRST} Or listen on 127.0.0.1.")
    if settings.trusted_proxies or foreign_origins(settings) or settings.oidc.issuer:
        return warning(
            "people", "There is no user: nobody can sign in, and nobody comes in by a proxy.", FIRST
        )
    return ok("people", "There is no user: whoever sits at this machine may do everything, and nobody else.")


def people(settings: Settings) -> int:
    """How many may sign in; none when the database cannot be read: that is told elsewhere."""
    query = "SELECT count(*) AS count FROM users WHERE NOT disabled"
    try:
        found = copies.rows(copies.path_of(settings.database), query)
    except copies.NoDatabase:
        return 0
    return int(found[0]["count"]) if found else 0


def cookie(settings: Settings) -> Finding:
    """What a browser keeps of a sign-in must not travel where it can be read."""
    foreign = foreign_origins(settings)
    plain = [origin for origin in settings.allowed_origins if not origin.startswith("https://")]
    if foreign and plain:
        text = f"The sign-in's cookie may travel unencrypted, because of {plain[0]}."
        return warning(
            "sign-in", text, "Leave it out of COUNCIL_ALLOWED_ORIGINS, which has to be https only."
        )
    kept = "It is sent over https only." if foreign else "It stays on this machine."
    return ok("sign-in", kept)


def openid(settings: Settings) -> Finding:
    """The provider is asked what it says of itself, as at a sign-in."""
    issuer = settings.oidc.issuer
    if not issuer:
        return ok("openid", "It is not used.")
    try:
        check_openid(settings)
    except CouncilError as problem:
        return fault("openid", problem.message, problem.hint)
    if said := _fault_of_provider(settings):
        return fault("openid", f"{issuer}: {said}.", "See to COUNCIL_OIDC__ISSUER and the network.")
    return _way_back(settings)


def _fault_of_provider(settings: Settings) -> str:
    from council.people.openid.provider import Provider
    from council.people.openid.refusal import NotSignedIn

    provider = Provider(settings.oidc)
    try:
        provider.about()
        provider.keys()
    except NotSignedIn as problem:
        return str(problem)
    return ""


def _way_back(settings: Settings) -> Finding:
    """Where the provider sends people has to be the address they came from."""
    issuer, foreign = settings.oidc.issuer, foreign_origins(settings)
    if any(origin.startswith("https://") for origin in foreign) and not settings.trusted_proxies:
        text = f"{issuer} answers, but people would be sent back to http:// instead of {foreign[0]}."
        return fault(
            "openid", text, "Set COUNCIL_TRUSTED_PROXIES to the number of proxies in front, usually 1."
        )
    addresses = [f"{origin}{BACK}" for origin in foreign or [f"http://127.0.0.1:{settings.port}"]]
    return ok(
        "openid",
        f"{issuer} answers.",
        f"It has to know this address to send back to: {', '.join(addresses)}.",
    )


def foreign_origins(settings: Settings) -> list[str]:
    """Where people use this server from other machines."""
    return [origin for origin in settings.allowed_origins if urlsplit(origin).hostname not in LOOPBACK]

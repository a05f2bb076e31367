"""The models: which servers were found, whether they answer, and what they cost."""

import json
import os
from collections.abc import Iterator

from council.cli.checks.finding import Finding, fault, ok, warning
from council.errors import CouncilError, ProviderError, ProviderRejected, ProviderUnreachable
from council.llm.address import shown
from council.llm.catalogue import OLLAMA, Catalogue
from council.llm.endpoints import Endpoint, endpoints
from council.llm.offers import offered_models
from council.llm.own import OF_THE_PAGE, Own, opened
from council.llm.prices import Prices
from council.llm.seal import Seal
from council.settings import Settings
from council.store import copies

_LISTS_OTHERWISE = ("anthropic",)  # Their list of models wants another kind of key than their chat does.


def providers(settings: Settings) -> Iterator[Finding]:
    """Each server that was found or entered is asked for its models, which costs nothing."""
    given, own = endpoints(settings, os.environ), entered(settings)
    usable = [*given, *(each.endpoint for each in own if not each.is_locked)]
    for endpoint in usable:
        yield _asked(endpoint, is_default=endpoint is usable[0])
    yield from (_locked(each) for each in own if each.is_locked)
    if not usable:
        yield _without(settings)


def entered(settings: Settings) -> list[Own]:
    """The servers that admins entered in the page; none when the database cannot be read: that is told elsewhere."""
    path = copies.path_of(settings.database)
    try:
        rows = copies.rows(path, "SELECT * FROM providers ORDER BY created_at, provider_id")
    except copies.NoDatabase:
        return []
    seal = Seal(_key(settings))
    return [opened(row | {"models": json.loads(row["models"])}, seal) for row in rows]


def _key(settings: Settings) -> str:
    """The secret key as it is: none is made here."""
    path = settings.data_dir / "secret_key"
    return settings.secret() if settings.secret_key or path.exists() else ""


def _locked(own: Own) -> Finding:
    return warning(
        f"model {own.endpoint.name}",
        "Its key was entered under another secret key, and cannot be read.",
        "Enter it again at /providers, or restore secret_key from the backup.",
    )


def _asked(endpoint: Endpoint, *, is_default: bool) -> Finding:
    what = f"model {endpoint.name}"
    how = "It was entered in the page" if endpoint.found_by == OF_THE_PAGE else f"{endpoint.found_by} is set"
    where = f"{how} ({shown(endpoint.base_url)})"
    try:
        offered = offered_models(endpoint.base_url, endpoint.key)
    except ProviderUnreachable as problem:
        level = fault if is_default else warning
        return level(
            what, f"{where}, but {problem.message}", "Start it, or see to the address and the network."
        )
    except ProviderRejected as problem:  # It answers. Without a model's name there is no choice to be made.
        return (
            ok(what, f"{where}: it answers.")
            if endpoint.models
            else fault(what, problem.message, problem.hint)
        )
    except ProviderError as problem:
        if endpoint.provider_id in _LISTS_OTHERWISE:
            return ok(what, f"{where}: it answers; whether it takes the key, the first meeting shows.")
        level = fault if is_default else warning
        return level(what, f"{where}: {problem.message}", problem.hint)
    absent = [name for name in endpoint.models if name not in offered]
    if absent:
        which = "its models at /providers" if endpoint.found_by == OF_THE_PAGE else "COUNCIL_LLM_MODEL"
        return warning(what, f"{where}: it does not list {', '.join(absent)}.", f"Check {which}.")
    return ok(what, f"{where}: it answers, with {', '.join(endpoint.models or offered)}.")


def _without(settings: Settings) -> Finding:
    """Nothing was configured: an Ollama that was found, or the rehearsal."""
    ollama = next(each for each in Catalogue(settings).providers() if each.provider_id == OLLAMA)
    if ollama.available:
        return ok("model Ollama", f"It answers, with {', '.join(ollama.models)}.")
    todo = "See docs/how-to/use-a-real-model.md: set COUNCIL_LLM_BASE_URL, or a provider's key."
    return warning("model", "None was found: the rehearsal speaks, which is no model.", todo)


def prices(settings: Settings) -> Finding:
    try:
        Prices(settings.prices_file)
    except CouncilError as problem:
        return fault("prices", problem.message, problem.hint)
    own = (
        f"{settings.prices_file} is added to them."
        if settings.prices_file
        else "Those that come with Council."
    )
    return ok("prices", own)

"""The models: which servers were found, whether they answer, and what they cost."""

import os
from collections.abc import Iterator

from council.cli.checks.finding import Finding, fault, ok, warning
from council.errors import CouncilError, ProviderError, ProviderRejected, ProviderUnreachable
from council.llm.address import shown
from council.llm.catalogue import OLLAMA, Catalogue
from council.llm.endpoints import Endpoint, endpoints
from council.llm.offers import offered_models
from council.llm.prices import Prices
from council.settings import Settings

_LISTS_OTHERWISE = ("anthropic",)  # Their list of models wants another kind of key than their chat does.


def providers(settings: Settings) -> Iterator[Finding]:
    """Each server that was found is asked for its models, which costs nothing."""
    found = endpoints(settings, os.environ)
    for endpoint in found:
        yield _asked(endpoint, is_default=endpoint is found[0])
    if not found:
        yield _without(settings)


def _asked(endpoint: Endpoint, *, is_default: bool) -> Finding:
    what = f"model {endpoint.name}"
    where = f"{endpoint.found_by} is set ({shown(endpoint.base_url)})"
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
        return warning(what, f"{where}: it does not list {', '.join(absent)}.", "Check COUNCIL_LLM_MODEL.")
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

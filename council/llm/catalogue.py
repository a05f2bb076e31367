"""Which model providers there are, and who answers for each member."""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from council.clock import Deadline
from council.errors import ProviderError, ProviderRejected
from council.llm.address import shown
from council.llm.base import Provider, Seat
from council.llm.endpoints import KNOWN, Endpoint, endpoints, model_names
from council.llm.offers import installed_models, offered_models
from council.llm.own import OwnEndpoints
from council.llm.rehearsal import MODEL, PROVIDER_ID, Rehearsal
from council.settings import Settings

OLLAMA = "ollama"
OLLAMA_URL = "http://127.0.0.1:11434"
REMEMBER_SECONDS = 30.0

Member = tuple[str, str | None, str | None]
"""A member's node_id, and the provider and the model its agent asks for."""


@dataclass(frozen=True, slots=True)
class ProviderInfo:
    """One provider as ``GET /llm/providers`` shows it; ``reason`` says why it is used or not."""

    provider_id: str
    name: str
    local: bool
    models: tuple[str, ...]
    reason: str
    available: bool


class Catalogue:
    """Finds providers in the order that wire.md promises; the first found is used by default.

    Nothing is asked over the network before it is needed: an Ollama is looked for, and a server
    asked for its models, at the first call that wants to know; what they said holds half a minute.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str] | None = None,
        ollama_url: str | None = None,
        own: OwnEndpoints | None = None,
    ) -> None:
        """``own`` are those that admins entered; they may change at any time."""
        self._given = endpoints(settings, os.environ if environ is None else environ)
        self._own = own
        self._named_models = model_names(settings)
        self._ollama_url = ollama_url or OLLAMA_URL
        self._rehearsal = Rehearsal(settings.rehearsal_tokens_per_second)
        self._gather_seconds = settings.live.gather_seconds
        self._lock = threading.Lock()  # Guards the two below. Never held while a server is asked.
        self._opened: dict[str, tuple[Endpoint, Provider]] = {}
        self._heard: dict[str, tuple[Endpoint | None, tuple[str, ...], Deadline]] = {}

    # Public

    def providers(self) -> list[ProviderInfo]:
        """All that are known, found or not, the one that is used by default marked in its reason."""
        found = [self._info(endpoint) for endpoint in self._endpoints]
        infos = [*found, *self._locked(), *self._absent(), self._ollama_info(), self._rehearsal_info()]
        return sorted(infos, key=lambda info: not info.available)

    def provider(self, provider_id: str) -> Provider:
        """The adapter for a provider. Raises ProviderRejected when it is not configured here."""
        if provider_id == PROVIDER_ID:
            return self._rehearsal
        endpoint = self._endpoint(provider_id)
        with self._lock:
            known, opened = self._opened.get(provider_id, (None, None))
        if opened is not None and known == endpoint:
            return opened
        made = self._open(endpoint)
        with self._lock:
            self._opened[provider_id] = (endpoint, made)
        return made

    def warm_up(self) -> None:
        """Open the default provider before the first meeting wants it: its import takes half a second."""
        self.provider(self._default())

    def seats(self, members: Sequence[Member]) -> dict[str, Seat]:
        """Who answers for whom: an agent's own model wins, else models are dealt in graph order.

        Raises ProviderError when a server is needed that does not say which models it has.
        """
        dealt: dict[str, count[int]] = {}
        return {node_id: self._seat(wanted, model, dealt) for node_id, wanted, model in members}

    def given(self) -> tuple[Endpoint, ...]:
        """The endpoints that the environment names."""
        return self._given

    @staticmethod
    def diverse(seats: Mapping[str, Seat]) -> bool:
        """Whether the members do not all think with the same model."""
        return len(set(seats.values())) > 1

    @property
    def _endpoints(self) -> tuple[Endpoint, ...]:
        """All that can be used, the one that is used by default first: what the environment gives goes before."""
        if self._own is None:
            return self._given
        ids = {endpoint.provider_id for endpoint in self._given}
        usable = (own.endpoint for own in self._own.all() if not own.is_locked)
        return (*self._given, *(each for each in usable if each.provider_id not in ids))

    # Seats

    def _seat(self, wanted: str | None, model: str | None, dealt: "dict[str, count[int]]") -> Seat:
        provider_id = wanted if wanted and self._has(wanted) else self._default()
        # A model of a provider that is not here means nothing to another one.
        if model and (provider_id == wanted or not wanted) and self._may_have(provider_id, model):
            return Seat(provider_id, model)
        models = self._models(provider_id)
        turn = next(dealt.setdefault(provider_id, count()))
        return Seat(provider_id, models[turn % len(models)])

    def _has(self, provider_id: str) -> bool:
        if provider_id == OLLAMA:
            return bool(self._installed())
        return provider_id == PROVIDER_ID or self._is_configured(provider_id)

    def _is_configured(self, provider_id: str) -> bool:
        return any(endpoint.provider_id == provider_id for endpoint in self._endpoints)

    def _default(self) -> str:
        if found := self._endpoints:
            return found[0].provider_id
        return OLLAMA if self._installed() else PROVIDER_ID

    def _may_have(self, provider_id: str, model: str) -> bool:
        """An Ollama has what is installed and no more; of another server's models we know only some."""
        if provider_id in (OLLAMA, PROVIDER_ID):
            return model in self._models(provider_id)
        return True

    def _models(self, provider_id: str) -> tuple[str, ...]:
        """What is dealt to members. Raises ProviderError."""
        if provider_id == PROVIDER_ID:
            return (MODEL,)
        if provider_id == OLLAMA:
            installed = self._installed()
            return tuple(name for name in self._named_models if name in installed) or installed
        endpoint = self._endpoint(provider_id)
        return endpoint.models or self._listed(endpoint)

    # Asking servers, and remembering what they said

    def _installed(self) -> tuple[str, ...]:
        heard = self._remembered(OLLAMA, None)
        return self._remember(OLLAMA, None, installed_models(self._ollama_url)) if heard is None else heard

    def _listed(self, endpoint: Endpoint) -> tuple[str, ...]:
        heard = self._remembered(endpoint.provider_id, endpoint)
        if heard is None:
            models = offered_models(endpoint.base_url, endpoint.key)
            heard = self._remember(endpoint.provider_id, endpoint, models)
        return heard

    def _remembered(self, provider_id: str, endpoint: Endpoint | None) -> tuple[str, ...] | None:
        """What it said, unless that is long ago or the endpoint was another then."""
        with self._lock:
            asked, models, until = self._heard.get(provider_id, (None, (), Deadline(0)))
            return None if until.passed() or asked != endpoint else models

    def _remember(
        self, provider_id: str, endpoint: Endpoint | None, models: tuple[str, ...]
    ) -> tuple[str, ...]:
        with self._lock:
            self._heard[provider_id] = (endpoint, models, Deadline(REMEMBER_SECONDS))
        return models

    # Adapters

    def _endpoint(self, provider_id: str) -> Endpoint:
        for endpoint in self._endpoints:
            if endpoint.provider_id == provider_id:
                return endpoint
        if provider_id == OLLAMA:
            return Endpoint(OLLAMA, "Ollama", f"{self._ollama_url.rstrip('/')}/v1", "its usual port")
        key_names = {known.provider_id: known.key_name for known in KNOWN}
        name = key_names.get(provider_id, "COUNCIL_LLM_BASE_URL")
        raise ProviderRejected(
            f"No provider {provider_id} is configured.",
            hint=f"Set {name} and restart, or enter it at /providers.",
        )

    def _open(self, endpoint: Endpoint) -> Provider:
        # Imported here: half a second that a process which only rehearses need not spend.
        from council.llm.openai_compatible import OpenAICompatible

        return OpenAICompatible(
            endpoint.provider_id,
            endpoint.base_url,
            endpoint.key,
            local=endpoint.local,
            gather_seconds=self._gather_seconds,
        )

    # What is shown

    def _info(self, endpoint: Endpoint) -> ProviderInfo:
        models, note = self._models_or_note(endpoint)
        is_first = endpoint.provider_id == self._default()
        rank = "used by default" if is_first else "ready for agents that ask for it"
        found = f"{endpoint.found_by} is set" if endpoint in self._given else "entered here"
        reason = f"{found} ({shown(endpoint.base_url)}): {note or rank}"
        return ProviderInfo(endpoint.provider_id, endpoint.name, endpoint.local, models, reason, not note)

    def _models_or_note(self, endpoint: Endpoint) -> tuple[tuple[str, ...], str]:
        try:
            return endpoint.models or self._listed(endpoint), ""
        except ProviderError as problem:
            return (), f"{problem.message} {problem.hint}"

    def _locked(self) -> list[ProviderInfo]:
        """Those whose key cannot be read any more."""
        found = [own.endpoint for own in self._own.all() if own.is_locked] if self._own else []
        reason = "the server's secret key has changed: enter its key again, at /providers"
        return [
            ProviderInfo(each.provider_id, each.name, each.local, (), reason, False)
            for each in found
            if not self._is_configured(each.provider_id)
        ]

    def _absent(self) -> list[ProviderInfo]:
        return [
            ProviderInfo(known.provider_id, known.name, False, (), f"{known.key_name} is not set", False)
            for known in KNOWN
            if not self._is_configured(known.provider_id) and not self._is_locked(known.provider_id)
        ]

    def _is_locked(self, provider_id: str) -> bool:
        locked = (own for own in self._own.all() if own.is_locked) if self._own else ()
        return any(own.endpoint.provider_id == provider_id for own in locked)

    def _ollama_info(self) -> ProviderInfo:
        models = self._installed()
        if not models:
            reason = f"no Ollama with a chat model at {shown(self._ollama_url)}"
        elif self._endpoints:
            reason = "found on its usual port: ready for agents that ask for it"
        else:
            reason = "found on its usual port: used by default"
        return ProviderInfo(OLLAMA, "Ollama", True, models, reason, bool(models))

    def _rehearsal_info(self) -> ProviderInfo:
        if self._default() == PROVIDER_ID:
            ignored = " (COUNCIL_LLM_MODEL names a model, but no server has it)" if self._named_models else ""
            reason = f"no model is configured{ignored}: used by default; it is no model"
        else:
            reason = "ready for agents that ask for it; it is no model"
        return ProviderInfo(PROVIDER_ID, "Rehearsal", True, (MODEL,), reason, True)

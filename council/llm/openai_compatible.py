"""Models behind an OpenAI-compatible API: OpenAI itself, Ollama, vLLM, llama.cpp and many more."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import openai

from council.clock import monotonic
from council.errors import (
    ProviderBusy,
    ProviderError,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnreachable,
    Stopped,
    StreamBroken,
)
from council.llm.address import shown
from council.llm.answer import Answer
from council.llm.base import ChatRequest, Completion, OnDelta, Usage
from council.llm.connection import CONNECT_SECONDS, Connection
from council.llm.dialect import Dialect
from council.llm.failures import Failures
from council.llm.key import checked_key
from council.llm.pace import Pace
from council.llm.payloads import DONE, Overlong, Payloads

NO_TOOLS = (
    "This model, or its server, works without tools only. Seat another model, or take the tools off the node."
)
NO_API = "Is this the API's address? It usually ends in /v1 (COUNCIL_LLM_BASE_URL)."


class OpenAICompatible:
    """One server. Safe for many threads; each call has a connection of its own."""

    def __init__(
        self,
        provider_id: str,
        base_url: str,
        api_key: str | None,
        *,
        local: bool,
        gather_seconds: float = 0.0,
    ) -> None:
        """``gather_seconds`` of a stream are read together. Raises ProviderRefused for a key that cannot be one."""
        self.provider_id = provider_id
        self.base_url = base_url.rstrip("/")
        self.address = shown(self.base_url)
        self.local = local
        self.gather_seconds = gather_seconds
        self.dialect = Dialect()
        self._key = checked_key(api_key)
        self.failures = Failures(self._key)

    def __repr__(self) -> str:
        return f"OpenAICompatible({self.provider_id!r}, {self.address!r}, local={self.local})"

    def open(self, request: ChatRequest) -> "OpenAICompatibleCall":
        return OpenAICompatibleCall(self, request)

    def client(self, http: httpx2.Client) -> openai.OpenAI:
        """The SDK for one call. Retries are the engine's: it knows whether a piece was shown."""
        key = self._key or "none"  # Never sent; but without one the SDK looks into the environment.
        return openai.OpenAI(api_key=key, base_url=self.base_url, http_client=http, max_retries=0)

    def headers(self) -> dict[str, Any]:
        """What the SDK must not send: a key where there is none, and OpenAI's account to others."""
        unwanted = [] if self._key else ["Authorization"]
        if self.provider_id != "openai":  # It reads these from OPENAI_ORG_ID and OPENAI_PROJECT_ID.
            unwanted += ["OpenAI-Organization", "OpenAI-Project"]
        return {name: openai.Omit() for name in unwanted}


class OpenAICompatibleCall:
    """One request and its stream, which ``cancel`` cuts from any thread.

    The time limit counts without the time spent in ``on_delta``. It is checked with every piece of
    the body; a server that sends nothing at all is given up after ``timeout_seconds`` of silence.
    """

    def __init__(self, provider: OpenAICompatible, request: ChatRequest) -> None:
        self._provider = provider
        self._request = request
        self._pace = Pace(provider.gather_seconds)
        self._connection = Connection(self._pace)
        self._on_delta: OnDelta = _nobody_listens
        self._answer = Answer(request, provider.failures, self._say)
        self._asked = False
        self._begun_at = 0.0
        self._seconds_in_callback = 0.0

    # Public

    def run(self, on_delta: OnDelta) -> Completion:
        self._on_delta = on_delta
        self._begun_at = monotonic()
        with (
            self._translated(),
            self._connection.client(
                read_seconds=self._request.timeout_seconds, trust_env=not self._provider.local
            ) as http,
        ):
            self._check()
            self._ask(self._provider.client(http))
        return self._answer.completion()

    def cancel(self) -> None:
        self._connection.cut()

    def usage_so_far(self) -> Usage:
        was_taken = self._asked and self._connection.is_made
        return self._answer.usage() if was_taken else Usage(0, 0, estimated=True)

    # Asking

    def _ask(self, client: openai.OpenAI) -> None:
        """Ask; where the server refuses a field it may do without, ask again without it."""
        body = self._provider.dialect.parameters(self._request)
        while not self._answered(client, body):
            self._check()
            body = self._provider.dialect.parameters(self._request)

    def _answered(self, client: openai.OpenAI, body: dict[str, Any]) -> bool:
        self._asked = True
        try:
            with client.chat.completions.with_streaming_response.create(
                **body, extra_headers=self._provider.headers()
            ) as response:
                self._read(response.http_response)
        except openai.APIStatusError as refusal:
            self._asked = False  # Nothing was generated, so nothing is charged.
            status, answer = refusal.status_code, refusal.response.text
            if not self._provider.dialect.learn(body, status, answer):
                # Not chained: the SDK's message holds the whole page, and whatever it echoes.
                raise self._refusal(body, status, answer) from None
            return False
        return True

    def _refusal(self, body: dict[str, Any], status: int, answer: str) -> ProviderError:
        failure = self._provider.failures.of_status(status, answer)
        about_tools = self._provider.dialect.takes_no_tools(body, status, answer)
        if about_tools and isinstance(failure, ProviderRejected | ProviderBusy):
            return ProviderRejected(failure.message, hint=NO_TOOLS)
        return failure

    # Reading

    def _read(self, response: httpx2.Response) -> None:
        payloads = Payloads()
        try:
            for data in response.iter_bytes():
                self._check()
                if self._take(payloads.feed(data)):
                    return
                self._pace.begun = self._answer.started
            self._check()  # Cut, a body without a length just ends.
            self._take(payloads.flush())
        except (httpx2.HTTPError, ProviderTimeout):
            if not self._answer.finished:  # Only the usage is missing: that can be estimated.
                raise

    def _take(self, payloads: list[str]) -> bool:
        """Whether the answer is complete."""
        for payload in payloads:
            if payload == DONE:
                return True
            if payload:
                self._answer.take(self._parsed(payload))
        return self._answer.complete

    def _parsed(self, payload: str) -> Any:
        try:
            return json.loads(payload)
        except (ValueError, RecursionError) as problem:
            if payload.startswith("<"):
                raise ProviderRejected(f"{self._provider.address} is a web page.", hint=NO_API) from problem
            raise StreamBroken("The server's stream is unreadable.", started=self._started) from problem

    def _say(self, piece: str, is_thinking: bool) -> None:
        before = monotonic()
        self._on_delta(piece, is_thinking)
        self._seconds_in_callback += monotonic() - before

    def _check(self) -> None:
        """Raises Stopped or ProviderTimeout."""
        if self._connection.is_cut:
            raise Stopped("The call was cancelled.")
        if monotonic() - self._begun_at - self._seconds_in_callback > self._request.timeout_seconds:
            raise self._too_slow()

    # Failing

    @property
    def _started(self) -> bool:
        return self._answer.started

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the network as ours; a connection we have cut ourselves is no error."""
        try:
            yield
        except (openai.APIConnectionError, httpx2.HTTPError, httpx2.InvalidURL) as problem:
            if self._connection.is_cut:
                raise Stopped("The call was cancelled.") from problem
            raise self._network_error(_cause(problem)) from problem
        except Overlong as problem:
            raise StreamBroken("The server sends a line without end.", started=self._started) from problem

    def _network_error(self, problem: BaseException) -> ProviderError:
        server = self._provider.address
        if isinstance(problem, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
            return ProviderUnreachable(f"Nothing answers at {server} (waited up to {CONNECT_SECONDS:g} s).")
        if isinstance(problem, httpx2.UnsupportedProtocol | httpx2.InvalidURL | httpx2.LocalProtocolError):
            return ProviderUnreachable(f"{server} is not a web address.")
        if isinstance(problem, httpx2.TimeoutException):
            return self._too_slow()
        return StreamBroken(f"The connection to {server} broke.", started=self._started)

    def _too_slow(self) -> ProviderTimeout:
        seconds = self._request.timeout_seconds
        return ProviderTimeout(f"No complete answer within {seconds:g} seconds.", started=self._started)


def _cause(problem: BaseException) -> BaseException:
    """The network's own error under the SDK's."""
    return problem.__cause__ or problem if isinstance(problem, openai.APIConnectionError) else problem


def _nobody_listens(piece: str, is_thinking: bool) -> None:
    raise AssertionError("run() sets the listener first")

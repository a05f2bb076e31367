"""What a server refuses: as the right error, or asked again without."""

from typing import Any

import pytest

from council.errors import (
    ContextTooLong,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnreachable,
)
from council.llm.failures import MAX_CHARACTERS, Failures
from council.llm.openai_compatible import OpenAICompatible
from tests.llm.conftest import KEY, Ear, question
from tests.support.model_server import Failure, Reply, ScriptedModelServer


def problem(message: str, **more: object) -> dict[str, Any]:
    return {"error": {"message": message} | more}


OPENAI_TOO_LONG = problem(
    "This model's maximum context length is 8192 tokens.", code="context_length_exceeded"
)
VLLM_TOO_LONG = {
    "object": "error",
    "message": "This model's maximum context length is 4096 tokens. However, …",
}
LLAMA_TOO_LONG = problem(
    "request (15019 tokens) exceeds the available context size (1024 tokens), try increasing it",
    type="exceed_context_size_error",
    code=400,
)
OLLAMA_TOO_LONG = problem("the input length exceeds the context length", type="api_error")
ANTHROPIC_TOO_LONG = problem(
    "prompt is too long: 210000 tokens > 200000 maximum", type="invalid_request_error"
)
GEMINI_TOO_LONG = [problem("The input token count (9) exceeds the maximum number of tokens allowed (8).")]

MAX_TOKENS_REFUSED = problem(
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    param="max_tokens",
    code="unsupported_parameter",
)
TEMPERATURE_REFUSED = problem(
    "Unsupported value: 'temperature' does not support 0.2 with this model.", param="temperature"
)
SCHEMA_REFUSED = problem("This response_format type is unavailable now", type="invalid_request_error")
SCHEMA = {"type": "object", "properties": {"vote": {"enum": ["yes", "no"]}}, "required": ["vote"]}


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, problem("Incorrect API key provided"), ProviderRefused),
        (402, problem("Insufficient Balance"), ProviderRefused),
        (403, problem("Country not supported"), ProviderRefused),
        (429, problem("You exceeded your quota", code="insufficient_quota"), ProviderRefused),
        (429, problem("Rate limit reached"), ProviderBusy),
        (500, problem("boom"), ProviderBusy),
        (503, "", ProviderBusy),
        (404, problem("The model `x` does not exist"), ProviderRejected),
        (400, problem("temperature must be between 0 and 2"), ProviderRejected),
        (422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, ProviderRejected),
        (301, "", ProviderRejected),
        (408, "", ProviderTimeout),
        (400, OPENAI_TOO_LONG, ContextTooLong),
        (400, VLLM_TOO_LONG, ContextTooLong),
        (400, LLAMA_TOO_LONG, ContextTooLong),
        (500, OLLAMA_TOO_LONG, ContextTooLong),
        (400, ANTHROPIC_TOO_LONG, ContextTooLong),
        (400, GEMINI_TOO_LONG, ContextTooLong),
        (413, "", ContextTooLong),
    ],
)
def test_a_status_becomes_the_right_error(
    server: ScriptedModelServer,
    provider: OpenAICompatible,
    ear: Ear,
    status: int,
    body: object,
    error: type[ProviderError],
) -> None:
    """Each status and each server's words for a prompt that is too long; nothing is charged."""
    server.fail(status, body)
    call = provider.open(question())
    with pytest.raises(error) as caught:
        call.run(ear)
    assert type(caught.value) is error
    assert not caught.value.started
    assert call.usage_so_far().input_tokens == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1/v1", "Nothing answers at"),
        ("http://no-such-host.invalid/v1", "Nothing answers at"),
        ("no address at all", "is not a web address"),
    ],
)
def test_a_server_that_is_not_there_is_unreachable(url: str, words: str, ear: Ear) -> None:
    """No listener, no name, no address."""
    call = OpenAICompatible("gone", url, None, local=True).open(question())
    with pytest.raises(ProviderUnreachable, match=words):
        call.run(ear)
    assert call.usage_so_far().input_tokens == 0


# Asked again, without


@pytest.mark.parametrize(
    ("refusal", "settings", "left_out"),
    [
        (MAX_TOKENS_REFUSED, {"max_tokens": 9}, {"max_tokens"}),
        (TEMPERATURE_REFUSED, {"temperature": 0.2, "top_p": 0.5}, {"temperature", "top_p"}),
        (SCHEMA_REFUSED, {"json_schema": SCHEMA}, {"response_format"}),
    ],
    ids=["max_tokens", "temperature", "schema"],
)
def test_what_a_server_refuses_is_left_out(
    server: ScriptedModelServer,
    provider: OpenAICompatible,
    ear: Ear,
    refusal: object,
    settings: dict[str, Any],
    left_out: set[str],
) -> None:
    """It is asked again at once, and from then on without: one refusal per model is enough."""
    server.fail(400, refusal)
    assert provider.open(question(**settings)).run(ear).content == ear.content
    provider.open(question(**settings)).run(ear)
    assert [left_out & set(request) for request in server.requests] == [left_out, set(), set()]


def test_the_token_limit_goes_by_its_other_name(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    server.fail(400, MAX_TOKENS_REFUSED)
    provider.open(question(max_tokens=9)).run(ear)
    assert server.requests[1]["max_completion_tokens"] == 9


def test_several_refusals_are_learned_one_after_the_other(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    for refusal in (TEMPERATURE_REFUSED, MAX_TOKENS_REFUSED, SCHEMA_REFUSED):
        server.fail(400, refusal)
    provider.open(question(temperature=0.2, max_tokens=9, json_schema=SCHEMA)).run(ear)
    assert len(server.requests) == 4
    assert "max_completion_tokens" in server.requests[3]


def test_a_refusal_that_teaches_nothing_is_final(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    """A server that refuses the same thing for ever is not asked for ever."""
    server.responder = lambda request: Failure(400, '{"error": {"message": "stream_options: no"}}')
    with pytest.raises(ProviderRejected):
        provider.open(question()).run(ear)
    assert len(server.requests) == 2


def test_a_schema_is_sent_as_a_response_format(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    server.responder = lambda request: Reply('{"vote": "yes"}')
    assert provider.open(question(json_schema=SCHEMA)).run(ear).content == '{"vote": "yes"}'
    assert server.requests[0]["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
    }


# What an error says


def test_no_error_holds_the_key(server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear) -> None:
    """Some servers echo the key they refuse; neither message, nor cause, nor repr repeats it."""
    server.fail(401, problem(f"Incorrect API key provided: {KEY}."))
    with pytest.raises(ProviderRefused) as caught:
        provider.open(question()).run(ear)
    assert caught.value.message.endswith("Incorrect API key provided: ***.")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert KEY not in repr(provider) + str(caught.value.as_problem())


def test_an_address_is_shown_without_its_password(ear: Ear) -> None:
    provider = OpenAICompatible("gone", "http://me:hidden@127.0.0.1:1/v1", None, local=True)
    with pytest.raises(ProviderUnreachable) as caught:
        provider.open(question()).run(ear)
    assert "hidden" not in str(caught.value) + repr(provider)


@pytest.mark.parametrize("key", ["sk-“quoted”", "sk-two\nlines", "sk-\u00e9"])
def test_a_key_that_cannot_be_one_is_refused_at_once(key: str) -> None:
    """Sent, it would fail deep inside, with the key in the error."""
    with pytest.raises(ProviderRefused) as caught:
        OpenAICompatible("scripted", "http://127.0.0.1:1/v1", key, local=True)
    assert key not in str(caught.value)


def test_a_web_page_is_not_repeated() -> None:
    page = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"
    assert str(Failures(None).of_status(502, page)).endswith("HTTP 502: (a web page)")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": "model not found"}', "model not found"),
        ('{"error": {"message": "a\\u0000b\\n\\n  c\\ud800"}}', "ab c\ufffd"),
        ('{"detail": [{"msg": "field required"}]}', "field required"),
        ('{"message": "plain"}', "plain"),
        ("just text\twith\x1b[31m colour", "just text with [31m colour"),
        ("[" * 100_000, "[" * (MAX_CHARACTERS - 1) + "…"),
        ("", ""),
    ],
)
def test_the_servers_words_are_short_and_clean(body: str, words: str) -> None:
    """From wherever the server puts them; one line, at most 300 characters."""
    assert Failures(None).words(body) == words

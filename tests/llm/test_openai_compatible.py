"""An answer of an OpenAI-compatible server, in each shape it comes in."""

import json

import pytest

from council.errors import EmptyAnswer, ProviderBusy, ProviderError, ProviderRejected, StreamBroken
from council.llm.base import Usage
from council.llm.openai_compatible import OpenAICompatible
from tests.llm.conftest import KEY, Ear, question
from tests.support.model_server import Reply, ScriptedModelServer


def chunk(delta: object = None, finish: str | None = None, **more: object) -> bytes:
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]} | more)}\n\n".encode()


STOP = chunk(finish="stop")


def ask(provider: OpenAICompatible, ear: Ear) -> str:
    return provider.open(question()).run(ear).content


# Streaming


def test_an_answer_comes_in_pieces(server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear) -> None:
    """Each piece goes to on_delta as it comes; together they are the answer."""
    server.reply("Because it is so, and not otherwise.", chunk_size=5)
    completion = provider.open(question()).run(ear)
    assert completion.content == ear.content == "Because it is so, and not otherwise."
    assert len(ear.pieces) == 8
    assert (completion.finish, completion.thinking, completion.model) == ("stop", "", "scripted")


def test_the_request_is_as_openai_wants_it(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    """Settings that are given are sent; those that are not, are not."""
    provider.open(question("Why?", "You are brief.", temperature=0.2, max_tokens=50)).run(ear)
    provider.open(question()).run(ear)
    assert server.requests[0] == {
        "model": "scripted",
        "messages": [{"role": "system", "content": "You are brief."}, {"role": "user", "content": "Why?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.2,
        "max_tokens": 50,
    }
    assert set(server.requests[1]) == {"model", "messages", "stream", "stream_options"}


def test_the_key_goes_to_the_server(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    provider.open(question()).run(ear)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_openais_account_goes_to_openai_only(
    server: ScriptedModelServer, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key none is sent, whatever the environment holds; nor is OpenAI's organization."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-somebody-else")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-1")
    OpenAICompatible("local", server.url, None, local=True).open(question()).run(ear)
    assert not {"authorization", "openai-organization", "openai-project"} & set(server.headers[0])


def test_a_lone_surrogate_in_a_prompt_is_replaced(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    provider.open(question("a\ud800b")).run(ear)
    assert server.requests[0]["messages"][0]["content"] == "a\ufffdb"


# Thinking


@pytest.mark.parametrize("shape", ["reasoning_content", "reasoning", "think"])
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_thinking_is_never_part_of_the_answer(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, shape: str, size: int
) -> None:
    """Thinking arrives in three shapes, cut anywhere; it is told apart in each."""
    server.reply("Because.", thinking="Let me see: 1 < 2.", thinking_shape=shape, chunk_size=size)
    completion = provider.open(question()).run(ear)
    assert (completion.thinking, completion.content) == ("Let me see: 1 < 2.", "Because.")
    assert (ear.thinking, ear.content) == ("Let me see: 1 < 2.", "Because.")


def test_reasoning_in_both_fields_is_said_once(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    server.raw(chunk({"reasoning_content": "hm", "reasoning": "hm"}), chunk({"content": "yes"}), STOP)
    assert provider.open(question()).run(ear).thinking == "hm"


# Usage


def test_usage_is_the_servers_count(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    server.reply("Yes.", input_tokens=120, output_tokens=30)
    call = provider.open(question())
    assert call.run(ear).usage == call.usage_so_far() == Usage(120, 30)


@pytest.mark.parametrize(
    "details", [{"prompt_tokens_details": {"cached_tokens": 80}}, {"prompt_cache_hit_tokens": 80}]
)
def test_cached_tokens_are_counted(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, details: dict[str, object]
) -> None:
    """By OpenAI's name and by DeepSeek's."""
    usage = {"prompt_tokens": 100, "completion_tokens": 5} | details
    server.raw(chunk({"content": "yes"}), chunk(finish="stop", usage=usage))
    assert provider.open(question()).run(ear).usage == Usage(100, 5, 80)


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": 0, "completion_tokens": 0}, {"prompt_tokens": "many"}]
)
def test_absent_usage_is_estimated(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, usage: object
) -> None:
    """Absent, empty, zero or unreadable: then it is an estimate, marked as one."""
    server.raw(chunk({"content": "four letter words here"}), chunk(finish="stop", usage=usage))
    assert provider.open(question("Why?")).run(ear).usage == Usage(5, 6, estimated=True)


def test_refused_usage_is_not_asked_for_again(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    """A server that refuses stream_options is asked again without, and so from then on."""
    server.reply("Yes.", usage="refused")
    assert provider.open(question()).run(ear).usage.estimated
    provider.open(question()).run(ear)
    assert ["stream_options" in request for request in server.requests] == [True, False, False]


# How it ends


@pytest.mark.parametrize(
    ("said", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "stop"),
        ("eos", "stop"),
        ("MAX_TOKENS", "length"),
    ],
)
def test_finish_is_stop_or_length(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, said: str, finish: str
) -> None:
    server.reply("Some words", finish=said)
    assert provider.open(question()).run(ear).finish == finish


@pytest.mark.parametrize("done", [True, False])
def test_a_stream_without_a_finish_reason_is_broken(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, done: bool
) -> None:
    server.reply("Some words", finish=None, done=done)
    with pytest.raises(StreamBroken) as caught:
        ask(provider, ear)
    assert caught.value.started


def test_a_hang_up_in_mid_stream_is_broken(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    server.hang_up(after_chunks=2, text="Some words more", chunk_size=5)
    call = provider.open(question())
    with pytest.raises(StreamBroken) as caught:
        call.run(ear)
    assert caught.value.started
    assert ear.content == "Some words"
    assert call.usage_so_far() == Usage(5, 3, estimated=True)


def test_a_hang_up_before_the_first_word_has_not_started(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    server.hang_up(after_chunks=0)
    with pytest.raises(StreamBroken) as caught:
        ask(provider, ear)
    assert not caught.value.started


def test_a_hang_up_after_the_finish_reason_loses_only_the_usage(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    server.hang_up(after_chunks=2, text="Yes", chunk_size=5)
    completion = provider.open(question()).run(ear)
    assert (completion.content, completion.finish, completion.usage.estimated) == ("Yes", "stop", True)


@pytest.mark.parametrize(
    ("finish", "error"),
    [
        ("content_filter", ProviderRejected),
        ("insufficient_system_resource", ProviderBusy),
        ("error", StreamBroken),
    ],
)
def test_an_answer_that_was_ended_for_a_reason_is_none(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, finish: str, error: type[ProviderError]
) -> None:
    server.reply("Some words", finish=finish)
    with pytest.raises(error) as caught:
        ask(provider, ear)
    assert caught.value.started


@pytest.mark.parametrize("text", ["", " \n\t ", "<think>only thoughts</think>", "<think>without end"])
@pytest.mark.parametrize("finish", ["stop", "length"])
def test_an_answer_without_a_word_is_empty(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, text: str, finish: str
) -> None:
    """White space and thinking are no words."""
    server.reply(text, finish=finish)
    with pytest.raises(EmptyAnswer):
        ask(provider, ear)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 429, "message": "slow down"}, "ProviderBusy"),
        ({"code": 502, "message": "upstream"}, "ProviderBusy"),
        ({"type": "overloaded_error", "message": "try later"}, "ProviderBusy"),
        ({"type": "exceed_context_size_error", "code": 400, "message": "too long"}, "ContextTooLong"),
        ({"code": "insufficient_quota", "message": "pay"}, "ProviderRefused"),
        ({"type": "invalid_request_error", "message": "no"}, "ProviderRejected"),
        ("something", "StreamBroken"),
        ({"message": "something"}, "StreamBroken"),
    ],
)
@pytest.mark.parametrize("after_chunks", [0, 1])
def test_an_error_inside_the_stream_is_the_right_error(
    server: ScriptedModelServer,
    provider: OpenAICompatible,
    ear: Ear,
    error: object,
    kind: str,
    after_chunks: int,
) -> None:
    """HTTP 200, and then an error object: the same errors as with a status, with what had come."""
    server.error_in_stream(error, after_chunks=after_chunks)
    with pytest.raises(ProviderError) as caught:
        ask(provider, ear)
    assert type(caught.value).__name__ == kind
    assert caught.value.started == bool(after_chunks)


# Bodies that differ from the book


@pytest.mark.parametrize(
    "pieces",
    [
        (b": ping\n\n", chunk({"content": "yes"}), b": ping\n\n", STOP),
        (b'data:{"choices":[{"delta":{"content":"yes"},"finish_reason":"stop"}]}\n\n',),
        (b"event: message\r\n" + chunk({"content": "yes"}, "stop").replace(b"\n", b"\r\n"),),
        (b'data: {"choices":[{"delta":{"content":"yes"},"finish_reason":"stop"}]}',),
        (b'{"choices":[{"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}]}',),
        (
            b'\n{\n "choices": [{"message": {"content"',
            b': "yes"},\n "finish_reason": "stop"}]\n}\n',
        ),
        (chunk({"content": [{"type": "text", "text": "yes"}]}), STOP),
        (chunk({"content": "yes"}), STOP, b"data: [DONE]\n\n", b"data: rubbish\n\n"),
        (b"data:\n\n", b"data: {}\n\n", b'data: {"choices":[]}\n\n', chunk({"content": "yes"}), STOP),
        (chunk({"role": "assistant", "content": None}), chunk({"content": "yes"}), STOP),
    ],
    ids=[
        "pings",
        "no-space",
        "crlf",
        "no-last-line-end",
        "one-object",
        "pretty-object",
        "parts",
        "done",
        "empty",
        "null",
    ],
)
def test_a_body_is_read_in_every_form(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, pieces: tuple[bytes, ...]
) -> None:
    """Comments, CRLF, no space after data:, no stream at all: what servers really send."""
    server.raw(*pieces)
    assert ask(provider, ear) == ear.content == "yes"


def test_the_end_mark_ends_the_answer(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    """After [DONE] nothing is waited for, even if the server keeps the connection open."""
    server.responder = lambda request: Reply("yes", usage="absent")
    server.hold("mid_stream", after_chunks=99)
    assert ask(provider, ear) == "yes"


@pytest.mark.parametrize(
    "piece",
    [b"data: {broken\n\n", b"data: [1, 2]\n\n", b"data: " + b"[" * 200_000 + b"\n\n", b'data: "text"\n\n'],
)
def test_a_stream_that_is_no_json_is_broken(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, piece: bytes
) -> None:
    server.raw(piece)
    with pytest.raises(StreamBroken):
        ask(provider, ear)


def test_a_web_page_is_no_api(server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear) -> None:
    """A wrong base URL often leads to a page, with HTTP 200."""
    server.raw(b"<!doctype html><title>Hello</title>", content_type="text/html")
    with pytest.raises(ProviderRejected, match="is a web page") as caught:
        ask(provider, ear)
    assert "/v1" in caught.value.hint


def test_a_line_without_end_is_given_up(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("council.llm.payloads.MAX_BYTES", 1000)
    server.raw(b"data: " + b"x" * 2000)
    with pytest.raises(StreamBroken, match="without end"):
        ask(provider, ear)


def test_output_is_cleaned_at_the_edge(
    server: ScriptedModelServer, provider: OpenAICompatible, ear: Ear
) -> None:
    """Lone surrogates become U+FFFD, NUL goes, and a pair cut by the end of a chunk is one character."""
    texts = ('"a\\ud800b"', '"\\u0000c\\ud83d"', '"\\ude00d"', '"\\ud83d"')
    pieces = [f'data: {{"choices":[{{"delta":{{"content":{text}}}}}]}}\n\n'.encode() for text in texts]
    server.raw(*pieces, STOP)
    assert ask(provider, ear) == ear.content == "a\ufffdbc\U0001f600d\ufffd"


# The listener


class Enough(Exception):
    """A listener that wants no more."""


def test_what_the_listener_raises_comes_through(
    server: ScriptedModelServer, provider: OpenAICompatible
) -> None:
    """The connection is closed first, so the server stops working for nobody."""

    def refuse(piece: str, is_thinking: bool) -> None:
        raise Enough

    server.responder = lambda request: Reply("word " * 200_000, chunk_size=50)
    with pytest.raises(Enough):
        provider.open(question()).run(refuse)
    server.close()  # Joins the thread that streams: it must have noticed.

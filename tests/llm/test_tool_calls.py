"""Tool calls as servers stream them: in any pieces, with or without ids, whole or not; none that was not offered."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.errors import ContextTooLong, EmptyAnswer, ProviderRejected, StreamBroken
from council.llm import tool_calls
from council.llm.answer import Answer
from council.llm.base import ChatMessage, ChatRequest, Completion, ToolCall, ToolSpec
from council.llm.failures import Failures
from council.llm.openai_compatible import OpenAICompatible
from council.llm.tool_calls import MAX_CALLS
from tests.llm.conftest import Ear, question
from tests.support.model_server import Call, ScriptedModelServer

READ = ToolSpec("read_file", "Reads a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
WRITE = ToolSpec("write_file", "Writes a file.", {"type": "object"})
TOOLS = (READ, WRITE)
PLAN = json.dumps({"path": "plan.md", "reason": "schön 😀"})
FRAME: dict[str, Any] = {"id": "c", "object": "chat.completion.chunk", "model": "scripted"}


def chunk(*pieces: Any, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    delta |= {"tool_calls": list(pieces)} if pieces else {}
    return FRAME | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def piece(
    index: Any = None, identity: str | None = None, name: str | None = None, arguments: Any = None
) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    made: dict[str, Any] = {"function": {key: value for key, value in function.items() if value is not None}}
    return made | {key: value for key, value in (("index", index), ("id", identity)) if value is not None}


def answered(*chunks: dict[str, Any], tools: tuple[ToolSpec, ...] = TOOLS) -> Completion:
    """What an answer of these chunks is."""
    answer = Answer(ChatRequest("scripted", (), tools=tools), Failures(None), lambda text, is_thinking: None)
    for each in chunks:
        answer.take(each)
    return answer.completion()


def ended(*chunks: dict[str, Any]) -> tuple[ToolCall, ...]:
    return answered(*chunks, chunk(finish="tool_calls")).tool_calls


def body_of(*chunks: dict[str, Any]) -> bytes:
    lines = "".join(f"data: {json.dumps(each, ensure_ascii=False)}\n\n" for each in chunks)
    return (lines + "data: [DONE]\n\n").encode()


# Over the wire


def test_a_call_over_the_wire(provider: OpenAICompatible, server: ScriptedModelServer, ear: Ear) -> None:
    """The tools are offered as OpenAI wants them, and the call comes back with its id, name and arguments."""
    server.reply("Let me look.", calls=(Call("read_file", {"path": "plan.md"}, "call_7"),), chunk_size=3)
    done = provider.open(question(tools=TOOLS)).run(ear)
    assert done.tool_calls == (ToolCall("call_7", "read_file", '{"path": "plan.md"}'),)
    assert (done.content, ear.content, done.finish) == ("Let me look.", "Let me look.", "stop")
    assert server.requests[0]["tools"] == [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
        }
        for tool in TOOLS
    ]


def test_the_conversation_goes_back(
    provider: OpenAICompatible, server: ScriptedModelServer, ear: Ear
) -> None:
    """Calls and results are messages of their own; arguments that are no object go back as an empty one."""
    said = (
        ChatMessage("user", "Mend it."),
        ChatMessage("assistant", "", (ToolCall("a", "read_file", PLAN), ToolCall("b", "read_file", "{oops"))),
        ChatMessage("tool", "L1: x", tool_call_id="a"),
        ChatMessage("tool", "Not JSON.", tool_call_id="b"),
    )
    provider.open(ChatRequest("scripted", said, tools=TOOLS)).run(ear)
    _user, assistant, first, second = server.requests[0]["messages"]
    assert assistant["role"] == "assistant"
    assert [call["function"]["arguments"] for call in assistant["tool_calls"]] == [PLAN, "{}"]
    assert [call["id"] for call in assistant["tool_calls"]] == ["a", "b"]
    assert first == {"role": "tool", "content": "L1: x", "tool_call_id": "a"}
    assert second["tool_call_id"] == "b"


def test_without_tools_nothing_is_said_of_them(
    provider: OpenAICompatible, server: ScriptedModelServer, ear: Ear
) -> None:
    """A request without tools is what it was before there were any."""
    provider.open(question()).run(ear)
    assert "tools" not in server.requests[0]
    assert server.requests[0]["messages"] == [{"role": "user", "content": "Why?"}]


def test_a_call_that_was_not_offered_is_not_heard(
    provider: OpenAICompatible, server: ScriptedModelServer, ear: Ear
) -> None:
    """A model that calls a tool nobody offered has said what it has said, and called nothing."""
    server.reply("Here.", calls=(Call("read_file", {"path": "plan.md"}),))
    assert provider.open(question()).run(ear).tool_calls == ()
    server.reply("", calls=(Call("read_file", {"path": "plan.md"}),))
    with pytest.raises(EmptyAnswer):
        provider.open(question()).run(ear)


BODY = body_of(
    chunk(role="assistant", content=""),
    chunk(piece(0, "call_ä", "read_file", "")),
    chunk(piece(0, arguments=PLAN[:20])),
    chunk(piece(0, arguments=PLAN[20:])),
    chunk(piece(1, "call_2", "write_file", "{}")),
    chunk(finish="tool_calls"),
)


@given(st.lists(st.integers(1, len(BODY) - 1), max_size=12, unique=True).map(sorted))
@settings(max_examples=60, deadline=None)
def test_the_body_may_be_cut_anywhere(cuts: list[int]) -> None:
    """The stream may be cut at any byte, in the middle of a character too."""
    edges = [0, *cuts, len(BODY)]
    with ScriptedModelServer() as server:
        server.raw(*(BODY[a:b] for a, b in itertools.pairwise(edges)))
        provider = OpenAICompatible("scripted", server.url, None, local=True)
        done = provider.open(question(tools=TOOLS)).run(Ear())
    assert done.tool_calls == (ToolCall("call_ä", "read_file", PLAN), ToolCall("call_2", "write_file", "{}"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": {"message": "registry.ollama.ai/library/gemma:2b does not support tools"}}),
        (400, {"message": '"auto" tool choice requires --enable-auto-tool-choice to be set'}),
        (500, {"error": {"message": "tools param requires --jinja flag"}}),
        (404, {"error": {"message": "No endpoints found that support tool use."}}),
        (400, {"error": {"message": "Function calling is not enabled for this model"}}),
    ],
)
def test_a_server_that_takes_no_tools(
    provider: OpenAICompatible, server: ScriptedModelServer, ear: Ear, status: int, body: Any
) -> None:
    """It is said what it said, and what to do; it is not asked again without them, as if they did not matter."""
    server.fail(status, body)
    with pytest.raises(ProviderRejected) as refusal:
        provider.open(question(tools=TOOLS)).run(ear)
    assert "without tools" in refusal.value.hint
    assert not refusal.value.can_retry
    assert len(server.requests) == 1


def test_other_refusals_stay_what_they_are(
    provider: OpenAICompatible, server: ScriptedModelServer, ear: Ear
) -> None:
    """A refusal that is not about tools has its own error, tools or not."""
    server.fail(400, {"error": {"message": "maximum context length is 4096 tokens, tools included"}})
    with pytest.raises(ContextTooLong):
        provider.open(question(tools=TOOLS)).run(ear)
    server.fail(400, {"error": {"message": "this model does not support tools"}})
    with pytest.raises(ProviderRejected) as refusal:
        provider.open(question()).run(ear)
    assert "without tools" not in refusal.value.hint


def test_what_is_not_counted_is_estimated_with_the_tools(
    provider: OpenAICompatible, server: ScriptedModelServer, ear: Ear
) -> None:
    """Descriptions of tools and what a call holds are tokens, too."""
    server.reply("x", usage="absent")
    bare = provider.open(question()).run(ear).usage
    server.reply("x", usage="absent", calls=(Call("read_file", {"path": "p" * 400}),))
    armed = provider.open(question(tools=TOOLS)).run(ear).usage
    assert armed.estimated
    assert armed.input_tokens > bare.input_tokens + 20
    assert armed.output_tokens > bare.output_tokens + 90


# Pieces

requested_calls = st.lists(
    st.tuples(
        st.sampled_from(["read_file", "write_file"]),
        st.dictionaries(st.text(max_size=3), st.text(max_size=8), max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@given(requested_calls, st.data())
@settings(max_examples=200, deadline=None)
def test_calls_in_any_pieces(wanted: list[tuple[str, dict[str, str]]], data: st.DataObject) -> None:
    """Ids, names and arguments may be cut anywhere, and pieces of parallel calls mixed."""
    queues = []
    for index, (name, arguments) in enumerate(wanted):
        head = itertools.zip_longest(_cut(data, f"id-{index}"), _cut(data, name))
        queue = [piece(index, identity, part) for identity, part in head]
        queues.append(queue + [piece(index, arguments=each) for each in _cut(data, json.dumps(arguments))])
    chunks = []
    while queues:
        queue = data.draw(st.sampled_from(queues))
        chunks.append(chunk(queue.pop(0)))
        queues = [each for each in queues if each]
    found = sorted(ended(*chunks), key=lambda call: call.id)
    assert [(call.id, call.name, json.loads(call.arguments)) for call in found] == [
        (f"id-{index}", name, arguments) for index, (name, arguments) in enumerate(wanted)
    ]


def _cut(data: st.DataObject, text: str) -> list[str]:
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=3).map(sorted))
    return [text[a:b] for a, b in itertools.pairwise([0, *places, len(text)]) if a < b]


TWICE = [("read_file", '{"path": "a"}'), ("read_file", '{"path": "b"}')]


@pytest.mark.parametrize(
    "chunks",
    [
        [chunk(piece(0, "x", *TWICE[0]), piece(1, "y", *TWICE[1]))],
        [chunk(piece(None, "x", *TWICE[0]), piece(None, "y", *TWICE[1]))],
        [chunk(piece(0, None, *TWICE[0])), chunk(piece(0, None, *TWICE[1]))],  # Ollama
        [chunk(piece(0, "x", *TWICE[0])), chunk(piece(0, "y", *TWICE[1]))],
        [chunk(piece(None, None, *TWICE[0]), piece(None, None, *TWICE[1]))],
        [chunk(piece(0, "x", "read_file", {"path": "a"}), piece(1, "x", "read_file", {"path": "b"}))],
        [
            chunk(piece(0, "x", "read_file")),
            chunk(piece(0, "x", "read_file", '{"path"')),
            chunk(piece(0, "x", "read_file", ': "a"}')),
            chunk(piece(1, "y", "read_file", '{"path": ')),
            chunk(piece(1, "y", "read_file", '"b"}')),
        ],
        [
            chunk(piece(None, "x", "read_file", '{"path"')),
            chunk(piece(None, None, None, ': "a"}')),
            chunk(piece(None, "y", "read_file", '{"path": ')),
            chunk(piece(None, "", "", '"b"}')),
        ],
    ],
    ids=["whole", "no index", "no id", "one index", "neither", "objects", "repeated heads", "bare pieces"],
)
def test_the_ways_of_servers(chunks: list[dict[str, Any]]) -> None:
    """Whole or in pieces, with or without index and id: the same two calls, each with an id of its own."""
    found = ended(*chunks)
    assert [(call.name, call.arguments) for call in found] == TWICE
    assert len({call.id for call in found}) == 2
    assert all(call.id for call in found)


def test_a_body_that_is_no_stream() -> None:
    """A server that does not stream sends a message with its calls."""
    message = {"role": "assistant", "content": None, "tool_calls": [piece(None, "x", "read_file", PLAN)]}
    found = answered(FRAME | {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})
    assert found.tool_calls == (ToolCall("x", "read_file", PLAN),)


@pytest.mark.parametrize("arguments", ["", "{", "not JSON", '["a"]', "NaN", '{"path": 1e999}', "\ud83d"])
def test_arguments_are_given_out_as_they_are(arguments: str) -> None:
    """Whether they can be read is for whoever reads them; only what no text may hold is taken out."""
    (call,) = ended(chunk(piece(0, "x", "read_file", arguments)))
    assert call.arguments == arguments.replace("\ud83d", "\ufffd")
    call.arguments.encode()


def test_a_pair_of_surrogates_may_be_cut() -> None:
    """An emoji in two escapes, in two pieces, is one character."""
    (call,) = ended(chunk(piece(0, "x", "read_file", "\ud83d")), chunk(piece(0, arguments="\ude00")))
    assert call.arguments == "😀"


@pytest.mark.parametrize(
    "pieces",
    [
        ["x"],
        [None],
        [[]],
        [{}],
        [{"function": None}],
        [{"function": {"name": 5}}],
        [{"index": {}, "function": []}],
    ],
)
def test_what_is_no_call_is_none(pieces: list[Any]) -> None:
    """Things where calls should be are passed over."""
    done = answered(chunk(*pieces, content="Hello."), chunk(finish="stop"))
    assert (done.content, done.tool_calls) == ("Hello.", ())


def test_an_answer_with_calls_alone_is_no_empty_answer() -> None:
    done = answered(chunk(piece(0, "x", "read_file", "{}")), chunk(finish="stop"))
    assert (done.content, len(done.tool_calls), done.finish) == ("", 1, "stop")


def test_a_cut_call_says_that_it_was_cut() -> None:
    """At the token limit the arguments are what they are, and the answer counts as cut."""
    done = answered(chunk(piece(0, "x", "read_file", '{"pa')), chunk(finish="length"))
    assert (done.finish, done.tool_calls[0].arguments) == ("length", '{"pa')


def test_calls_have_a_limit() -> None:
    """More calls than anybody needs are not heard."""
    many = [chunk(piece(n, f"i{n}", "read_file", "{}")) for n in range(5_000)]
    assert len(ended(*many)) == MAX_CALLS


def test_arguments_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """They break the stream instead of filling the memory."""
    monkeypatch.setattr(tool_calls, "MAX_CHARACTERS", 1_000)
    with pytest.raises(StreamBroken, match="no end"):
        ended(*[chunk(piece(0, arguments="x" * 100)) for _ in range(11)])


def test_ids_and_names_are_short() -> None:
    (call,) = ended(chunk(piece(0, "i" * 9_000, "n" * 9_000, "{}")))
    assert (len(call.id), len(call.name)) == (200, 200)


def test_a_stream_that_breaks_in_a_call_may_be_asked_again(
    provider: OpenAICompatible, server: ScriptedModelServer, start: Callable[..., Any]
) -> None:
    """Nothing was shown yet, so another attempt repeats nothing."""
    server.hang_up(2, text="", calls=(Call("read_file", {"path": "plan.md"}),))
    problem = start(provider.open(question(tools=TOOLS))).ended()
    assert isinstance(problem, StreamBroken)
    assert not problem.started

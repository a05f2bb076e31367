"""The provider before a real model server: llama.cpp, with a toy model."""

import json
import os
from collections.abc import Iterator

import pytest

from council.errors import ContextTooLong, Stopped
from council.llm.base import ChatMessage, ChatRequest, ToolCall, ToolSpec
from council.llm.offers import offered_models
from council.llm.openai_compatible import OpenAICompatible
from council.meeting.tools import TOOLS, description, schema
from tests.llm.conftest import Ear, question
from tests.support import toy_model
from tests.support.toy_model import ToyServer

pytestmark = pytest.mark.toy_model


@pytest.fixture(scope="module")
def toy() -> Iterator[ToyServer]:
    """Absent: skipped with the reason on a laptop, a failure in CI."""
    if reason := toy_model.missing():
        if os.environ.get("CI"):
            pytest.fail(f"no toy model in CI: {reason}")
        pytest.skip(reason)
    with ToyServer() as server:
        yield server


@pytest.fixture
def provider(toy: ToyServer) -> OpenAICompatible:
    return OpenAICompatible("toy", toy.url, None, local=True)


def test_a_real_completion_streams(toy: ToyServer, provider: OpenAICompatible, ear: Ear) -> None:
    """Pieces, the server's own count, and why it ended."""
    completion = provider.open(question(max_tokens=40, temperature=0.0)).run(ear)
    assert completion.content == ear.content
    assert ear.pieces
    assert 0 < completion.usage.output_tokens <= 40
    assert (completion.finish == "length") == (completion.usage.output_tokens == 40)
    assert completion.usage.input_tokens > 3
    assert not completion.usage.estimated
    assert completion.model == toy.model


def test_a_real_server_keeps_to_a_schema(provider: OpenAICompatible, ear: Ear) -> None:
    """Even random weights vote: the server allows nothing else."""
    schema = {
        "type": "object",
        "properties": {"vote": {"enum": ["yes", "no"]}},
        "required": ["vote"],
        "additionalProperties": False,
    }
    completion = provider.open(question(json_schema=schema, max_tokens=200)).run(ear)
    if completion.finish == "stop":
        assert json.loads(completion.content)["vote"] in ("yes", "no")
    else:
        assert completion.content.lstrip().startswith("{")


def test_a_real_server_says_when_a_prompt_is_too_long(provider: OpenAICompatible, ear: Ear) -> None:
    with pytest.raises(ContextTooLong, match="exceeds the available context size"):
        provider.open(question("word " * 3000)).run(ear)


def test_a_real_call_is_cancelled(provider: OpenAICompatible) -> None:
    call = provider.open(question())
    with pytest.raises(Stopped):
        call.run(lambda piece, is_thinking: call.cancel())
    assert call.usage_so_far().output_tokens >= 1


def test_a_real_server_names_its_model(toy: ToyServer) -> None:
    assert offered_models(toy.url, None) == (toy.model,)


def test_a_real_server_takes_tools(toy: ToyServer, provider: OpenAICompatible, ear: Ear) -> None:
    """It accepts our tools' schemas, and a conversation with calls and results, with tools and without."""
    specs = tuple(ToolSpec(name, description(kind), schema(kind)) for name, kind in TOOLS.items())
    said = (
        ChatMessage("user", "Mend the plan."),
        ChatMessage("assistant", "", (ToolCall("call_1", "read_file", '{"path": "plan.md"}'),)),
        ChatMessage("tool", "L1: # Plan", tool_call_id="call_1"),
    )
    for tools in (specs, ()):
        completion = provider.open(ChatRequest(toy.model, said, max_tokens=20, tools=tools)).run(ear)
        assert completion.usage.input_tokens > 3
    assert ear.pieces

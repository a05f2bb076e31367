"""Which providers are found, in which order, and who answers for whom."""

from typing import Any

import pytest

from council.errors import ProviderRefused, ProviderRejected, ProviderUnreachable
from council.llm.address import is_local, shown
from council.llm.base import Seat
from council.llm.catalogue import Catalogue, ProviderInfo
from council.llm.endpoints import KNOWN
from council.settings import Settings
from tests.llm.conftest import KEY, question
from tests.support.model_server import ScriptedModelServer

NO_OLLAMA = "http://127.0.0.1:1"
CHAT = {"name": "qwen3:8b", "details": {"family": "qwen3"}}
EMBEDDING = {"name": "nomic-embed-text:latest", "details": {"family": "nomic-bert"}}


def catalogue(
    environ: dict[str, str] | None = None, ollama_url: str = NO_OLLAMA, **settings: Any
) -> Catalogue:
    return Catalogue(Settings(**settings), environ or {}, ollama_url)


def default(found: Catalogue) -> str:
    return found.seats([("member", None, None)])["member"].provider_id


def info(found: Catalogue, provider_id: str) -> ProviderInfo:
    return next(each for each in found.providers() if each.provider_id == provider_id)


# First found wins


@pytest.mark.parametrize("position", range(len(KNOWN)))
def test_the_first_key_in_the_order_wins(position: int) -> None:
    """OpenAI, Anthropic, DeepSeek, DashScope, SiliconFlow, Gemini, OpenRouter."""
    names = [
        ("openai", "OPENAI_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("deepseek", "DEEPSEEK_API_KEY"),
        ("dashscope", "DASHSCOPE_API_KEY"),
        ("siliconflow", "SILICONFLOW_API_KEY"),
        ("gemini", "GEMINI_API_KEY"),
        ("openrouter", "OPENROUTER_API_KEY"),
    ]
    environ = {key_name: KEY for _, key_name in reversed(names[position:])}
    found = catalogue(environ)
    assert default(found) == names[position][0]
    assert found.seats([("member", None, None)])["member"].model == KNOWN[position].model
    assert "used by default" in info(found, names[position][0]).reason


def test_our_own_settings_come_before_all_keys() -> None:
    found = catalogue({"OPENAI_API_KEY": KEY}, llm_base_url="http://10.0.0.5:8000/v1", llm_model="mine")
    assert found.seats([("member", None, None)]) == {"member": Seat("endpoint", "mine")}
    assert info(found, "endpoint").local


def test_a_known_address_keeps_its_name() -> None:
    """So that its prices are found."""
    found = catalogue(llm_base_url="https://api.deepseek.com/v1", llm_api_key=KEY)
    assert default(found) == "deepseek"


def test_a_key_without_an_address_is_openais() -> None:
    assert default(catalogue(llm_api_key=KEY)) == "openai"


def test_a_model_alone_names_the_model_of_what_is_found() -> None:
    found = catalogue({"ANTHROPIC_API_KEY": KEY}, llm_model="claude-x")
    assert found.seats([("member", None, None)]) == {"member": Seat("anthropic", "claude-x")}


def test_openais_address_may_be_another() -> None:
    """OPENAI_BASE_URL counts without a key too; its models are asked for."""
    with ScriptedModelServer(models=("local-a", "text-embedding-3")) as server:
        found = catalogue({"OPENAI_BASE_URL": server.url})
        assert found.seats([("member", None, None)]) == {"member": Seat("openai", "local-a")}


def test_an_empty_key_is_none() -> None:
    assert default(catalogue({"OPENAI_API_KEY": " "})) == "rehearsal"


def test_with_nothing_the_rehearsal_speaks() -> None:
    """All others are named, with what is missing."""
    found = catalogue()
    infos = found.providers()
    assert default(found) == "rehearsal"
    assert [each.provider_id for each in infos if each.available] == ["rehearsal"]
    assert {each.provider_id for each in infos} == {known.provider_id for known in KNOWN} | {
        "ollama",
        "rehearsal",
    }
    assert info(found, "openai").reason == "OPENAI_API_KEY is not set"
    assert found.provider("rehearsal").local


# Ollama


def test_an_ollama_is_found_by_itself() -> None:
    """Its chat models are dealt; those that only embed are not."""
    models = (
        CHAT,
        EMBEDDING,
        {"name": "vision", "capabilities": ["completion", "vision"]},
        {"name": "e", "capabilities": ["embedding"]},
    )
    with ScriptedModelServer(ollama_models=models) as server:
        found = catalogue(ollama_url=server.root)
        assert info(found, "ollama").models == ("qwen3:8b", "vision")
        seats = found.seats([("a", None, None), ("b", None, None), ("c", None, None)])
        assert [seat.model for seat in seats.values()] == ["qwen3:8b", "vision", "qwen3:8b"]
        assert found.provider("ollama").local


def test_an_ollama_without_a_chat_model_is_none() -> None:
    with ScriptedModelServer(ollama_models=(EMBEDDING,)) as server:
        assert default(catalogue(ollama_url=server.root)) == "rehearsal"


def test_an_ollama_comes_after_every_key() -> None:
    with ScriptedModelServer(ollama_models=(CHAT,)) as server:
        found = catalogue({"OPENROUTER_API_KEY": KEY}, ollama_url=server.root)
        assert default(found) == "openrouter"
        assert found.seats([("a", "ollama", "qwen3:8b")]) == {"a": Seat("ollama", "qwen3:8b")}


def test_an_ollama_is_looked_for_only_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when the catalogue is made, not while there is a key, and at most every half minute."""
    looks: list[str] = []

    def look(url: str) -> tuple[str, ...]:
        looks.append(url)
        return ()

    monkeypatch.setattr("council.llm.catalogue.installed_models", look)
    default(catalogue({"OPENAI_API_KEY": KEY}))
    found = catalogue()
    assert looks == []
    default(found)
    default(found)
    found.providers()
    assert looks == [NO_OLLAMA]


def test_a_stalled_ollama_is_not_waited_for() -> None:
    """Something else on its port that never answers costs 0.3 seconds, not the start."""
    with ScriptedModelServer() as server:
        server.hold("before_headers")
        assert default(catalogue(ollama_url=f"{server.root}/nothing")) == "rehearsal"


# Models


def test_a_server_without_a_named_model_is_asked() -> None:
    with ScriptedModelServer(models=("one", "two")) as server:
        found = catalogue(llm_base_url=server.url)
        seats = found.seats([("a", None, None), ("b", None, None), ("c", None, None)])
        assert [seat.model for seat in seats.values()] == ["one", "two", "one"]


@pytest.mark.parametrize(
    ("models", "words"),
    [((), "lists no chat model"), (tuple(f"m{n}" for n in range(99)), "offers 99 models")],
)
def test_a_server_that_gives_no_choice_says_so(models: tuple[str, ...], words: str) -> None:
    """None, or too many to choose from: the error says what to set, and the list of providers too."""
    with ScriptedModelServer(models=models) as server:
        found = catalogue(llm_base_url=server.url)
        with pytest.raises(ProviderRejected, match=words) as caught:
            found.seats([("a", None, None)])
        assert "COUNCIL_LLM_MODEL" in caught.value.hint
        shown_info = info(found, "endpoint")
        assert (shown_info.available, shown_info.models) == (False, ())
        assert words in shown_info.reason


def test_a_server_that_is_down_says_so() -> None:
    found = catalogue(llm_base_url="http://127.0.0.1:1/v1")
    with pytest.raises(ProviderUnreachable, match="does not answer"):
        found.seats([("a", None, None)])
    assert not info(found, "endpoint").available


def test_a_wrong_address_says_so() -> None:
    with ScriptedModelServer() as server:
        found = catalogue(llm_base_url=f"{server.root}/wrong")
        with pytest.raises(ProviderRejected, match="HTTP 404"):
            found.seats([("a", None, None)])


# Seats


def test_models_are_dealt_in_graph_order() -> None:
    """A comma-separated list makes a diverse panel; who has an own model takes no turn."""
    found = catalogue(llm_base_url="http://10.0.0.5/v1", llm_model="a, b,c")
    seats = found.seats(
        [("1", None, None), ("2", None, "own"), ("3", None, None), ("4", None, None), ("5", None, None)]
    )
    assert [seat.model for seat in seats.values()] == ["a", "own", "b", "c", "a"]
    assert found.diverse(seats)


def test_an_agents_own_model_wins() -> None:
    found = catalogue({"OPENAI_API_KEY": KEY, "DEEPSEEK_API_KEY": KEY})
    assert found.seats([("1", "deepseek", "deepseek-v4-pro")]) == {"1": Seat("deepseek", "deepseek-v4-pro")}
    assert found.seats([("1", "deepseek", None)]) == {"1": Seat("deepseek", "deepseek-flash")}


def test_a_provider_that_is_not_here_is_replaced() -> None:
    """With its model: that name means nothing elsewhere."""
    found = catalogue({"OPENAI_API_KEY": KEY})
    assert found.seats([("1", "deepseek", "deepseek-v4-pro")]) == {"1": Seat("openai", KNOWN[0].model)}


def test_a_rehearsal_has_one_voice() -> None:
    found = catalogue()
    seats = found.seats([("1", None, "gpt-x"), ("2", "openai", "gpt-x"), ("3", "rehearsal", None)])
    assert set(seats.values()) == {Seat("rehearsal", "rehearsal")}
    assert not found.diverse(seats)


# Adapters


def test_a_provider_is_opened_once() -> None:
    """What it has learned about its server is kept."""
    found = catalogue({"OPENAI_API_KEY": KEY})
    assert found.provider("openai") is found.provider("openai")
    assert not found.provider("openai").local


def test_a_provider_speaks() -> None:
    with ScriptedModelServer() as server:
        found = catalogue(llm_base_url=server.url, llm_api_key=KEY)
        completion = found.provider("endpoint").open(question()).run(lambda piece, is_thinking: None)
        assert completion.content
        assert server.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("provider_id", "name"), [("gemini", "GEMINI_API_KEY"), ("nonsense", "COUNCIL_LLM_BASE_URL")]
)
def test_a_provider_that_is_not_configured_says_what_to_set(provider_id: str, name: str) -> None:
    with pytest.raises(ProviderRejected, match=f"No provider {provider_id}") as caught:
        catalogue().provider(provider_id)
    assert name in caught.value.hint


def test_keys_are_never_shown() -> None:
    found = catalogue(
        {known.key_name: KEY for known in KNOWN},
        llm_base_url="http://10.0.0.5/v1",
        llm_api_key=KEY,
        llm_model="m",
    )
    texts = [repr(found), repr(found.providers()), repr(found._endpoints)]
    texts += [repr(found.provider(each.provider_id)) for each in found.providers() if each.available]
    assert KEY not in "".join(texts)


def test_a_broken_key_is_refused_without_being_shown() -> None:
    """When a model is opened, and when a server is asked for its models."""
    found = catalogue({"OPENAI_API_KEY": "sk-ü", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"})
    for use in (lambda: found.provider("openai"), lambda: found.seats([("a", None, None)])):
        with pytest.raises(ProviderRefused) as caught:
            use()
        assert "sk-" not in str(caught.value)


# Addresses


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://localhost:8080/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://192.168.1.20/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://ollama:11434/v1", True),
        ("http://host.docker.internal/v1", True),
        ("http://box.local./v1", True),
        ("https://api.openai.com/v1", False),
        ("http://8.8.8.8/v1", False),
        ("https://127.0.0.1.example.org/v1", False),
    ],
)
def test_local_is_this_machine_or_network(url: str, local: bool) -> None:
    assert is_local(url) is local


@pytest.mark.parametrize(
    ("url", "seen"),
    [("https://me:pass@host:1/v1?key=1", "https://host:1/v1"), ("http://[broken", "the address given")],
)
def test_an_address_is_shown_without_secrets(url: str, seen: str) -> None:
    assert shown(url) == seen

"""The endpoints this process was given: by COUNCIL_LLM_*, or by a provider's own key."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from council.llm.address import is_at, is_local
from council.settings import Settings, secret_in

CUSTOM = "endpoint"


@dataclass(frozen=True, slots=True)
class Known:
    """A provider that is found by the usual name of its key."""

    provider_id: str
    name: str
    base_url: str
    host: str
    model: str
    key_name: str
    url_name: str = ""


KNOWN = (
    Known(
        "openai",
        "OpenAI",
        "https://api.openai.com/v1",
        "api.openai.com",
        "gpt-5.4-mini",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
    ),
    Known(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com/v1",
        "api.anthropic.com",
        "claude-sonnet-5-5",
        "ANTHROPIC_API_KEY",
    ),
    Known(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com/v1",
        "api.deepseek.com",
        "deepseek-flash",
        "DEEPSEEK_API_KEY",
    ),
    Known(
        "dashscope",
        "DashScope",
        "https://dashscope.aliyuncs.com/compatible-mode/v1",
        "dashscope.aliyuncs.com",
        "qwen-plus",
        "DASHSCOPE_API_KEY",
    ),
    Known(
        "siliconflow",
        "SiliconFlow",
        "https://api.siliconflow.cn/v1",
        "api.siliconflow.cn",
        "deepseek-ai/DeepSeek-V3.2",
        "SILICONFLOW_API_KEY",
    ),
    Known(
        "gemini",
        "Gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "generativelanguage.googleapis.com",
        "gemini-flash-latest",
        "GEMINI_API_KEY",
    ),
    Known(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        "openrouter.ai",
        "openai/gpt-5.4-mini",
        "OPENROUTER_API_KEY",
    ),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server we may talk to. Without ``models`` it is asked what it has."""

    provider_id: str
    name: str
    base_url: str
    found_by: str
    models: tuple[str, ...] = ()
    key: str | None = field(default=None, repr=False)
    key_in_file: bool = False

    @property
    def local(self) -> bool:
        return is_local(self.base_url)


def endpoints(settings: Settings, environ: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """All that are configured, the one that is used by default first. Raises SettingsError for a key's file."""
    found = [_own(settings)] if settings.llm_base_url or settings.llm_api_key else []
    for known in KNOWN:
        endpoint = _of_known(known, environ)
        if endpoint and endpoint.provider_id not in {one.provider_id for one in found}:
            found.append(endpoint)
    return tuple(_with_models(found, model_names(settings)))


def model_names(settings: Settings) -> tuple[str, ...]:
    """The models named in COUNCIL_LLM_MODEL."""
    return tuple(name.strip() for name in (settings.llm_model or "").split(",") if name.strip())


def _own(settings: Settings) -> Endpoint:
    """COUNCIL_LLM_*; a key without an address is OpenAI's."""
    url = settings.llm_base_url or KNOWN[0].base_url
    known = next((known for known in KNOWN if is_at(url, known.host)), None)
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    in_file = bool(key and settings.llm_api_key_file)
    key_name = "COUNCIL_LLM_API_KEY_FILE" if in_file else "COUNCIL_LLM_API_KEY"
    return Endpoint(
        provider_id=known.provider_id if known else CUSTOM,
        name=known.name if known else "Own endpoint",
        base_url=url,
        found_by="COUNCIL_LLM_BASE_URL" if settings.llm_base_url else key_name,
        models=(known.model,) if known else (),
        key=key,
        key_in_file=in_file,
    )


def _of_known(known: Known, environ: Mapping[str, str]) -> Endpoint | None:
    file_name = f"{known.key_name}_FILE"
    in_file = bool(environ.get(file_name))
    key = secret_in(file_name, environ) if in_file else environ.get(known.key_name, "").strip()
    url = environ.get(known.url_name, "").strip() if known.url_name else ""
    if not key and not url:
        return None
    return Endpoint(
        provider_id=known.provider_id,
        name=known.name,
        base_url=url or known.base_url,
        found_by=(file_name if in_file else known.key_name) if key else known.url_name,
        models=(known.model,) if not url or is_at(url, known.host) else (),
        key=key or None,
        key_in_file=in_file and bool(key),
    )


def _with_models(found: list[Endpoint], named: tuple[str, ...]) -> list[Endpoint]:
    """COUNCIL_LLM_MODEL names models of the endpoint that is used by default."""
    if not found or not named:
        return found
    return [replace(found[0], models=named), *found[1:]]

"""How many tokens a prompt has, roughly, where nobody has counted them."""

import json
from collections.abc import Iterable

from council.llm.base import ChatMessage, ToolSpec
from council.meeting.tokens import MESSAGE_TOKENS, estimate_tokens

__all__ = ["MESSAGE_TOKENS", "estimate_prompt_tokens", "estimate_tokens"]


def estimate_prompt_tokens(messages: Iterable[ChatMessage], tools: Iterable[ToolSpec] = ()) -> int:
    """The tokens of a whole prompt, the frame round each message and the description of each tool included."""
    texts = [message.content + _calls_of(message) for message in messages]
    texts += [f"{tool.name} {tool.description} {json.dumps(tool.parameters)}" for tool in tools]
    return sum(estimate_tokens(text) + MESSAGE_TOKENS for text in texts)


def _calls_of(message: ChatMessage) -> str:
    return "".join(f"{call.name} {call.arguments}" for call in message.tool_calls)

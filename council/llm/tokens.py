"""How many tokens a text has, roughly, where nobody has counted them."""

from collections.abc import Iterable

from council.llm.base import ChatMessage

MESSAGE_TOKENS = 4  # Role and separators of one message, as chat templates write them.


def estimate_tokens(text: str) -> int:
    """About four ASCII characters make a token; of other scripts, each character is one."""
    ascii_characters = len(text.encode("ascii", "ignore"))
    return -(-ascii_characters // 4) + len(text) - ascii_characters


def estimate_prompt_tokens(messages: Iterable[ChatMessage]) -> int:
    """The tokens of a whole prompt, the frame round each message included."""
    return sum(estimate_tokens(message.content) + MESSAGE_TOKENS for message in messages)

"""How many tokens a text has where nobody has counted them: about, and at most."""

_HALVES = b" \n\tabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MESSAGE_TOKENS = 4  # Role and separators of one message, as chat templates write them.
MOST_MESSAGE_TOKENS = 16


def estimate_tokens(text: str) -> int:
    """About four ASCII characters make a token; of other scripts, each character is one."""
    ascii_characters = len(text.encode("ascii", "ignore"))
    return -(-ascii_characters // 4) + len(text) - ascii_characters


def most_tokens(text: str) -> int:
    """As many as any tokenizer in use makes of a text: one for two letters or blanks, one for each byte of the rest.

    Digits, signs and bytes beyond ASCII are tokens of their own for some models; words never are so short.
    """
    data = text.encode("utf-8", "replace")
    others = len(data.translate(None, _HALVES))
    return others + -(-(len(data) - others) // 2)

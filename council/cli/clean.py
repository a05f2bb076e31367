"""Words of others on their way to a terminal: nothing in them may steer it."""

import re
import unicodedata

_SEQUENCES = re.compile(
    r"""\x1b\[[0-?]*[ -/]*[@-~]            # colours, cursor, modes
      | \x1b[\]PX^_][^\x1b\x07\n]*(?:\x07|\x1b\\)  # titles, links, clipboard: with their contents
      | \x9b[0-?]*[ -/]*[@-~]              # the same in one character
      | \x1b[ -/]*[0-~]""",
    re.VERBOSE,
)
_ENDS_OF_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"  # Scripts and emoji need them.
_UNSEEN = (
    "Cc",
    "Cf",
    "Cs",
)  # Controls, marks that turn the direction of writing or hide text, halves of characters.


def clean(text: str) -> str:
    """The text as it may be shown: escape sequences, control and invisible characters are left out."""
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCES.sub("", _ENDS_OF_LINES.sub("\n", text)).expandtabs(4)
    return "".join(letter for letter in text if _is_shown(letter))


def one_line(text: str, most: int = 0) -> str:
    """The text in one line; with ``most``, so many characters at most."""
    line = " ".join(clean(text).split())
    return line if not most or len(line) <= most else line[: most - 1] + "…"


def _is_shown(letter: str) -> bool:
    return letter == "\n" or letter in _JOINERS or unicodedata.category(letter) not in _UNSEEN

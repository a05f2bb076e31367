"""The words of the room: its rules, tasks and forms, one file each in ``council/prompts``."""

import functools
import hashlib
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "prompts"


@functools.cache
def words_of_the_room() -> dict[str, str]:
    """Every text by the name of its file, as they are today. A meeting keeps those it started with."""
    return {path.stem: path.read_text("utf-8").strip() for path in sorted(FOLDER.glob("*.md"))}


def version_of(words: dict[str, str]) -> str:
    """A short mark that changes with any of the words."""
    whole = "\0".join(f"{name}\0{text}" for name, text in sorted(words.items()))
    return hashlib.sha256(whole.encode()).hexdigest()[:12]

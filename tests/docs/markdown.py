"""The documentation as text: its pages, their headings, links and shell commands."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGES.md", *sorted(DOCS.rglob("*.md"))]

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def links(text: str) -> list[str]:
    """Where the links and images of a page lead, those to other sites left out."""
    return [link for link in _LINK.findall(_FENCED.sub("", text)) if "://" not in link]


def anchors(text: str) -> set[str]:
    """What a link to a heading of this page may say after ``#``, as GitHub makes it."""
    headings = _HEADING.findall(_FENCED.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shell_blocks(text: str) -> list[str]:
    """The blocks marked as ``sh``, whose commands a reader is meant to type as they stand."""
    return _SHELL.findall(text)

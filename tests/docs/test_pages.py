"""The documentation holds together: its links, and the names of files, settings and commands in it, are right."""

import re
from pathlib import Path

import pytest

import council
from council.settings import known_names
from tests.docs.markdown import DOCS, PAGES, ROOT, anchors, links, name_of

_VARIABLE = re.compile(r"COUNCIL_[A-Z_]*[A-Z]")
_MAKE = re.compile(r"`make ([a-z-]+)`|^make ([a-z-]+)", re.MULTILINE)
_PATH = re.compile(r"`((?:council|tests|static|templates|docs|benchmarks)/[\w./-]*)`")
_REQUIREMENT = re.compile(r"^([A-Za-z0-9][\w.-]*)", re.MULTILINE)

every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


@every_page
def test_links(page: Path) -> None:
    """Every link inside the repository leads to a file that exists, and to a heading that stands there."""
    broken = [link for link in links(page.read_text("utf-8")) if not _leads_somewhere(page, link)]
    assert broken == []


@every_page
def test_settings_exist(page: Path) -> None:
    """Every COUNCIL_ variable that a page names exists."""
    known = known_names()
    groups = {f"{name.partition('__')[0]}__" for name in known if "__" in name} | {
        "COUNCIL_LLM",
        "COUNCIL_ENGINE",
    }
    named = set(_VARIABLE.findall(page.read_text("utf-8")))
    assert named - known.keys() - groups == set()


@every_page
def test_make_targets_exist(page: Path) -> None:
    """Every ``make`` command that a page names is in the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {first or second for first, second in _MAKE.findall(page.read_text("utf-8"))}
    assert named - targets == set()


@every_page
def test_paths_exist(page: Path) -> None:
    """Every path of the repository that a page names exists."""
    missing = [path for path in _PATH.findall(page.read_text("utf-8")) if not (ROOT / path).exists()]
    assert missing == []


def test_every_page_is_found() -> None:
    """The index of the documentation leads to every page of it."""
    index = DOCS / "README.md"
    found = {(DOCS / link).resolve() for link in links(index.read_text("utf-8"))}
    assert {page for page in DOCS.rglob("*.md") if page != index} - found == set()


@pytest.mark.parametrize(
    "file", ["requirements.txt", "requirements-export.txt", "requirements-trace.txt", "requirements-dev.txt"]
)
def test_requirements_have_reasons(file: str) -> None:
    """Every requirement stands in the decision on dependencies, and every one there is a requirement."""
    page = (DOCS / "decisions" / "0002-dependencies.md").read_text("utf-8")
    section = page.partition(f"## {file}")[2].partition("\n## ")[0]
    with_reasons = re.findall(r"^\| `([^`]+)` \| .", section, re.MULTILINE)
    assert sorted(with_reasons) == sorted(_REQUIREMENT.findall((ROOT / file).read_text("utf-8")))


def test_changes_has_this_version() -> None:
    """CHANGES.md has a section for this version, with at least one line."""
    changes = (ROOT / "CHANGES.md").read_text("utf-8")
    section = changes.partition(f"## {council.__version__}")[2].partition("\n## ")[0]
    assert re.search(r"^- \S", section, re.MULTILINE)


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text("utf-8"))

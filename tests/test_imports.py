"""Who may import whom: the layers of the design, kept by reading the code."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COUNCIL = ROOT / "council"

BASE = ("errors", "settings", "clock", "log", "jsontext", "meters", "redact", "tls", "trace")
WORDS = ("meeting", "events", "commands", *BASE)
BASES = ("llm.base", "search.base", "store", "bus.base", "dispatch.base", *WORDS)
"""web -> engine, live, consult, board -> (bases of) llm, search, store, bus, dispatch -> meeting, events, commands
-> base."""

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (), "clock": (), "jsontext": ("errors",), "settings": ("errors",), "log": ("redact", "settings"),
    "meters": (), "redact": (), "tls": (), "trace": ("errors", "settings"),
    "events": BASE, "commands": BASE,
    "meeting": WORDS,
    "store": ("store", *WORDS),
    "llm": ("llm", *WORDS),
    "search": ("search", "llm.connection", "llm.pace", "llm.address", *WORDS),
    "bus": ("bus", "live.frames", *WORDS),
    "dispatch": ("dispatch", *WORDS),
    "live": ("live", *BASES),
    "engine": ("engine", "live", *BASES),
    "people": ("people", "live.hub", "llm.address", *BASES),
    "parts": ("engine", "live", "llm", "people", *BASES),
    "export": ("export", "store", *WORDS),
    "web": ("web", "people", "export", "parts", "engine", "live", "llm", *BASES),
    "cli": ("cli", "people", "llm", *BASES),
    "__main__": ("cli",),
}  # fmt: skip
MAY_IMPORT["application"] = tuple(MAY_IMPORT)
IMPURE = {
    "threading",
    "time",
    "random",
    "socket",
    "flask",
    "sqlalchemy",
    "secrets",
    "os",
    "pathlib",
    "council.clock",
}
SIMPLE_WEBSOCKET_IN = {"live/socket.py"}


@dataclass(frozen=True, slots=True)
class Import:
    """One import, and where it stands."""

    path: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.name}"


def imports_of(path: Path) -> Iterator[Import]:
    """Every module that a file imports, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative imports are not used here"
            module = node.module or ""
            for alias in node.names:
                deeper = (COUNCIL.parent / f"{module}.{alias.name}".replace(".", "/")).with_suffix(".py")
                package = COUNCIL.parent / f"{module}.{alias.name}".replace(".", "/")
                is_module = deeper.exists() or package.is_dir()
                yield Import(path, node.lineno, f"{module}.{alias.name}" if is_module else module)


def files() -> list[Path]:
    return sorted(COUNCIL.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.relative_to(COUNCIL).parts[0].removesuffix(".py")


def test_every_layer_has_its_rule() -> None:
    """A new package says where it belongs."""
    assert {layer_of(path) for path in files()} - {"__init__"} <= MAY_IMPORT.keys()


@pytest.mark.parametrize("layer", sorted(MAY_IMPORT))
def test_layers_import_downwards_only(layer: str) -> None:
    """Implementations are joined in ``create_app`` only; everything else imports what is below it."""
    allowed = tuple(f"council.{name}" for name in MAY_IMPORT[layer])
    wrong = [
        str(found)
        for path in files()
        if layer_of(path) == layer
        for found in imports_of(path)
        if found.name.split(".")[0] == "council"
        and not any(found.name == name or found.name.startswith(f"{name}.") for name in allowed)
        and found.name != "council"
    ]
    assert wrong == []


def test_meetings_are_pure() -> None:
    """``meeting/`` has no I/O, no threads and no clock."""
    wrong = [
        str(found)
        for path in (COUNCIL / "meeting").glob("*.py")
        for found in imports_of(path)
        if found.name in IMPURE or found.name.split(".")[0] in IMPURE
    ]
    assert wrong == []


def test_only_the_terminal_draws() -> None:
    """``rich`` is imported by the commands of the terminal, and by no part of a server."""
    found = [str(each) for path in files() for each in imports_of(path) if each.name.split(".")[0] == "rich"]
    assert [each for each in found if not each.startswith("council/cli/")] == []


def test_one_file_touches_simple_websocket() -> None:
    """``live/socket.py`` is the only one."""
    found = {
        str(path.relative_to(COUNCIL))
        for path in files()
        for each in imports_of(path)
        if each.name.split(".")[0] == "simple_websocket"
    }
    assert found <= SIMPLE_WEBSOCKET_IN

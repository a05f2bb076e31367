"""Which JavaScript modules a page needs, so that the browser fetches all at once instead of one after another."""

import re
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
_IMPORT = re.compile(r"""^(?:import|export)\s[^;]*?["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)
_LATER = re.compile(r"""\bimport\(\s*["'](\.{1,2}/[^"']+)["']\s*\)""")


@cache
def modules_of(page: str, later: bool = False) -> tuple[str, ...]:
    """The page's module and all it imports, as paths below ``static``; none for a page without a script.

    ``later``: with those it fetches only when they are called for.
    """
    start = SCRIPTS / "main.js"
    entry = SCRIPTS / "pages" / f"{page}.js"
    found: dict[Path, None] = {}
    waiting = [start, *([entry] if entry.exists() else [])]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found[module] = None
            waiting += _imports(
                module, later=later and module != start
            )  # Every page is a later part of main.js.
    return tuple(module.relative_to(SCRIPTS.parent).as_posix() for module in found)


def _imports(module: Path, later: bool) -> list[Path]:
    source = module.read_text("utf-8")
    paths = _IMPORT.findall(source) + (_LATER.findall(source) if later else [])
    return [(module.parent / path).resolve() for path in paths]

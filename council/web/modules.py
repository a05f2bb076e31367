"""Which JavaScript modules a page needs, so that the browser fetches all at once instead of one after another."""

import re
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
_IMPORT = re.compile(r"""^(?:import|export)\s[^;]*?["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)


@cache
def modules_of(page: str) -> tuple[str, ...]:
    """The page's module and all it imports, as paths below ``static``; none for a page without a script."""
    entry = SCRIPTS / "pages" / f"{page}.js"
    found: dict[Path, None] = {}
    waiting = [SCRIPTS / "main.js", *([entry] if entry.exists() else [])]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found[module] = None
            waiting += [
                (module.parent / path).resolve() for path in _IMPORT.findall(module.read_text("utf-8"))
            ]
    return tuple(module.relative_to(SCRIPTS.parent).as_posix() for module in found)

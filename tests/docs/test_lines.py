"""The reference of log lines has every line that the code writes, and no other."""

import ast
import re
from collections.abc import Iterator

from council.live.life import LIFE
from tests.docs.markdown import ROOT

_EVENT = re.compile(r"^\| `([a-z]+\.[a-z_]+)` \|", re.MULTILINE)
_NAME = re.compile(r"[a-z]+\.[a-z_]+")
_LEVELS = {"debug", "info", "warning", "error", "exception"}


def test_every_line_is_in_the_reference() -> None:
    """Those included whose name is put together where they are written."""
    page = (ROOT / "docs" / "reference" / "logs.md").read_text("utf-8")
    listed = _EVENT.findall(page)
    assert sorted(set(listed)) == sorted(listed)
    assert set(listed) == set(_constant_names()) | _made_names()


def test_names_are_of_one_kind() -> None:
    """What it is about, a dot, what happened; exceptions in libraries' own loggers are sentences."""
    assert [name for name in _made_names() if not _NAME.fullmatch(name)] == []


def _made_names() -> set[str]:
    finished = {"completed", "failed", "cancelled"}
    lives = {f"session.{name}" for name in LIFE.values() if name not in finished}
    return lives | {f"{kind}.{what}" for kind in ("socket", "stream") for what in ("opened", "closed")}


def _constant_names() -> Iterator[str]:
    """The first argument of every ``log.info(...)`` and its like, on one line or after ``get_logger()``."""
    for path in [*(ROOT / "council").rglob("*.py"), ROOT / "gunicorn.conf.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr=level) | ast.Name(id=level),
                    args=[ast.Constant(value=str(name)), *_],
                ) if level in _LEVELS | {"tell"} and _NAME.fullmatch(name):
                    yield name

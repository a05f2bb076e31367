"""A new database, ready to be used: nearly every test begins with one, and making it step by step takes its time."""

import os
import tempfile
from functools import cache
from pathlib import Path

from council.store.engine import Store
from council.store.migrations import migrate


def lay_out(data_dir: Path) -> None:
    """Put an empty database of the newest version where a Council would make it, unless there is one."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / "council.db"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(_new())


@cache
def _new() -> bytes:
    """As the migrations make it, once for this process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "council.db"
        store = Store(f"sqlite:///{path}")
        migrate(store)
        store.close()
        return path.read_bytes()

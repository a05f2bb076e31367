"""What a process is denied while it runs, and is given back: room in its files, or descriptors."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def no_files_over(pid: int, size_bytes: int) -> Iterator[None]:
    """No file of that process grows beyond this size: what it writes there fails, as on a disk with a quota."""
    with _limited(pid, resource.RLIMIT_FSIZE, size_bytes):
        yield


@contextmanager
def no_new_descriptors(pid: int) -> Iterator[None]:
    """That process accepts no connection: it has six descriptors left, which the server keeps for its files."""
    with _limited(pid, resource.RLIMIT_NOFILE, _with_free(pid, 6)):
        yield


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """The file system of this folder is full to its last byte."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            _write_some(file.fileno())
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def _limited(pid: int, what: int, most: int) -> Iterator[None]:
    before = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (most, before[1]))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, what, before)


def _with_free(pid: int, count: int) -> int:
    """The limit below which so many descriptors are free."""
    used = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    return sorted(set(range(len(used) + count + 1)) - used)[count]


def _write_some(fd: int) -> None:
    """As much as there is room for. Raises OSError when there is none."""
    for size in (65_536, 512, 1):
        try:
            os.write(fd, b"\0" * size)
            return
        except OSError as problem:
            if problem.errno != errno.ENOSPC or size == 1:
                raise

"""Calls of the C library that keep the interpreter lock.

``socket.send`` gives the lock away at every call; beside one busy thread a loop over 100 sockets then waits
up to 5 ms for each of them. A send that cannot block is over in microseconds and may keep it. So may ``dup`` and
``close``, of which the server makes eight each for every connection that it accepts.
"""

import ctypes
import os
from collections.abc import Callable
from typing import Any

Send = Callable[[int, bytes, int, int], int]


def _find(name: str, takes: tuple[Any, ...], gives: Any) -> Any:
    """``None`` where there is no such library."""
    try:
        call = getattr(ctypes.PyDLL(None), name)
    except (OSError, AttributeError, TypeError):
        return None
    call.argtypes, call.restype = takes, gives
    return call


def _no_libc(fd: int, data: bytes, length: int, flags: int) -> int:
    return -1


# Octets sent, or -1 whatever the reason was: the caller then asks ``socket.send``, which says it.
send_keeping_gil: Send = (
    _find("send", (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int), ctypes.c_ssize_t)
    or _no_libc
)
_dup = _find("dup", (ctypes.c_int,), ctypes.c_int)
_close = _find("close", (ctypes.c_int,), ctypes.c_int) or os.close


def has_free(count: int, fd: int) -> bool:
    """Whether so many more descriptors can be had; ``fd`` is any that is open."""
    made: list[int] = []
    while len(made) < count and (another := _duplicate(fd)) >= 0:
        made.append(another)
    for each in made:
        _close(each)
    return len(made) == count


def _duplicate(fd: int) -> int:
    """Another number for it; -1: there is none."""
    if _dup is not None:
        return int(_dup(fd))
    try:
        return os.dup(fd)
    except OSError:
        return -1

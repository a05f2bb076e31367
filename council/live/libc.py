"""A send that keeps the interpreter lock.

``socket.send`` gives the lock away at every call; beside one busy thread a loop over 100 sockets then waits
up to 5 ms for each of them. A send that cannot block is over in microseconds and may keep it.
"""

import ctypes
from collections.abc import Callable

Send = Callable[[int, bytes, int, int], int]


def _find_send() -> Send:
    try:
        send = ctypes.PyDLL(None).send
    except (OSError, AttributeError, TypeError):
        return _no_libc
    send.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
    send.restype = ctypes.c_ssize_t
    return send


def _no_libc(fd: int, data: bytes, length: int, flags: int) -> int:
    return -1


# Octets sent, or -1 whatever the reason was: the caller then asks ``socket.send``, which says it.
send_keeping_gil: Send = _find_send()

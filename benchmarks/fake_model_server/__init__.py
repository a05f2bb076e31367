"""The fake model server: any number of chunks at any pace, from C, on the load client's core."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import LOAD_CORE, compiled, free_port, program


@contextmanager
def fake_model_server() -> Iterator[str]:
    """Its base URL, as an OpenAI client wants it."""
    port = free_port()
    with program([compiled(Path(__file__).parent / "fake_model_server.c"), str(port)], LOAD_CORE) as server:
        server.answer()
        yield f"http://127.0.0.1:{port}/v1"


def model(chunks: int, rate: float = 0, *, stamped: bool = False) -> str:
    """The name of a model that answers with so many chunks, ``rate`` a second (0: as fast as they are read)."""
    return f"fake-n{chunks}-r{rate:g}" + ("-t" if stamped else "")

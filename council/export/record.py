"""The export as JSON: everything that is known of a meeting, to be read by programs."""

from collections.abc import Iterable, Iterator

from council.export.material import Material
from council.jsontext import dump

FORMAT = "council-session"
VERSION = 1


def record(material: Material) -> Iterator[str]:
    """The snapshot, every version of every file, and the log up to the snapshot's ``seq``, piece by piece."""
    about = {"format": FORMAT, "version": VERSION, "exported_at": material.exported_at}
    yield f'{dump(about | {"session": material.snapshot})[:-1]},"files":['
    yield from _listed(dump(file) for file in material.files())
    yield '],"events":['
    yield from _listed(envelope.decode() for envelope in material.events())
    yield "]}\n"


def _listed(values: Iterable[str]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield f"{',' if number else ''}\n{value}"

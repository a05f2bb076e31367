"""Templates of pages that are compiled once for all tests: each application would do it anew."""

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class _Compiled(BytecodeCache):
    """The bytecode of each template, as long as this process lives. Jinja looks whether the source is the same."""

    def __init__(self) -> None:
        self._bytecode: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._bytecode:
            bucket.bytecode_from_string(self._bytecode[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._bytecode[bucket.key] = bucket.bytecode_to_string()


def keep_compiled() -> None:
    Flask.jinja_options = {"bytecode_cache": _Compiled()}

"""What an export is made of: the snapshot, and the files and the log that belong to it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from council import clock
from council.errors import NotFound
from council.events import TokenUsage, session_channel
from council.export.report import Document
from council.store.archive import Archive

_CITED = re.compile(r'href="#ref=([^":]+):\d+-\d+@(\d+)"')
_PAGE = 1_000
_USAGE = TokenUsage.name.encode()


@dataclass(frozen=True)
class Material:
    """One meeting as it stood at ``seq``. Files and events are read piece by piece, from a log that only grows."""

    archive: Archive
    snapshot: Mapping[str, Any]
    exported_at: str

    @classmethod
    def of(cls, archive: Archive, session_id: str) -> "Material":
        """Raises NotFound."""
        return cls(archive, archive.snapshot(session_id), clock.timestamp())

    @property
    def texts(self) -> dict[str, str]:
        """The messages as they ended, by their ids."""
        return {each["message_id"]: each["content"] for each in self.snapshot["messages"]}

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The newest version of every file, and those that somebody refers to."""
        newest = self._newest
        cited = {(path, version) for path, version in self._cited() if version <= newest.get(path, 0)}
        wanted = sorted({*newest.items(), *cited}, key=lambda each: (each[0], -each[1]))
        return tuple(self._document(path, version, newest[path]) for path, version in wanted)

    def files(self) -> Iterator[dict[str, Any]]:
        """Every version of every file, each path's in order."""
        for path, newest in sorted(self._newest.items()):
            for version in range(1, newest + 1):
                yield self.archive.file(self._session_id, path, version)

    def events(self) -> Iterator[bytes]:
        """The log up to the snapshot. Raises NotFound when the meeting is deleted meanwhile."""
        after, last = 0, self.snapshot["seq"]
        while after < last:
            page = self.archive.events(session_channel(self._session_id), after, min(_PAGE, last - after))
            if not page:
                raise NotFound(f"Session {self._session_id} was deleted while it was exported.")
            for seq, envelope in page:
                yield envelope
                after = seq

    def usages(self) -> Iterator[dict[str, Any]]:
        """What each call of a model has used. Raises NotFound as ``events``."""
        for envelope in self.events():
            if _USAGE in envelope:
                event = json.loads(envelope)
                if event["event"] == TokenUsage.name:
                    yield event["data"]

    @property
    def _session_id(self) -> str:
        return str(self.snapshot["session_id"])

    @cached_property
    def _newest(self) -> dict[str, int]:
        """The newest version of each file, as the snapshot knows them."""
        versions = {each["name"]: 1 for each in self.snapshot["documents"]}
        for file in self.snapshot["files"]:
            versions[file["path"]] = max(file["version"], versions.get(file["path"], 0))
        return versions

    def _cited(self) -> set[tuple[str, int]]:
        found = (_CITED.findall(each["html"] or "") for each in self.snapshot["messages"])
        return {(unquote(path), int(version)) for each in found for path, version in each}

    def _document(self, path: str, version: int, newest: int) -> Document:
        file = self.archive.file(self._session_id, path, version)
        return Document(
            path=path,
            version=version,
            author=file["author"],
            created_at=file["created_at"],
            content=file["content"],
            newest=version == newest,
        )

"""What answers about a meeting's files hold: they describe, nothing is built of them."""

from pydantic import BaseModel, RootModel

from council.web.shapes import Count, Seq, Time, Uuid


class FileVersion(BaseModel):
    path: str
    version: Seq
    author: str
    reason: str
    created_at: Time
    characters: Count


class FileContent(FileVersion):
    content: str


class FilePage(BaseModel):
    items: list[FileVersion]
    next: str | None


class FilesOrFile(RootModel[FilePage | FileContent]):
    """A page of files, or the one that was asked for."""


class FileChange(FileVersion):
    """What changed since the version before; null for the first one."""

    diff: str | None
    added: int | None
    removed: int | None


class FileHistory(BaseModel):
    items: list[FileChange]
    next: int | None


class RolledBack(BaseModel):
    """The new version that says what the old one said."""

    session_id: Uuid
    path: str
    version: Seq
    author: str
    reason: str
    characters: Count

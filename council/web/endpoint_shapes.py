"""What answers about model servers hold: they describe, nothing is built of them."""

from typing import Literal

from pydantic import BaseModel, Field


class EndpointItem(BaseModel):
    """A model server. ``needs_key``: its key was sealed under another secret key, and has to be entered again."""

    provider_id: str
    name: str
    base_url: str
    models: list[str] = Field(description="Empty: it is asked which it has.")
    source: Literal["environment", "file", "page"] = Field(
        description="Where it was set; `file`: its key stands in a file that the environment names."
    )
    set_by: str | None = Field(description="The variable that sets it.")
    has_key: bool
    key_end: str | None = Field(description="The key's last four characters; null when it is short.")
    needs_key: bool


class EndpointList(BaseModel):
    items: list[EndpointItem]
    next: None


class Tried(BaseModel):
    """``fault`` null: it answered."""

    models: list[str]
    fault: str | None
    milliseconds: int

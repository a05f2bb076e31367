"""What answers about people hold, field by field: they describe, nothing is built of them."""

from typing import Literal

from pydantic import BaseModel, Field

from council.people.who import Level, Role
from council.web.shapes import Cursor, Time

ID_PATTERN = "^[0-9a-f]{12}$"


class Me(BaseModel):
    """Who asks; ``user_id`` and ``name`` are null where nobody signs in."""

    user_id: str | None
    name: str | None
    level: Level


class NewToken(BaseModel):
    """A token, told once."""

    token_id: str = Field(pattern=ID_PATTERN)
    token: str = Field(pattern="^ct_")
    expires_at: Time | None


class TokenItem(BaseModel):
    token_id: str = Field(pattern=ID_PATTERN)
    name: str
    scope: Level
    created_at: Time
    expires_at: Time | None
    used_at: Time | None = Field(description="To the minute; null: never.")


class TokenList(BaseModel):
    items: list[TokenItem]
    next: Cursor


class Ticket(BaseModel):
    """Opens one socket: ``/api/v1/ws?ticket=…``."""

    ticket: str
    expires_at: Time


class User(BaseModel):
    user_id: str
    name: str
    role: Role
    disabled: bool
    created_at: Time
    has_password: bool


class UserList(BaseModel):
    items: list[User]
    next: Cursor


class Share(BaseModel):
    """``user`` is a name, or ``*`` for everybody."""

    user: str
    level: Literal["read", "run"]


class ShareList(BaseModel):
    """``owner`` null: made when nobody had to sign in, or whoever made it is gone."""

    owner: str | None
    items: list[Share]
    next: Cursor

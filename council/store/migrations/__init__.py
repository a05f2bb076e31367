"""The database's versions, and how an older one becomes the newest."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.errors import Unavailable
from council.store.engine import Store

HEAD = "0002"
_FOLDER = Path(__file__).parent


def migrate(store: Store) -> None:
    """Bring an empty or older database to HEAD. Safe when several processes start at once."""
    with store.read() as connection:
        if version(connection) == HEAD:
            return
    with store.write() as connection:  # The write lock: a second process waits here, then finds HEAD.
        _upgrade(connection)


def version(connection: Connection) -> str | None:
    """The database's version; ``None`` when it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command  # Only a start that has to migrate pays for this import.
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7230411)"))
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as problem:
        raise Unavailable(
            f"The database has a version this Council does not know ({version(connection)}).",
            hint="It was written by a newer Council. Start that version, or restore a backup.",
        ) from problem

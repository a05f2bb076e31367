"""The database's versions, and how an older one becomes the newest."""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.errors import IllegalTransition, Invalid, Unavailable
from council.store.engine import Store

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script

HEAD = "0006"
_FOLDER = Path(__file__).parent


def migrate(store: Store) -> None:
    """Bring an empty or older database to HEAD. Safe when several processes start at once."""
    with store.read() as connection:
        if version(connection) == HEAD:
            return
    with store.write() as connection:  # The write lock: a second process waits here, then finds HEAD.
        _upgrade(connection)


def rollback(store: Store, target: str) -> None:
    """Bring the database back to an older version; each migration's ``downgrade`` says what is lost.

    For a database that nobody else uses, and after a backup. Either all of it is done or nothing. Raises Invalid for
    a version that there is none of, IllegalTransition for one that is not older.
    """
    with store.write() as connection:
        check_older(target, version(connection))
        _downgrade(connection, target)


def check_older(target: str, present: str | None) -> None:
    """Refuse what there is no way back to. Raises Invalid or IllegalTransition."""
    known = versions()
    if target not in known:
        raise Invalid(f"There is no version {target}.", hint=f"There are {', '.join(known)}.")
    if present not in known or target >= present:
        raise IllegalTransition(
            f"The database has version {present or 'none'}, and {target} is not an older one.",
            hint="A rollback needs the Council that wrote the database, or a newer one.",
        )


def losses(present: str, target: str) -> list[str]:
    """What each step back from one version to an older one costs, as its migration says it."""
    steps = [script for script in _scripts() if target < script.revision <= present]
    return [inspect.cleandoc(script.module.downgrade.__doc__ or "") for script in steps]


def versions() -> list[str]:
    """Every version there is, oldest first."""
    return sorted(script.revision for script in _scripts())


def version(connection: Connection) -> str | None:
    """The database's version; ``None`` when it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command  # Only a start that has to migrate pays for this import.
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7230411)"))
    try:
        command.upgrade(_config(connection), "head")
    except CommandError as problem:
        raise Unavailable(
            f"The database has a version this Council does not know ({version(connection)}).",
            hint="It was written by a newer Council. Start that version, or restore a backup.",
        ) from problem


def _downgrade(connection: Connection, target: str) -> None:
    from alembic import command

    command.downgrade(_config(connection), target)


def _scripts() -> "list[Script]":
    """Every migration, newest first."""
    from alembic.script import ScriptDirectory

    return list(ScriptDirectory(str(_FOLDER)).walk_revisions())


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config

"""Alembic's entry: run the migrations on the connection that was passed in."""

from alembic import context

from council.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

"""Where people put the nodes of their templates."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("templates", sa.Column("layout", sa.JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Lost: where people put the nodes of their templates."""
    op.drop_column("templates", "layout")

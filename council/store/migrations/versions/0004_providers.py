"""Providers: the model servers that admins entered in a page, their keys encrypted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "providers",
        sa.Column("provider_id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("base_url", sa.String(512), nullable=False),
        sa.Column("models", sa.JSON, nullable=False),
        sa.Column("sealed_key", sa.Text),
        sa.Column("key_end", sa.String(4)),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("updated_at", sa.String(24), nullable=False),
    )


def downgrade() -> None:
    """Lost: the model servers that were entered in a page, with their keys."""
    op.drop_table("providers")

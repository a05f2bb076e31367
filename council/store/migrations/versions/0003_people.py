"""People: who may sign in, with what, and whose the things are."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

OWNED = ("sessions", "templates", "agents", "groups")


def upgrade() -> None:
    for table in OWNED:
        op.add_column(table, sa.Column("owned_by", sa.String(36)))
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("subject", sa.String(512), unique=True),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.String(24), nullable=False),
    )
    op.create_table(
        "credentials",
        sa.Column("credential_id", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("made_with", sa.String(16)),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("expires_at", sa.String(24)),
        sa.Column("used_at", sa.String(24)),
    )
    op.create_table(
        "shares",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("thing_id", sa.String(128), primary_key=True),
        sa.Column("user_id", sa.String(36), primary_key=True),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
    )
    op.create_index("sessions_of_an_owner", "sessions", ["owned_by", "status"])
    op.create_index("credentials_of_a_user", "credentials", ["user_id", "kind"])
    op.create_index("credentials_by_expiry", "credentials", ["expires_at"])
    op.create_index("shares_with_a_user", "shares", ["user_id", "kind"])


def downgrade() -> None:
    """Lost: users, their credentials, shares, and whose the things are."""
    op.drop_index("sessions_of_an_owner", "sessions")
    for table in ("shares", "credentials", "users"):
        op.drop_table(table)
    for table in OWNED:
        op.drop_column(table, "owned_by")

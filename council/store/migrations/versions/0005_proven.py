"""When people last came through the OpenID provider: tokens of who has left there are to rest."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Who is linked was there when they made their newest token or signed in last, as far as that is known."""
    op.add_column("users", sa.Column("proven_at", sa.String(24)))
    op.execute(
        "UPDATE users SET proven_at = (SELECT max(created_at) FROM credentials"
        " WHERE credentials.user_id = users.user_id) WHERE subject IS NOT NULL"
    )


def downgrade() -> None:
    """Lost: when people last came through the OpenID provider, so that their tokens do not rest any more."""
    op.drop_column("users", "proven_at")

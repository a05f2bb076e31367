"""When people last came through the OpenID provider: tokens of who has left there are to rest."""

import sqlalchemy as sa
from alembic import op

from council import clock

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nobody knows when those who are linked came last: their tokens have the whole time from now on."""
    op.add_column("users", sa.Column("proven_at", sa.String(24)))
    linked = sa.text("UPDATE users SET proven_at = :now WHERE subject IS NOT NULL")
    op.execute(linked.bindparams(now=clock.timestamp()))


def downgrade() -> None:
    """Lost: when people last came through the OpenID provider, so that their tokens do not rest any more."""
    op.drop_column("users", "proven_at")

"""The first tables: channels, events, sessions, steps, messages, documents, commands."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("channel", sa.String(96), primary_key=True),
        sa.Column("epoch", sa.String(16), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "events",
        sa.Column("channel", sa.String(96), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("node_id", sa.String(128)),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("envelope", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("template_id", sa.String(128), nullable=False),
        sa.Column("graph", sa.JSON, nullable=False),
        sa.Column("agents", sa.JSON, nullable=False),
        sa.Column("panel", sa.JSON, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("objective", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("waiting_for", sa.JSON),
        sa.Column("stop_requested", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("node_statuses", sa.JSON, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False, server_default="0"),
        sa.Column("output_tokens", sa.Integer, nullable=False, server_default="0"),
        sa.Column("cost_nano_usd", sa.BigInteger),
        sa.Column("unknown_price_tokens", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("started_at", sa.String(24)),
        sa.Column("ended_at", sa.String(24)),
        sa.Column("paused_at", sa.String(24)),
        sa.Column("paused_seconds", sa.Float, nullable=False, server_default="0"),
        sa.Column("verdict", sa.JSON),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease_clock", sa.String(64)),
        sa.Column("lease_until", sa.Float),
        sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
        sa.Column("crashed_in", sa.Text),
        sa.Column("crashes", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("sessions_by_time", "sessions", ["created_at", "session_id"])
    op.create_index("sessions_by_status", "sessions", ["status"])
    op.create_table(
        "steps",
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("step_key", sa.String(320), primary_key=True),
        sa.Column("result", sa.JSON, nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("message_id", sa.String(36), primary_key=True),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("node_id", sa.String(128)),
        sa.Column("agent_id", sa.String(128)),
        sa.Column("agent_name", sa.String(255)),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("thinking", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("finish", sa.String(16)),
    )
    op.create_index("messages_in_order", "messages", ["session_id", "seq"])
    op.create_table(
        "documents",
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "commands",
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("command_id", sa.String(64), primary_key=True),
        sa.Column("cmd", sa.String(32), nullable=False),
        sa.Column("result", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    for table in ("commands", "documents", "messages", "steps", "sessions", "events", "channels"):
        op.drop_table(table)

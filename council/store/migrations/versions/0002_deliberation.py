"""Deliberation whole: files, waits, templates, agents, groups, knowledge, and what a session has of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = ("knowledge", "groups", "agents", "templates", "waits", "files")
OF_A_SESSION = (
    "waiting_since", "waited_seconds", "parked", "group_id", "group_prompt", "prompts", "cap", "budget",
    "estimate", "rerun_of",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("sessions", sa.Column("waiting_since", sa.String(24)))
    op.add_column("sessions", sa.Column("waited_seconds", sa.Float, nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("parked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("sessions", sa.Column("group_id", sa.String(128)))
    op.add_column("sessions", sa.Column("group_prompt", sa.Text))
    op.add_column("sessions", sa.Column("prompts", sa.JSON))
    op.add_column("sessions", sa.Column("cap", sa.JSON))
    op.add_column("sessions", sa.Column("budget", sa.JSON))
    op.add_column("sessions", sa.Column("estimate", sa.JSON))
    op.add_column("sessions", sa.Column("rerun_of", sa.JSON))
    op.add_column("messages", sa.Column("round", sa.Integer, nullable=False, server_default="1"))
    op.create_table(
        "files",
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("path", sa.String(255), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("author", sa.String(255), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
    )
    op.create_table(
        "waits",
        sa.Column("session_id", sa.String(36), primary_key=True),
        sa.Column("node_id", sa.String(128), primary_key=True),
        sa.Column("step_key", sa.String(320), nullable=False),
        sa.Column("review_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("opened_at", sa.String(24), nullable=False),
        sa.Column("remind_at", sa.String(24)),
        sa.Column("expires_at", sa.String(24)),
    )
    op.create_table(
        "templates",
        sa.Column("template_id", sa.String(128), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("description", sa.String(512), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("graph", sa.JSON, nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("updated_at", sa.String(24), nullable=False),
    )
    op.create_table(
        "agents",
        sa.Column("agent_id", sa.String(128), primary_key=True),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("updated_at", sa.String(24), nullable=False),
    )
    op.create_table(
        "groups",
        sa.Column("group_id", sa.String(128), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("description", sa.String(512), nullable=False),
        sa.Column("system_prompt", sa.Text, nullable=False),
        sa.Column("default_agents", sa.JSON, nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("updated_at", sa.String(24), nullable=False),
    )
    op.create_table(
        "knowledge",
        sa.Column("knowledge_id", sa.Integer, primary_key=True),
        sa.Column("group_id", sa.String(128), nullable=False),
        sa.Column("layer", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("session_id", sa.String(36)),
        sa.Column("node_id", sa.String(128)),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("expires_at", sa.String(24)),
        sa.Column("promoted_at", sa.String(24)),
    )
    op.create_index("waits_by_expiry", "waits", ["expires_at"])
    op.create_index("knowledge_of_a_group", "knowledge", ["group_id", "layer", "created_at"])
    _documents_are_files()
    _search_index()


def downgrade() -> None:
    """Lost: files beyond the documents as they were given, own templates and agents, groups, what they know, caps.

    What waits for a person is asked anew after the next upgrade. The log keeps all its events.
    """
    _drop_search_index()
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("messages", "round")
    for column in OF_A_SESSION:
        op.drop_column("sessions", column)


def _documents_are_files() -> None:
    """What meetings were given before there were files is their first version; of two of one name, the first."""
    op.execute(
        "INSERT INTO files (session_id, path, version, content, author, reason, created_at) "
        "SELECT d.session_id, d.name, 1, d.content, 'person', 'given', s.created_at "
        "FROM documents d JOIN sessions s ON s.session_id = d.session_id "
        "WHERE d.position = (SELECT MIN(e.position) FROM documents e "
        "WHERE e.session_id = d.session_id AND e.name = d.name)"
    )


def _search_index() -> None:
    """Trigrams find CJK text and parts of words alike; the index follows the table by triggers."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "CREATE VIRTUAL TABLE knowledge_index USING fts5("
        "title, content, content='knowledge', content_rowid='knowledge_id', tokenize='trigram')"
    )
    op.execute(
        "CREATE TRIGGER knowledge_added AFTER INSERT ON knowledge BEGIN "
        "INSERT INTO knowledge_index(rowid, title, content) VALUES (new.knowledge_id, new.title, new.content); END"
    )
    op.execute(
        "CREATE TRIGGER knowledge_removed AFTER DELETE ON knowledge BEGIN "
        "INSERT INTO knowledge_index(knowledge_index, rowid, title, content) "
        "VALUES ('delete', old.knowledge_id, old.title, old.content); END"
    )
    op.execute(
        "CREATE TRIGGER knowledge_changed AFTER UPDATE OF title, content ON knowledge BEGIN "
        "INSERT INTO knowledge_index(knowledge_index, rowid, title, content) "
        "VALUES ('delete', old.knowledge_id, old.title, old.content); "
        "INSERT INTO knowledge_index(rowid, title, content) VALUES (new.knowledge_id, new.title, new.content); END"
    )


def _drop_search_index() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for trigger in ("knowledge_added", "knowledge_removed", "knowledge_changed"):
        op.execute(f"DROP TRIGGER {trigger}")
    op.execute("DROP TABLE knowledge_index")

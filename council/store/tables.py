"""The tables, each with what a row of it stands for."""

import sqlalchemy as sa

metadata = sa.MetaData()

# One numbered log. ``epoch`` changes when the log was restored, cut or pruned.
channels = sa.Table(
    "channels",
    metadata,
    sa.Column("channel", sa.String(96), primary_key=True),
    sa.Column("epoch", sa.String(16), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False, server_default="0"),
)

# One thing that happened on a channel; ``envelope`` is the JSON as it travels.
events = sa.Table(
    "events",
    metadata,
    sa.Column("channel", sa.String(96), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("node_id", sa.String(128)),
    sa.Column("at", sa.String(24), nullable=False),
    sa.Column("envelope", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

# One meeting: what it is about, how far it is, and who runs it.
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session_id", sa.String(36), primary_key=True),
    sa.Column("template_id", sa.String(128), nullable=False),
    sa.Column("graph", sa.JSON, nullable=False),
    sa.Column("agents", sa.JSON, nullable=False),  # By node, as they were when it started.
    sa.Column("panel", sa.JSON, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("objective", sa.Text, nullable=False),
    sa.Column(
        "fingerprint", sa.String(64), nullable=False
    ),  # Of the body that started it: the same again is no conflict.
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("waiting_for", sa.JSON),
    sa.Column("stop_requested", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("node_statuses", sa.JSON, nullable=False),
    sa.Column("input_tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("output_tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("cost_nano_usd", sa.BigInteger),  # NULL until a call with a known price.
    sa.Column("unknown_price_tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.String(24), nullable=False),
    sa.Column("started_at", sa.String(24)),
    sa.Column("ended_at", sa.String(24)),
    sa.Column("paused_at", sa.String(24)),
    sa.Column("paused_seconds", sa.Float, nullable=False, server_default="0"),
    sa.Column(
        "waiting_since", sa.String(24)
    ),  # Since nobody but a person is waited for; NULL when somebody works.
    sa.Column("waited_seconds", sa.Float, nullable=False, server_default="0"),
    # Nothing is left to do before a person has answered: nobody takes it up until then.
    sa.Column("parked", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("verdict", sa.JSON),
    sa.Column("group_id", sa.String(128)),
    sa.Column("group_prompt", sa.Text),  # As it was when it started.
    sa.Column("prompts", sa.JSON),  # The words of the room as they were when it started; NULL: today's.
    sa.Column("cap", sa.JSON),  # {"usd", "tokens", "seconds"}, each a number or null; NULL: none at all.
    sa.Column("budget", sa.JSON),  # The last budget event's data.
    sa.Column("estimate", sa.JSON),  # Made before the start.
    sa.Column("rerun_of", sa.JSON),  # {"session_id", "node_id"} of the meeting whose beginning it shares.
    sa.Column("owned_by", sa.String(36)),  # Whose it is; NULL: made when nobody had to sign in.
    # Who runs it. ``lease_until`` is in seconds of ``lease_clock``, which names the clock it was read from.
    sa.Column("owner", sa.String(64)),
    sa.Column("lease_clock", sa.String(64)),
    sa.Column("lease_until", sa.Float),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("crashed_in", sa.Text),
    sa.Column("crashes", sa.Integer, nullable=False, server_default="0"),
    sa.Index("sessions_by_time", "created_at", "session_id"),
    sa.Index("sessions_by_status", "status"),
    sa.Index("sessions_of_an_owner", "owned_by", "status"),
)

# One answer that is not asked for again.
steps = sa.Table(
    "steps",
    metadata,
    sa.Column("session_id", sa.String(36), primary_key=True),
    sa.Column("step_key", sa.String(320), primary_key=True),
    sa.Column("result", sa.JSON, nullable=False),
)

# One message; ``seq`` is the number of its first event, ``content`` is whole once it is finished.
messages = sa.Table(
    "messages",
    metadata,
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
    sa.Column("round", sa.Integer, nullable=False, server_default="1"),
    sa.Index("messages_in_order", "session_id", "seq"),
)

# One text that the meeting is about.
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("session_id", sa.String(36), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)

# One command that had its effect; asked again, it is answered with the same result.
commands = sa.Table(
    "commands",
    metadata,
    sa.Column("session_id", sa.String(36), primary_key=True),
    sa.Column("command_id", sa.String(64), primary_key=True),
    sa.Column("cmd", sa.String(32), nullable=False),
    sa.Column("result", sa.JSON, nullable=False),
)

# One version of a file of a meeting. Its documents are the first versions; nothing is ever overwritten.
files = sa.Table(
    "files",
    metadata,
    sa.Column("session_id", sa.String(36), primary_key=True),
    sa.Column("path", sa.String(255), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("author", sa.String(255), nullable=False),
    sa.Column("reason", sa.String(1000), nullable=False),
    sa.Column("created_at", sa.String(24), nullable=False),
)

# One thing a meeting waits for a person to say. Answered, it is gone: the answer is a step.
waits = sa.Table(
    "waits",
    metadata,
    sa.Column("session_id", sa.String(36), primary_key=True),
    sa.Column("node_id", sa.String(128), primary_key=True),
    sa.Column("step_key", sa.String(320), nullable=False),  # Where the answer is recorded.
    sa.Column("review_id", sa.String(36), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("request", sa.JSON, nullable=False),  # The event's data, and what happens when nobody comes.
    sa.Column("opened_at", sa.String(24), nullable=False),
    sa.Column("remind_at", sa.String(24)),  # NULL: no reminder, or it was given.
    sa.Column("expires_at", sa.String(24)),  # NULL: for ever.
    sa.Index("waits_by_expiry", "expires_at"),
)

# One template of the users' own; the built-in ones are files.
templates = sa.Table(
    "templates",
    metadata,
    sa.Column("template_id", sa.String(128), primary_key=True),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("description", sa.String(512), nullable=False),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("graph", sa.JSON, nullable=False),
    sa.Column("layout", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("owned_by", sa.String(36)),
    sa.Column("created_at", sa.String(24), nullable=False),
    sa.Column("updated_at", sa.String(24), nullable=False),
)

# One agent of the users' own; ``body`` is all of it but its id.
agents = sa.Table(
    "agents",
    metadata,
    sa.Column("agent_id", sa.String(128), primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("owned_by", sa.String(36)),
    sa.Column("created_at", sa.String(24), nullable=False),
    sa.Column("updated_at", sa.String(24), nullable=False),
)

# People who meet more than once: what they want said to every member, who usually sits, what they know.
groups = sa.Table(
    "groups",
    metadata,
    sa.Column("group_id", sa.String(128), primary_key=True),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("description", sa.String(512), nullable=False),
    sa.Column("system_prompt", sa.Text, nullable=False),
    sa.Column("default_agents", sa.JSON, nullable=False),  # Node id -> agent id, by template id.
    sa.Column("owned_by", sa.String(36)),
    sa.Column("created_at", sa.String(24), nullable=False),
    sa.Column("updated_at", sa.String(24), nullable=False),
)

# One thing a group knows. ``layer`` is working (until ``expires_at``) or long_term (what a person promoted).
knowledge = sa.Table(
    "knowledge",
    metadata,
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
    sa.Index("knowledge_of_a_group", "group_id", "layer", "created_at"),
)

# One person who may sign in. ``role`` is admin, member or viewer.
users = sa.Table(
    "users",
    metadata,
    sa.Column("user_id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.String(255)),  # NULL: signs in elsewhere only.
    sa.Column("subject", sa.String(512), unique=True),  # Who they are at the OpenID provider: issuer and sub.
    sa.Column("proven_at", sa.String(24)),  # When they last came through it, or were linked; NULL: never.
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", sa.String(24), nullable=False),
)

# One secret that says who asks: a sign-in's cookie, an API token, a socket's ticket. Only its hash is kept.
credentials = sa.Table(
    "credentials",
    metadata,
    sa.Column("credential_id", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("user_id", sa.String(36), nullable=False),
    sa.Column("scope", sa.String(16), nullable=False),  # read, run or admin: never more than the user's role.
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("made_with", sa.String(16)),  # A ticket ends with the credential that it was asked for with.
    sa.Column("created_at", sa.String(24), nullable=False),
    sa.Column("expires_at", sa.String(24)),  # NULL: never.
    sa.Column("used_at", sa.String(24)),
    sa.Index("credentials_of_a_user", "user_id", "kind"),
    sa.Index("credentials_by_expiry", "expires_at"),
)

# One thing that somebody else may read, or change as well. ``user_id`` is ``*`` for everybody who can sign in.
shares = sa.Table(
    "shares",
    metadata,
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("thing_id", sa.String(128), primary_key=True),
    sa.Column("user_id", sa.String(36), primary_key=True),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("created_at", sa.String(24), nullable=False),
    sa.Index("shares_with_a_user", "user_id", "kind"),
)

# One model server that an admin entered in a page. The key is sealed, and its last characters tell it from others.
providers = sa.Table(
    "providers",
    metadata,
    sa.Column("provider_id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("base_url", sa.String(512), nullable=False),
    sa.Column("models", sa.JSON, nullable=False),  # Names; empty: the server is asked which it has.
    sa.Column("sealed_key", sa.Text),
    sa.Column("key_end", sa.String(4)),
    sa.Column("created_at", sa.String(24), nullable=False),
    sa.Column("updated_at", sa.String(24), nullable=False),
)

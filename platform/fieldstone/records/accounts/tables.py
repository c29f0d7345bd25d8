"""System tables of accounts. Secrets are kept only as hashes."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import PASSING, system_metadata

session = sa.Table(
    "fs_session",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("secret_hash", Text, nullable=False, unique=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("address", Text, nullable=False),
    sa.Column("agent", Text, nullable=False),
    sa.Column("method", Text),
    sa.Column("acting_as", Id, sa.ForeignKey("fs_user.id"), index=True),
    sa.Column("acting_since", UtcDateTime),
    info={PASSING: True},
)
"""Browsers that are logged in. `agent` is what the browser says it is, `method` how the user came in;
`acting_as` the user in whose place an administrator acts."""

token = sa.Table(
    "fs_token",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("secret_hash", Text, nullable=False, unique=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False, index=True),
    sa.Column("label", Text, nullable=False),
    sa.Column("scopes", Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("used_at", UtcDateTime),
)
"""Keys of programs. `scopes` are separated by spaces, "" for everything the owner may do."""

login_attempt = sa.Table(
    "fs_login_attempt",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("account", Text, nullable=False),
    sa.Column("address", Text, nullable=False),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id")),
    sa.Column("outcome", Text, nullable=False),
    sa.Index("fs_login_attempt_account", "account", "at"),
    sa.Index("fs_login_attempt_address", "address", "at"),
    info={PASSING: True},
)
"""Attempts to guess something, counted by the throttle. `account` is a digest of what was typed as user name (which may
be a password by mistake); `outcome` is failed (also while it is being decided), passed, or forgiven."""

login_link = sa.Table(
    "fs_login_link",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("secret_hash", Text, nullable=False, unique=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False),
    sa.Column("purpose", Text, nullable=False, server_default="log_in"),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
    info={PASSING: True},
)
"""Links that work once. `purpose`: log_in, or password (to choose another one)."""

login_step = sa.Table(
    "fs_login_step",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("secret_hash", Text, nullable=False, unique=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False, index=True),
    sa.Column("method", Text, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    info={PASSING: True},
)
"""Log-ins whose first step is done and that wait for the second factor. `method` is that of the first step."""

second_factor = sa.Table(
    "fs_second_factor",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("secret", Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("confirmed_at", UtcDateTime),
    sa.Column("last_step", Id),
)
"""The keys of the authenticator apps, encrypted with the site's key. In force once `confirmed_at` is set; codes
of the time step `last_step` and earlier ones have been used."""

recovery_code = sa.Table(
    "fs_recovery_code",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False, index=True),
    sa.Column("code_hash", Text, nullable=False),
    sa.Column("used_at", UtcDateTime),
)
"""Codes that stand in for the authenticator app, each once."""

log_in = sa.Table(
    "fs_log_in",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id")),
    sa.Column("method", Text, nullable=False),
    sa.Column("outcome", Text, nullable=False),
    sa.Column("address", Text, nullable=False),
    sa.Column("agent", Text, nullable=False),
    sa.Column("by", Id, sa.ForeignKey("fs_user.id")),
    sa.Index("fs_log_in_user", "user_id", "id"),
)
"""The history of log-ins (`records.accounts.log_ins`). `user_id` NULL: a user name that nobody has, which is not
kept, since it may be a password typed into the wrong box. `by`: the administrator who acts as the user."""

identity = sa.Table(
    "fs_identity",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("provider", Text, nullable=False),
    sa.Column("issuer", Text, nullable=False),
    sa.Column("subject", Text, nullable=False),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("fs_identity_subject", "issuer", "subject", unique=True),
)
"""Whom an issuer means by a subject. `provider` is the name that the site gives it now; another issuer under the same
name means somebody else."""

audit = sa.Table(
    "fs_audit",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("by", Id),
    sa.Column("behalf", Id),
    sa.Column("action", Text, nullable=False),
    sa.Column("target", Text, nullable=False),
    sa.Column("details", Text, nullable=False),
    sa.Column("address", Text, nullable=False),
    sa.Index("fs_audit_target", "target", "id"),
    sa.Index("fs_audit_by", "by", "id"),
)
"""What administrators and the operator changed (`records.accounts.audit`). `by` NULL: the command line, or the
system; `behalf`: the user in whose name an administrator acted; `target` like `user:5`; `details` JSON."""

rate = sa.Table(
    "fs_rate",
    system_metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("slot", Id, nullable=False),
    sa.Column("used", Id, nullable=False),
    info={PASSING: True},
)
"""How much of a limit has been used in the present slot of time (`records.accounts.rates`)."""

habit = sa.Table(
    "fs_habit",
    system_metadata,
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), primary_key=True, autoincrement=False),
    sa.Column("name", Text, primary_key=True),
    sa.Column("value", Text, nullable=False),
)
"""How somebody likes a page to be, by the name of what is remembered. `value` is a list of texts as JSON."""

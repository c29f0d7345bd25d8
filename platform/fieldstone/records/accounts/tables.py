"""System tables of accounts. Secrets are kept only as hashes."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.storage.columns import Id, Text, UtcDateTime
from fieldstone.storage.system import system_metadata

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
)
"""Browsers that are logged in. `agent` is what the browser says it is."""

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
)
"""Attempts to log in, counted by the throttle. `account` is a digest of what was typed as user name (which may
be a password by mistake); `outcome` is failed (also while it is being decided), passed, or forgiven."""

login_link = sa.Table(
    "fs_login_link",
    system_metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("secret_hash", Text, nullable=False, unique=True),
    sa.Column("user_id", Id, sa.ForeignKey("fs_user.id"), nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
)
"""Links that log a user in once."""

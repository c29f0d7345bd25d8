"""The end of every way in that a user has open."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.records.accounts.links import end_links
from fieldstone.records.accounts.login_steps import end_steps
from fieldstone.records.accounts.sessions import end_sessions
from fieldstone.records.accounts.tokens import revoke_tokens


def end_access(conn: sa.Connection, user_id: int) -> None:
    """Sessions, log-ins under way, links and tokens: at once, and for good, should the user come back."""
    end_sessions(conn, user_id)
    end_steps(conn, user_id)
    end_links(conn, user_id)
    revoke_tokens(conn, user_id)

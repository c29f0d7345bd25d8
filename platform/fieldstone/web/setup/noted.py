"""Entries of the audit log for what is done in Setup besides accounts, whose functions note it themselves."""

from __future__ import annotations

from fieldstone.records.accounts.audit import record_audit
from fieldstone.web.current import current_actor, current_site


def note(action: str, target: str, **details: object) -> None:
    """What was just done, by the person of this request."""
    site, actor = current_site(), current_actor()
    site.database.transact(
        lambda conn: record_audit(conn, action, by=actor, now=site.clock(), target=target, details=details)
    )

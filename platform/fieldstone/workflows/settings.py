"""What workflows need to know of the site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """A mail server. `tls` is none, starttls or tls. `by_operator`: set in the site's own files by whoever
    runs the machine, who may name a private address; one set in Setup may not, unless its host is allowed."""

    host: str
    port: int = 587
    user: str = ""
    password: str = ""
    tls: str = "starttls"
    by_operator: bool = True
    timeout: float = 30.0

    def __repr__(self) -> str:
        return f"SmtpSettings(host={self.host!r}, port={self.port}, tls={self.tls!r})"  # no password in a log


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """`smtp` None: mail is written to the outbox. `reply_to` "": answers go to the `sender`."""

    smtp: SmtpSettings | None = None
    sender: str = "Fieldstone <fieldstone@localhost>"
    reply_to: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkflowSettings:
    """`base_url` is the address people open (https://crm.example.com), `outbox` the folder that mail is
    written to while there is no mail server. `webhook_secret` signs webhooks. `mail` gives how mail leaves now.
    `allowed_hosts` are hosts that webhooks, and mail by a server named in Setup, may reach although their addresses
    are private. `kept_days` gives for how many days something of `tidy.KEPT` stays, None for its own time."""

    outbox: Path
    webhook_secret: str
    base_url: str = "http://localhost:8000"
    mail: Callable[[], MailSettings] = MailSettings
    allowed_hosts: frozenset[str] = frozenset()
    kept_days: Callable[[str], int | None] = lambda name: None

"""The settings of a site, as they are declared: one row for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting. `kind` is text, whole (a number), flag, clock (a time of day, "" for none), texts (a list) or
    mappings (a list). `secret`: never shown, never logged, and a file that holds it must be closed to others.
    `choices`: () for any. `bounds`: the smallest and largest number, both allowed; None for any. `in_setup`: an
    administrator makes it in Setup where the machine says nothing (`runtime.chosen`)."""

    name: str
    default: Any
    help: str
    kind: str = "text"
    secret: bool = False
    choices: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None
    in_setup: bool = False

    @property
    def environment(self) -> str:
        """The variable that overrides it: mail.host → FIELDSTONE_MAIL_HOST."""
        return "FIELDSTONE_" + self.name.upper().replace(".", "_")


SETTINGS = (
    Setting(
        name="database", default="", help="URL of the database; default: SQLite, site.db in the folder.", secret=True
    ),
    Setting(name="base_url", default="", help="The address people open, for links in mail: https://crm.example.com"),
    Setting(
        name="trusted_proxies",
        default=0,
        kind="whole",
        bounds=(0, 10),
        help="Reverse proxies in front, whose X-Forwarded-For and -Proto are believed.",
    ),
    Setting(name="plugins", default=(), kind="texts", help="Plugins whose metadata is in force, by name."),
    Setting(
        name="mail.host",
        default="",
        help="Mail server; without one, mail is written to the folder outbox/.",
        in_setup=True,
    ),
    Setting(
        name="mail.port", default=587, kind="whole", bounds=(1, 65_535), help="Port of the mail server.", in_setup=True
    ),
    Setting(name="mail.user", default="", help="User name at the mail server.", in_setup=True),
    Setting(name="mail.password", default="", help="Password at the mail server.", secret=True, in_setup=True),
    Setting(
        name="mail.tls",
        default="starttls",
        choices=("none", "starttls", "tls"),
        help="How the line is secured.",
        in_setup=True,
    ),
    Setting(
        name="mail.from", default="Fieldstone <fieldstone@localhost>", help="Sender of the site's mail.", in_setup=True
    ),
    Setting(
        name="mail.reply_to", default="", help="Address that answers go to; default: that of the sender.", in_setup=True
    ),
    Setting(
        name="require_second_factor",
        default=False,
        kind="flag",
        help="Whoever logs in with a password has to set up a second factor first.",
    ),
    Setting(
        name="sessions.idle_minutes",
        default=480,
        kind="whole",
        bounds=(5, 10_080),
        help="Minutes after which whoever does nothing is logged out.",
    ),
    Setting(
        name="sessions.days",
        default=7,
        kind="whole",
        bounds=(1, 90),
        help="Days after which everybody logs in again, however busy.",
    ),
    Setting(
        name="log_in_history_days",
        default=90,
        kind="whole",
        bounds=(1, 3_650),
        help="Days that the history of log-ins is kept.",
        in_setup=True,
    ),
    Setting(
        name="audit_log_days",
        default=730,
        kind="whole",
        bounds=(30, 36_500),
        help="Days that the audit log is kept.",
        in_setup=True,
    ),
    Setting(
        name="keep.jobs_days",
        default=14,
        kind="whole",
        bounds=(1, 3_650),
        help="Days that jobs which are done or cancelled are kept.",
        in_setup=True,
    ),
    Setting(
        name="keep.runs_days",
        default=90,
        kind="whole",
        bounds=(1, 3_650),
        help="Days that runs of workflows are kept, with their traces.",
        in_setup=True,
    ),
    Setting(
        name="keep.rehearsals_days",
        default=30,
        kind="whole",
        bounds=(1, 3_650),
        help="Days that rehearsals of workflows are kept.",
        in_setup=True,
    ),
    Setting(
        name="keep.notifications_days",
        default=180,
        kind="whole",
        bounds=(1, 3_650),
        help="Days that notifications are kept.",
        in_setup=True,
    ),
    Setting(
        name="keep.recycle_bin_days",
        default=0,
        kind="whole",
        bounds=(0, 3_650),
        help="Days until records in the recycle bin are removed for good; 0: never.",
        in_setup=True,
    ),
    Setting(
        name="backups.keep",
        default=7,
        kind="whole",
        bounds=(1, 1_000),
        help="Backups that stay in the folder backups/; the oldest go.",
        in_setup=True,
    ),
    Setting(
        name="backups.nightly",
        default="",
        kind="clock",
        help="Time of day, in the zone of the site, of a backup each night, such as 02:30; without one there is none.",
        in_setup=True,
    ),
    Setting(
        name="log_in_providers",
        default=(),
        kind="mappings",
        help="OpenID Connect providers that people may log in through.",
    ),
    Setting(
        name="api.requests_per_minute",
        default=12_000,
        kind="whole",
        bounds=(0, 1_000_000),
        help="Requests that one token may send in a minute, over all processes; 0: as many as it likes.",
    ),
    Setting(name="webhooks.allowed_hosts", default=(), kind="texts", help="Private hosts that webhooks may reach."),
)

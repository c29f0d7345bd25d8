"""The audit log: what administrators and the command line changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import request
from markupsafe import Markup

from fieldstone.records.accounts.audit import AuditEntry
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.persons import person
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import EMPTY, Column, moment, mono
from fieldstone.web.setup.listed import Endless, Filter
from fieldstone.web.setup.people import all_users
from fieldstone.web.setup.view import later as _

_LONGEST = 160


def action_words() -> dict[str, str]:
    return {
        "user.added": gettext("User added"),
        "user.changed": gettext("User changed"),
        "user.activated": gettext("User activated"),
        "user.deactivated": gettext("User deactivated"),
        "user.given_new_password": gettext("New password given"),
        "user.link_made": gettext("Log-in link made"),
        "users.imported": gettext("Users imported"),
        "records.handed_over": gettext("Records handed over"),
        "team.added": gettext("Team added"),
        "team.renamed": gettext("Team renamed"),
        "team.moved": gettext("Team moved"),
        "team.members_set": gettext("Team filled"),
        "token.added": gettext("API token made"),
        "token.revoked": gettext("API token revoked"),
        "sessions.ended": gettext("Logged out"),
        "second_factor.reset": gettext("Second factor reset"),
        "identity.linked": gettext("Log-in provider linked"),
        "impersonation.started": gettext("Began to act as somebody"),
        "impersonation.stopped": gettext("Stopped acting as somebody"),
        "model.published": gettext("Published"),
        "job.pause": gettext("Job paused"),
        "job.resume": gettext("Job resumed"),
        "job.cancel": gettext("Job cancelled"),
        "job.retry": gettext("Job tried again"),
    }


def _action(entry: AuditEntry) -> Markup:
    words = action_words().get(entry.action, entry.action)
    return Markup('<span title="{}">{}</span>').format(entry.action, words)


def _who(entry: AuditEntry) -> Markup:
    if entry.by is None:
        return Markup('<span class="fs-quiet">{}</span>').format(gettext("Command line"))
    who = person(entry.by, entry.by_label)
    if entry.behalf is None:
        return who
    return who + Markup(' <span class="fs-quiet">{}</span>').format(gettext("as %(name)s", name=entry.behalf_label))


def _target(entry: AuditEntry) -> Markup:
    kind, _separator, number = entry.target.partition(":")
    if entry.target_label and kind in ("user", "team"):
        return Markup('<a href="/setup/{}s/edit/?id={}">{}</a>').format(kind, number, entry.target_label)
    return mono(entry.target) if entry.target else Markup(EMPTY)


def _details(entry: AuditEntry) -> Markup:
    """What was given, as name and value; the whole of it as title."""
    changes = entry.action.endswith((".changed", ".activated", ".deactivated", ".renamed", ".moved"))
    text = ", ".join(f"{name.replace('_', ' ')}: {_plain(value, changes)}" for name, value in entry.details.items())
    if not text:
        return Markup(EMPTY)
    return Markup('<span title="{}">{}</span>').format(text, text[:_LONGEST])


def _plain(value: Any, changes: bool = False) -> str:
    """`changes`: a list of two is what was and what is."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if changes and isinstance(value, list) and len(value) == 2:
        return f"{_plain(value[0])} → {_plain(value[1])}"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or EMPTY
    if isinstance(value, dict):
        return "; ".join(f"{name} {_plain(each)}" for name, each in value.items())
    return EMPTY if value in (None, "") else str(value)


class AuditView(Endless):
    icon = "journal-text"
    about = _("What was changed in accounts and access, by whom")
    empty_title = _("Nothing has been changed yet")
    empty_text = _("What administrators and the command line change in accounts and access is listed here.")
    columns: ClassVar[Sequence[Column]] = (
        Column(name="action", label=_("What was done"), slot="title", width="w-15", show=_action),
        Column(name="target", label=_("To whom or what"), slot="sub", width="w-12", show=_target),
        Column(name="details", label=_("Details"), show=_details),
        Column(name="by", label=_("By"), slot="person", width="w-12", show=_who),
        Column(name="address", label=_("Address"), slot="person", width="w-9", show=lambda e: e.address or EMPTY),
        Column(name="at", label=_("When"), slot="date", width="w-9", show=lambda e: moment(e.at)),
    )

    def filters(self) -> Sequence[Filter]:
        people = [(str(user.id), user.label) for user in all_users()]
        kinds = [
            ("user", gettext("Users")), ("team.", gettext("Teams")), ("token.", gettext("API tokens")),
            ("sessions.", gettext("Sessions")), ("model.", gettext("Model")), ("job.", gettext("Jobs")),
        ]  # fmt: skip
        return Filter("by", gettext("By"), people), Filter("action", gettext("About"), kinds)

    def find_before(self, before: int | None, limit: int) -> list[AuditEntry]:
        by = find_number(request.args.get("by", ""))
        action = self.filters()[1].value
        return current_site().accounts.list_audit(limit=limit, before=before, by=by, action=action)


def audit_view() -> AuditView:
    return AuditView(AuditEntry, _("Audit log"), endpoint="audit", category=ACCESS)

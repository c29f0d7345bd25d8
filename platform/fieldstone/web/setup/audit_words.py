"""Entries of the audit log in words: what was done, to whom or what, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from fieldstone.records.accounts.audit import AuditEntry
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.web.current import current_model
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.people import profile_label, role_label
from fieldstone.web.reasons import until_words
from fieldstone.web.setup.columns import EMPTY
from fieldstone.web.setup.people import names_of_users

_CHANGES = (".changed", ".activated", ".deactivated", ".renamed", ".moved")


def action_words() -> dict[str, str]:
    return {
        "user.added": gettext("User added"),
        "user.changed": gettext("User changed"),
        "user.activated": gettext("User activated"),
        "user.deactivated": gettext("User deactivated"),
        "user.given_new_password": gettext("New password given"),
        "user.link_made": gettext("Log-in link made"),
        "user.role_replaced": gettext("Role went, another given"),
        "user.profile_replaced": gettext("Profile went, another given"),
        "users.imported": gettext("Users imported"),
        "records.handed_over": gettext("Records handed over"),
        "record.shared": gettext("Record shared by hand"),
        "record.unshared": gettext("Record no longer shared"),
        "record.share_ended": gettext("Share by hand ended"),
        "team.added": gettext("Team added"),
        "team.renamed": gettext("Team renamed"),
        "team.moved": gettext("Team moved"),
        "team.members_set": gettext("Team filled"),
        "team.removed": gettext("Team removed"),
        "token.added": gettext("API token made"),
        "token.revoked": gettext("API token revoked"),
        "sessions.ended": gettext("Logged out"),
        "second_factor.reset": gettext("Second factor reset"),
        "identity.linked": gettext("Log-in provider linked"),
        "impersonation.started": gettext("Began to act as somebody"),
        "impersonation.stopped": gettext("Stopped acting as somebody"),
        "hook.made": gettext("Address of a workflow made"),
        "hook.removed": gettext("Address of a workflow taken away"),
        "model.published": gettext("Published"),
        "conflict.decided": gettext("Upgrade conflict decided"),
        "documents.exported": gettext("Documents taken out"),
        "documents.imported": gettext("Documents brought into the draft"),
        "draft.discarded": gettext("Draft discarded"),
        "draft.decided": gettext("Clash in the draft decided"),
        "settings.changed": gettext("Settings of the site changed"),
        "mail.tested": gettext("Test mail sent"),
        "backup.ordered": gettext("Backup ordered"),
        "backup.downloaded": gettext("Backup downloaded"),
        "backup.removed": gettext("Backup removed"),
        "backup.restored": gettext("Site restored from a backup"),
        "job.pause": gettext("Job paused"),
        "job.resume": gettext("Job resumed"),
        "job.cancel": gettext("Job cancelled"),
        "job.retry": gettext("Job tried again"),
        "run.cancel": gettext("Run of a workflow cancelled"),
        "run.continue": gettext("Run of a workflow sent on"),
    }


def labels_of_audit(entries: Iterable[AuditEntry]) -> Labels:
    """The names of the records and people that entries about shares speak of, as far as the reader may know them."""
    return find_labels(_mentioned(entries))


def record_of(entry: AuditEntry) -> tuple[str, int] | None:
    """(module, id) of an entry about a record."""
    module, _separator, number = entry.target.partition(":")
    if entry.action.startswith("record.") and module in current_model().modules and number.isdigit():
        return module, int(number)
    return None


def word_details(entry: AuditEntry, labels: Labels) -> str:
    """What was given, as names and values."""
    if entry.action in ("record.shared", "record.unshared", "record.share_ended"):
        return _share_words(entry.details, labels)
    changes, words = entry.action.endswith(_CHANGES), _names()
    return ", ".join(
        f"{words.get(name, name.replace('_', ' '))}: {_worded(name, value, changes)}"
        for name, value in entry.details.items()
    )


def _mentioned(entries: Iterable[AuditEntry]) -> Iterator[tuple[str, int]]:
    for entry in entries:
        record = record_of(entry)
        if record is not None:
            yield record
            for end in entry.details.values():
                if isinstance(end, dict) and isinstance(end.get("principal"), int):
                    yield PRINCIPAL, end["principal"]


def _share_words(details: Mapping[str, Any], labels: Labels) -> str:
    """Sales manager: View → View and edit, until 21 Mar 2026 18:00."""
    ends = [end for end in (details.get("before"), details.get("after")) if isinstance(end, dict)]
    if not ends:
        return ""
    role, principal = ends[-1].get("role"), ends[-1].get("principal")
    who = role_label(role) if role else labels.get((PRINCIPAL, principal or 0), f"#{principal}")
    words = {"read": gettext("View"), "edit": gettext("View and edit")}
    told = f"{who}: {' → '.join(words.get(end.get('access', ''), EMPTY) for end in ends)}"
    until = ends[-1].get("until")
    return f"{told}, {until_words(datetime.fromisoformat(until))}" if until else told


def _names() -> dict[str, str]:
    """What the details of an entry are called."""
    return {
        "username": gettext("User name"), "label": gettext("Name"), "name": gettext("Name"),
        "email": gettext("E-mail"), "roles": gettext("Roles"), "profiles": gettext("Profiles"),
        "is_admin": gettext("Administrator"), "active": gettext("Active"), "language": gettext("Language"),
        "zone": gettext("Time zone"), "theme": gettext("Theme"), "date_format": gettext("Dates are shown as"),
        "number_format": gettext("Numbers are shown as"), "parent": gettext("Below"),
        "members": gettext("Who is in it"), "leaders": gettext("Leaders"),
        "users": gettext("Users"), "teams": gettext("Teams"), "file": gettext("File"),
        "records": gettext("Records"), "job": gettext("Job"), "scopes": gettext("Scopes"), "from": gettext("From"),
        "to": gettext("To"), "expires_at": gettext("Valid until"), "message": gettext("Message"),
        "documents": gettext("Documents"), "everything": gettext("Everything together"),
        "steps": gettext("Changes"), "result": gettext("Result"), "renewed": gettext("Written anew"),
        "made_at": gettext("Made"), "kind": gettext("Kind"), "choice": gettext("Choice"),
    }  # fmt: skip


def _worded(name: str, value: Any, changes: bool) -> str:
    """Roles and people by what they are called."""
    if changes and isinstance(value, list) and len(value) == 2:
        return f"{_worded(name, value[0], False)} → {_worded(name, value[1], False)}"
    label = {"roles": role_label, "profiles": profile_label}.get(name)
    if label is not None and isinstance(value, list):
        return ", ".join(map(label, value)) or EMPTY
    if name in ("members", "leaders") and isinstance(value, list):
        people = names_of_users()
        return ", ".join(people.get(each, f"#{each}") for each in value) or EMPTY
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or EMPTY
    if isinstance(value, dict):
        return "; ".join(f"{name} {_plain(each)}" for name, each in value.items())
    return EMPTY if value in (None, "") else str(value)

"""The audit log: what administrators and the command line changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flask import g, request
from markupsafe import Markup, escape

from fieldstone.records.accounts.audit import AuditEntry
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.persons import person
from fieldstone.web.setup.audit_words import action_words, labels_of_audit, record_of, word_details
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import EMPTY, Column, link, moment, mono
from fieldstone.web.setup.listed import Endless, Filter
from fieldstone.web.setup.people import all_users
from fieldstone.web.setup.view import later as _
from fieldstone.web.setup.words import module_label

_LONGEST = 160


def _action(entry: AuditEntry) -> Markup:
    words = action_words().get(entry.action, entry.action)
    return Markup('<span title="{}">{}</span>').format(entry.action, words)


def _who(entry: AuditEntry) -> Markup:
    if entry.by is None:
        nobody = gettext("The system") if entry.action == "record.share_ended" else gettext("Command line")
        return Markup('<span class="fs-quiet">{}</span>').format(nobody)
    who = person(entry.by, entry.by_label)
    if entry.behalf is None:
        return who
    return who + Markup(' <span class="fs-quiet">{}</span>').format(gettext("as %(name)s", name=entry.behalf_label))


def _target(entry: AuditEntry) -> Markup:
    kind, _separator, number = entry.target.partition(":")
    if entry.target_label and kind in ("user", "team") and entry.action != "team.removed":
        return link(f"/setup/{kind}s/edit/?id={number}", entry.target_label)
    if entry.target_label:
        return escape(entry.target_label)
    record = record_of(entry)
    if record is not None:
        label = g.audit_labels.get(record)
        return link(f"/m/{record[0]}/{record[1]}", label) if label else escape(f"{module_label(record[0])} {number}")
    return mono(entry.target) if entry.target else Markup(EMPTY)


def _details(entry: AuditEntry) -> Markup:
    """The whole of it as title."""
    text = word_details(entry, g.audit_labels)
    if not text:
        return Markup(EMPTY)
    return Markup('<span title="{}">{}</span>').format(text, text[:_LONGEST])


class AuditView(Endless):
    icon = "journal-text"
    about = _("What was changed in accounts and access, by whom")
    empty_title = _("Nothing has been changed yet")
    empty_text = _("What administrators and the command line change in accounts and access is listed here.")
    columns: ClassVar[Sequence[Column]] = (
        Column(name="action", label=_("What was done"), slot="title", width="w-12", show=_action),
        Column(name="target", label=_("To whom or what"), slot="sub", width="w-11", show=_target),
        Column(name="details", label=_("Details"), show=_details),
        Column(name="by", label=_("By"), slot="person", width="w-10", show=_who),
        Column(name="address", label=_("Address"), slot="person", width="w-8", show=lambda e: e.address or EMPTY),
        Column(name="at", label=_("When"), slot="date", width="w-7", show=lambda e: moment(e.at)),
    )

    def filters(self) -> Sequence[Filter]:
        people = [(str(user.id), user.label) for user in all_users()]
        kinds = [
            ("user", gettext("Users")), ("team.", gettext("Teams")), ("token.", gettext("API tokens")),
            ("sessions.", gettext("Sessions")), ("record", gettext("Records")),
            ("model.", gettext("Model")), ("job.", gettext("Jobs")),
            ("settings.", gettext("Settings")), ("backup.", gettext("Backups")), ("mail.", gettext("Mail")),
        ]  # fmt: skip
        return Filter("by", gettext("By"), people), Filter("action", gettext("About"), kinds)

    def find_before(self, before: int | None, limit: int) -> list[AuditEntry]:
        by = find_number(request.args.get("by", ""))
        action = self.filters()[1].value
        found = current_site().accounts.list_audit(limit=limit, before=before, by=by, action=action)
        g.audit_labels = labels_of_audit(found)
        return found


def audit_view() -> AuditView:
    return AuditView(AuditEntry, _("Audit log"), endpoint="audit", category=ACCESS)

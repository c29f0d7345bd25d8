"""The history of log-ins: who came in, or tried to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flask import request
from markupsafe import Markup

from fieldstone.records.accounts.log_ins import OUTCOMES, LogIn
from fieldstone.web.browsers import name_browser
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.persons import person
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.columns import EMPTY, Column, badge, moment
from fieldstone.web.setup.listed import Endless, Filter
from fieldstone.web.setup.people import all_users
from fieldstone.web.setup.view import later as _


def _who(entry: LogIn) -> Markup:
    if entry.user_id is None:
        return Markup('<span class="fs-quiet">{}</span>').format(gettext("Nobody by that name"))
    return person(entry.user_id, entry.user_label)


def _how(entry: LogIn) -> str:
    method, _separator, provider = entry.method.partition(":")
    words = {
        "password": gettext("Password"),
        "link": gettext("Link"),
        "second_factor": gettext("Second factor"),
        "recovery_code": gettext("Recovery code"),
        "provider": gettext("Log-in provider %(name)s", name=provider),
        "impersonation": gettext("In this person's place: %(name)s", name=entry.by_label),
    }
    return words.get(method, entry.method)


def outcome_words() -> dict[str, str]:
    return {"passed": gettext("Came in"), "half": gettext("Half-way"), "failed": gettext("Turned away")}


def _outcome(entry: LogIn) -> Markup:
    hue, icon = {"passed": ("green", "check-circle"), "half": ("blue", "hourglass-split")}.get(
        entry.outcome, ("red", "x-circle")
    )
    return badge(outcome_words().get(entry.outcome, entry.outcome), hue, icon)


class LogInsView(Endless):
    icon = "door-open"
    about = _("Who came in or tried to, when, how and from where")
    empty_title = _("Nobody has logged in yet")
    empty_text = _("Every attempt to log in is kept here for some months.")
    columns: ClassVar[Sequence[Column]] = (
        Column(name="who", label=_("Person"), slot="title", show=_who),
        Column(name="how", label=_("How"), slot="sub", show=_how),
        Column(name="browser", label=_("Browser"), slot="person", show=lambda e: name_browser(e.agent) or EMPTY),
        Column(name="address", label=_("Address"), show=lambda e: e.address or EMPTY),
        Column(name="outcome", label=_("Outcome"), slot="status", width="w-10", show=_outcome),
        Column(name="at", label=_("When"), slot="date", width="w-9", show=lambda e: moment(e.at)),
    )

    def filters(self) -> Sequence[Filter]:
        people = [(str(user.id), user.label) for user in all_users()]
        outcomes = [(name, outcome_words()[name]) for name in OUTCOMES]
        return Filter("user", gettext("Person"), people), Filter("outcome", gettext("Outcome"), outcomes)

    def find_before(self, before: int | None, limit: int) -> list[LogIn]:
        user = find_number(request.args.get("user", ""))
        outcome = self.filters()[1].value
        return current_site().accounts.list_log_ins(user, limit=limit, before=before, outcome=outcome)


def log_ins_view() -> LogInsView:
    return LogInsView(LogIn, _("Log-in history"), endpoint="logins", category=ACCESS)

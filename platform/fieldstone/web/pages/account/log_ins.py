"""The history of one's own log-ins."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.records.accounts.log_ins import LogIn
from fieldstone.web import times
from fieldstone.web.browsers import name_browser
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.pages.account.blueprint import page

_SHOWN = 50


@page.get("/account/log-ins")
def log_ins() -> ResponseReturnValue:
    actor = current_actor()
    before = request.args.get("before", type=whole_number)
    found = current_site().accounts.list_log_ins(actor.user_id, limit=_SHOWN + 1, before=before)
    rows = [
        {
            "at": times.full_moment(item.at, actor.zone, actor.language, actor.date_format),
            "how": method_words(item),
            "outcome": outcome_words(item.outcome),
            "failed": item.outcome == "failed",
            "address": item.address,
            "browser": name_browser(item.agent) or _("Unknown browser"),
            "agent": item.agent,
        }
        for item in found[:_SHOWN]
    ]
    older = f"/account/log-ins?before={found[_SHOWN - 1].id}" if len(found) > _SHOWN else ""
    days = current_site().settings["log_in_history_days"]
    return render_template("account/log_ins.html", rows=rows, older_url=older, days=days)


def method_words(item: LogIn) -> str:
    """How somebody came in, or tried to."""
    kind, _colon, name = item.method.partition(":")
    if kind == "provider":
        providers = {each.name: each.label for each in current_site().log_in_providers}
        return providers.get(name, name)
    if kind == "impersonation":
        return _("%(name)s, an administrator, in your place", name=item.by_label or "—")
    return {
        "password": _("Password"),
        "link": _("Link"),
        "second_factor": _("Code of the authenticator app"),
        "recovery_code": _("Recovery code"),
    }.get(kind, kind)


def outcome_words(outcome: str) -> str:
    return {
        "passed": _("Logged in"),
        "half": _("First step done"),
        "failed": _("Failed"),
    }.get(outcome, outcome)

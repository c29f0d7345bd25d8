"""Retention: how long what grows is kept, how much there is of it, and what a change would remove."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from fieldstone.runtime.retention import BIN, SETTINGS, count_hidden, count_history, holdings
from fieldstone.runtime.setting import SETTINGS as DECLARED
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.view import Page, back_to, form, told
from fieldstone.web.setup.view import later as _

_BOUNDS = {each.name: each.bounds or (0, 0) for each in DECLARED}


def _labels() -> dict[str, tuple[str, str]]:
    """What each is called, and what it is good for."""
    return {
        "keep.jobs_days": (
            gettext("Finished jobs"),
            gettext("Done and cancelled ones. Failed jobs stay until somebody looks."),
        ),
        "keep.runs_days": (gettext("Runs of workflows"), gettext("With the traces that say why something was done.")),
        "keep.rehearsals_days": (gettext("Rehearsals of workflows"), gettext("What they would have done.")),
        "keep.notifications_days": (gettext("Notifications"), gettext("Read or not.")),
        "log_in_history_days": (gettext("Log-in history"), gettext("Who came in or tried to, from where.")),
        "audit_log_days": (gettext("Audit log"), gettext("What administrators changed. At least 30 days.")),
        BIN: (
            gettext("Recycle bin"),
            gettext(
                "Deleted records, until they go for good. 0 keeps them for ever. What others still refer to stays."
            ),
        ),
    }


class RetentionView(Page):
    @form()
    def index(self) -> ResponseReturnValue:
        site = current_site()
        now = site.chosen.now()
        present = {name: int(now[name]) for name in SETTINGS}
        days, errors = _sent(present) if request.method == "POST" else (present, {})
        if request.method == "POST" and not errors and request.form.get("act") == "save":
            wanted = {name: value for name, value in days.items() if value != present[name]}
            told(lambda: site.chosen.choose(wanted, current_actor()), gettext("Saved. The next tidying follows it."))
            return back_to(self.get_url(".index"))
        found = holdings(site, present | {name: value for name, value in days.items() if name not in errors})
        labels = _labels()
        rows: list[dict[str, Any]] = [
            {
                "name": name, "label": labels[name][0], "about": labels[name][1], "days": days[name],
                "shown": request.form.get(name, "") if name in errors else days[name], "error": errors.get(name, ""),
                "least": _BOUNDS[name][0], "most": _BOUNDS[name][1], "held": f"{found[name].held:,}",
                "old": found[name].old, "fixed": site.chosen.is_fixed(name), "changed": days[name] != present[name],
            }
            for name in SETTINGS
        ]  # fmt: skip
        page = self.render(
            "setup/retention.html", rows=rows, history=f"{count_history(site):,}", hidden=count_hidden(site),
            looked=request.method == "POST", may_change=current_actor().is_admin,
        )  # fmt: skip
        return (page, 200) if request.method == "POST" and not errors else page


def _sent(present: dict[str, int]) -> tuple[dict[str, int], dict[str, str]]:
    """(the days that were asked for, what is wrong with them by name). What is not sent stays."""
    days, errors = dict(present), {}
    for name in SETTINGS:
        text = request.form.get(name)
        if text is None or current_site().chosen.is_fixed(name):
            continue
        least, most = _BOUNDS[name]
        number = find_number(text.strip())
        if number is None or not least <= number <= most:
            errors[name] = gettext("Write a number from %(least)s to %(most)s.", least=least, most=most)
        else:
            days[name] = number
    return days, errors


def retention_view() -> RetentionView:
    return RetentionView(_("Retention"), SITE, endpoint="retention", menu_icon_value="hourglass-split")

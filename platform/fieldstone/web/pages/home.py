"""Home: the person's open tasks, what they looked at last, what they were told."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.records import access
from fieldstone.records.query_types import Query
from fieldstone.web import times
from fieldstone.web.columns import Cells, Column, fields_to_read, make_columns
from fieldstone.web.current import current_actor, current_model, current_published, current_records, current_site
from fieldstone.web.described import describe
from fieldstone.web.i18n import gettext as _
from fieldstone.web.notices import notices
from fieldstone.web.recent import recent_records
from fieldstone.web.show import Shower

page = Blueprint("home", __name__)

OUTBOX = "outbox/"
"""Where mail is written to, below the site's folder, while no mail server is set up."""

_TASKS = 10
_NOTICES = 6


@page.get("/")
def show() -> ResponseReturnValue:
    actor = current_actor()
    shower = Shower(current_model(), actor)
    columns, tasks = _tasks(shower)
    told = (
        current_site().workflows.notifications.list(actor.user_id, limit=_NOTICES) if actor.user_id is not None else []
    )
    return render_template(
        "home.html",
        here="home",
        greeting=_greeting(actor.name),
        today=times.day_heading_with_date(shower.today, shower.language),
        columns=columns,
        tasks=tasks,
        may_create_task=access.has_right(current_published(), actor, "task", "create") if columns else False,
        recent=recent_records(shower),
        notices=notices(told, shower),
        mail_kept_in=OUTBOX if actor.is_admin and not current_site().chosen.now()["mail.host"] else "",
    )


def _tasks(shower: Shower) -> tuple[Sequence[Column], Markup]:
    """My open tasks, soonest first: the default view of the module `task`, as its layout declares it."""
    published, actor = current_published(), current_actor()
    if "task" not in published.model.modules or not access.has_right(published, actor, "task", "view"):
        return [], Markup("")
    module = describe(published, "task", actor)
    view = module.default_view
    columns = make_columns(module, (view.columns or module.layout.columns)[:5])
    fields = dict.fromkeys((*fields_to_read(module, columns), *([module.stage.path] if module.stage else [])))
    query = Query(where=view.filter, sort=module.known_sort(view.sort), fields=tuple(fields), limit=_TASKS)
    try:
        found = current_records().query(actor, "task", query)
    except (InvalidInputError, ForbiddenError):
        return [], Markup("")
    shower.with_labels(found.labels)
    cells = Cells(module, columns, found.records, shower)
    rows = Markup("").join(Markup("<tr>%s</tr>\n") % cells.row(record) for record in found.records)
    return columns, rows


def _greeting(name: str) -> str:
    return _("Welcome, %(name)s", name=name) if name else _("Welcome")

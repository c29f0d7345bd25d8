"""Who can see a record: everybody by the ways that lead to it, or one person in full."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.web.audience_view import answers_of, ways_of
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.htmx import is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import find_number
from fieldstone.web.persons import avatar
from fieldstone.web.rights import module_or_404, rights_on_record

page = Blueprint("audience", __name__)

_MANY = 12
"""More people than these can be searched."""


@page.get("/m/<module>/<int:record_id>/audience")
def show(module: str, record_id: int) -> ResponseReturnValue:
    described = module_or_404(module)
    records, actor = current_records(), current_actor()
    url = f"/m/{module}/{record_id}/audience"
    user_id = find_number(request.args.get("user", ""))
    values = {
        "here": module, "module": described, "url": url, "back": f"/m/{module}/{record_id}", "portrait": avatar,
        "name": find_labels([(module, record_id)]).get((module, record_id), ""),
    }  # fmt: skip
    if user_id is not None:
        explained = records.explain(actor, module, record_id, user_id)
        values |= {
            "title": _("What %(name)s may do here", name=explained.actor.name), "person": explained.actor,
            "answers": answers_of(explained), "withheld": explained.withheld, "body": "share/person.html",
        }  # fmt: skip
    else:
        told = records.audience(actor, module, record_id)
        text = request.args.get("q", "").strip()[:100]
        values |= {
            "title": _("Who can see this"), "ways": ways_of(told, text), "total": len(told.people), "text": text,
            "search": len(told.people) > _MANY, "withheld": told.withheld, "body": "share/audience.html",
            "may_share": rights_on_record(module, record_id).share,
        }  # fmt: skip
    return render_template("share/dialog.html" if is_htmx() else "share/page.html", **values)

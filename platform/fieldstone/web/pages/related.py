"""All records of a related list, and linking and unlinking them."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.kernel.errors import ValidationError
from fieldstone.metadata.definitions import RelationDef
from fieldstone.records.query_types import Query
from fieldstone.web.columns import Cells, fields_to_read, make_columns
from fieldstone.web.current import current_actor, current_model, current_published, current_records
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.htmx import go, is_htmx
from fieldstone.web.i18n import gettext as _
from fieldstone.web.numbers import whole_number
from fieldstone.web.record_view import RecordView
from fieldstone.web.related_lists import can_follow
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.toasts import toast
from fieldstone.web.words import word_problems

page = Blueprint("related", __name__)

_LIMIT = 50


@page.get("/m/<module>/<int:record_id>/related/<name>")
def show(module: str, record_id: int, name: str) -> ResponseReturnValue:
    described, relation = _open(module, name)
    record = current_records().get(current_actor(), module, record_id)
    other = describe(current_published(), relation.to, current_actor())
    shown = described.layout.related.get(name)
    columns = make_columns(other, shown.columns if shown else other.layout.columns)
    query = Query(
        fields=fields_to_read(other, columns),
        sort=other.known_sort(shown.sort) if shown else (),
        limit=_LIMIT,
        cursor=request.args.get("cursor", ""),
    )
    found = current_records().related(current_actor(), module, record_id, name, query)
    shower = Shower(current_model(), current_actor(), {**record.labels, **found.labels})
    cells = Cells(other, columns, found.records, shower)
    here = f"/m/{module}/{record_id}/related/{name}"
    return render_template(
        "record/related_page.html",
        here=module,
        module=described,
        record=record,
        record_title=RecordView(described, record, shower, editable=False).title,
        title=described.relation_label(relation, shown),
        columns=columns,
        rows=Markup("").join(Markup("<tr>%s</tr>\n") % cells.row(row) for row in found.records),
        next_url=f"{here}?cursor={found.next_cursor}" if found.next_cursor else "",
        previous_url=f"{here}?cursor={found.previous_cursor}" if found.previous_cursor else "",
    )


@page.get("/m/<module>/<int:record_id>/related/<name>/link")
def choose(module: str, record_id: int, name: str) -> ResponseReturnValue:
    described, relation = _open(module, name, "edit")
    current_records().get(current_actor(), module, record_id)
    other = describe(current_published(), relation.to, current_actor())
    return render_template(
        "record/link_dialog.html" if is_htmx() else "record/link_page.html",
        here=module,
        module=described,
        other=other,
        title=_("Link %(module)s", module=other.noun),
        action=f"/m/{module}/{record_id}/related/{name}/link",
        back=f"/m/{module}/{record_id}",
    )


@page.post("/m/<module>/<int:record_id>/related/<name>/link")
def link(module: str, record_id: int, name: str) -> ResponseReturnValue:
    _open(module, name, "edit")
    other = request.form.get("other", type=whole_number)
    if other is None:
        toast(_("Nothing was linked: choose a record from the list."), kind="error")
        return go(f"/m/{module}/{record_id}")
    try:
        current_records().link(current_actor(), module, record_id, name, [other])
    except ValidationError as error:
        toast(word_problems(error.problems), kind="error")
    else:
        toast(_("Linked"))
    return go(f"/m/{module}/{record_id}")


@page.post("/m/<module>/<int:record_id>/related/<name>/unlink")
def unlink(module: str, record_id: int, name: str) -> ResponseReturnValue:
    _open(module, name, "edit")
    other = request.form.get("other", type=whole_number)
    if other is None:
        abort(400)
    current_records().unlink(current_actor(), module, record_id, name, [other])
    toast(_("Link removed"))
    return redirect(f"/m/{module}/{record_id}#related-{name}", 303)


def _open(module: str, name: str, right: str = "view") -> tuple[DescribedModule, RelationDef]:
    described = module_or_404(module, right)
    relation = described.module.relations.get(name)
    if relation is None or not can_follow(relation):
        abort(404)
    return described, relation

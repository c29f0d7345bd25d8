"""The recycle bin of a module."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from fieldstone.records.query_types import Query
from fieldstone.web.columns import Cells, make_columns
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.i18n import gettext as _
from fieldstone.web.past_merges import Gone, gone_into
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower

page = Blueprint("recycle_bin", __name__)

_LIMIT = 50


@page.get("/m/<module>/recycle-bin")
def show(module: str) -> ResponseReturnValue:
    described = module_or_404(module, "delete")
    columns = make_columns(described, [described.module.name_field, "deleted_at", "modified_by", "owner"])
    fields = tuple(column.field.path for column in columns)
    query = Query(
        fields=fields, sort=("-deleted_at",), limit=_LIMIT, cursor=request.args.get("cursor", ""), deleted=True
    )
    found = current_records().query(current_actor(), module, query)
    shower = Shower(current_model(), current_actor(), found.labels)
    cells = Cells(described, columns, found.records, shower, linked=False)
    gone = gone_into(described, [record.id for record in found.records])
    rows = Markup("")
    name_field = described.name_field
    for record in found.records:
        name = escape(shower.text(name_field, record.values.get(name_field.path)) or f"#{record.id}")
        rows += Markup(
            '<tr><td class="is-check is-edge"><input class="form-check-input" type="checkbox" form="restore" name="id" '
            f'value="{record.id}" aria-label="{name}"></td>'
        )
        rows += cells.row(record) + (_merged(gone.get(record.id)) if gone else "") + Markup("</tr>\n")
    here = f"/m/{module}/recycle-bin"
    return render_template(
        "list/recycle_bin.html",
        here=module,
        module=described,
        columns=columns,
        merged=bool(gone),
        rows=rows,
        next_url=f"{here}?cursor={found.next_cursor}" if found.next_cursor else "",
        previous_url=f"{here}?cursor={found.previous_cursor}" if found.previous_cursor else "",
    )


def _merged(gone: Gone | None) -> Markup:
    """The cells that say into which record one was merged, and offer to take the merge back."""
    if gone is None:
        return Markup('<td class="is-extra"></td><td class="is-status"></td>')
    undo = Markup("")
    if gone.undo_url:
        undo = Markup('<button class="btn btn-secondary btn-sm" form="unmerge" formaction="{}">{}</button>').format(
            gone.undo_url, _("Undo the merge")
        )
    into = Markup('<td class="is-extra">{}</td>').format(gone.link or _("another record"))
    return into + Markup('<td class="is-status">{}</td>').format(undo)

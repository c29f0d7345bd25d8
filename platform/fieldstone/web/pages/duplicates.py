"""Records of a module that look alike, in groups, each with a way to merge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.kernel.errors import FieldstoneError, ForbiddenError, InvalidInputError, UnavailableError
from fieldstone.records.duplicates import MOST_COMPARED, MOST_FIELDS, AlikePage, comparable_fields
from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.numbers import find_number, grouped
from fieldstone.web.rights import may_merge, module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.words import explain

page = Blueprint("duplicates", __name__)

_DETAILS = 4
_CHECKED = 3


@dataclass(frozen=True, kw_only=True)
class Alike:
    """One record of a group, with `details` (label, value); `checked` those that are offered for merging first."""

    id: int
    name: str
    details: Sequence[tuple[str, Markup]]
    checked: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """Records that have `same` in the fields that were compared; `more` of them are not shown."""

    same: Markup
    records: Sequence[Alike]
    count: str
    more: int


@page.get("/m/<module>/duplicates")
def show(module: str) -> ResponseReturnValue:
    described = module_or_404(module)
    fields = [field for name in comparable_fields(described.module) if (field := described.find(name)) is not None]
    known = {field.path for field in fields}
    chosen = [name for name in dict.fromkeys(request.args.getlist("field")) if name in known]
    where = request.args.get("where", "")
    chosen = (chosen or _by_default(described, known))[:MOST_FIELDS]
    problem, status = "", 200
    found = AlikePage(groups=(), after=None, capped=False)
    if chosen:
        after = find_number(request.args.get("after", "")) or 0
        try:
            found = current_records().alike(current_actor(), module, chosen, where=where, after=after)
        except (InvalidInputError, ForbiddenError, UnavailableError) as error:
            problem, status = _explained(error)
    more = {"field": chosen, **({"where": where} if where else {}), "after": found.after}
    here = {"field": chosen, **({"where": where} if where else {})}
    context: dict[str, Any] = {
        "here": module,
        "module": described,
        "fields": fields,
        "chosen": chosen,
        "where": where,
        "problem": problem,
        "groups": _groups(described, [described.field(name) for name in chosen], found),
        "may_merge": may_merge(module),
        "capped": grouped(MOST_COMPARED) if found.capped else "",
        "most": MOST_FIELDS,
        "list_url": f"/m/{module}" + (f"?{urlencode({'where': where})}" if where else ""),
        "next_url": f"/m/{module}/duplicates?{urlencode(more, doseq=True)}" if found.after else "",
        "here_url": f"/m/{module}/duplicates?{urlencode(here, doseq=True)}",
    }
    return render_template("merge/duplicates.html", **context), status


def _explained(error: FieldstoneError) -> tuple[str, int]:
    return explain(error), error.status


def _by_default(module: DescribedModule, known: set[str]) -> list[str]:
    """What the module names to tell duplicates, else the name of its records."""
    rule = module.module.duplicates
    names = list(rule.match) if rule is not None else []
    if names and all(name in known for name in names):
        return names
    return [module.module.name_field] if module.module.name_field in known else []


def _groups(module: DescribedModule, compared: Sequence[DescribedField], found: AlikePage) -> list[Group]:
    shown = [field for name in module.default_view.columns if (field := module.find(name)) is not None]
    paths = {field.path for field in compared} | {module.module.name_field}
    details = [field for field in shown if field.path not in paths][:_DETAILS]
    wanted = dict.fromkeys((module.module.name_field, *(field.path for field in (*compared, *details))))
    ids = [id for group in found.groups for id in group.ids]
    records = {
        record.id: record for record in current_records().fetch(current_actor(), module.name, ids, fields=tuple(wanted))
    }
    shower = Shower(current_model(), current_actor(), next(iter(records.values())).labels if records else None)
    groups = []
    for each in found.groups:
        here = [records[id] for id in each.ids if id in records]
        if len(here) < 2:
            continue
        same = Markup(" · ").join(shower.value(field, here[0].values.get(field.path)) for field in compared)
        alike = [_alike(module, record, details, shower, place < _CHECKED) for place, record in enumerate(here)]
        more = each.count - len(here)
        groups.append(Group(same=same, records=alike, count=grouped(each.count), more=more))
    return groups


def _alike(
    module: DescribedModule, record: Record, details: Sequence[DescribedField], shower: Shower, checked: bool
) -> Alike:
    name = shower.text(module.name_field, record.values.get(module.module.name_field)) or f"#{record.id}"
    cells = [
        (field.label, shower.value(field, value))
        for field in details
        if (value := record.values.get(field.path)) not in (None, "")
    ]
    return Alike(id=record.id, name=name, details=cells, checked=checked)

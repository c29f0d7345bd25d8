"""What a picklist field offers, beside another one and when something holds: read from the draft, written to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request

from fieldstone.changes.editing.options import ticked_options, with_conditions, with_options
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.layers import Layer
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.about_module import AboutModule
from fieldstone.web.setup.drafting import draft_document, try_edit
from fieldstone.web.toasts import toast


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """`sources` and `values`: (key, label); `ticked`: key of the source → the keys it offers."""

    source: str
    sources: Sequence[tuple[str, str]]
    values: Sequence[tuple[str, str]]
    ticked: dict[str, list[str]]


def source_choices(module: AboutModule, field: str) -> list[tuple[str, str]]:
    """(field, label) of those that it may depend on: all with a picklist that do not depend on it themselves. A
    circle that is made in two drafts is refused by the check."""
    fields = module.module.fields
    return [(each.name, module.field(each.name)) for each in fields.values() if each.picklist and each.name != field]


def field_or_404(module: AboutModule, name: str) -> FieldDef:
    field = module.module.fields.get(name)
    return field if field is not None and field.picklist in module.model.picklists else abort(404)


def find_matrix(module: AboutModule, field: FieldDef, source: str) -> Matrix | None:
    """None while there is no field that it depends on."""
    fields, picklists = module.module.fields, module.model.picklists
    if source not in fields or fields[source].picklist not in picklists or source == field.name:
        return None
    chosen, own = picklists[fields[source].picklist], picklists[field.picklist]
    said = _entry(draft_document(_path(module)), field.name)
    if field.depends_on != source:
        said.pop("depends_on", None)
    return Matrix(
        source=source,
        sources=[(key, module.value(chosen.name, key)) for key in chosen.values],
        values=[(key, module.value(own.name, key)) for key in own.values],
        ticked=ticked_options(said, list(chosen.values), list(own.values)),
    )


def save_matrix(module: AboutModule, field: FieldDef, matrix: Matrix | None) -> list[str]:
    """As the form says it; with no matrix the field depends on nothing. The problems, if any."""
    keys = [key for key, _label in matrix.values] if matrix else []
    ticked = {key: request.form.getlist(f"offers.{key}") for key, _label in matrix.sources} if matrix else {}
    source = matrix.source if matrix else ""

    name = module.field(field.name)
    step = (
        gettext("%(name)s depends on %(source)s", name=name, source=module.field(source))
        if source
        else gettext("%(name)s depends on nothing", name=name)
    )
    return _save(module, field, step, lambda entry: with_options(entry, source, ticked, keys))


@dataclass(frozen=True, kw_only=True)
class ConditionOf:
    """One value, and the expression that has to hold for it to be offered, "" always."""

    key: str
    label: str
    source: str


def find_conditions(module: AboutModule, field: FieldDef) -> list[ConditionOf]:
    """One for each value; what a refused form said goes before what the draft says."""
    said = _entry(draft_document(_path(module)), field.name).get("options_when") or {}
    values = module.model.picklists[field.picklist].values
    return [
        ConditionOf(
            key=key,
            label=module.value(field.picklist, key),
            source=request.form.get(f"when.{key}", str(said.get(key) or "").strip("\n")),
        )
        for key in values
    ]


def save_conditions(module: AboutModule, field: FieldDef) -> list[str]:
    """As the form says them. The problems, if any."""
    said = {each.key: each.source.replace("\r\n", "\n") for each in find_conditions(module, field)}
    step = gettext("%(name)s: when its values are offered", name=module.field(field.name))
    return _save(module, field, step, lambda entry: with_conditions(entry, said))


def _save(
    module: AboutModule, field: FieldDef, step: str, edited: Callable[[dict[str, Any]], dict[str, Any]]
) -> list[str]:
    path = _path(module)

    def change(layers: Sequence[Layer]) -> Layer:
        data = read_effective(layers, path)
        entry = edited(_entry(data, field.name))
        return patch_document(layers, path, {**data, "fields": {**data["fields"], field.name: entry}})

    problems = try_edit(step, change, path)
    if not problems:
        toast(step)
    return problems


def _path(module: AboutModule) -> str:
    return f"modules/{module.name}.yaml"


def _entry(data: dict[str, Any], field: str) -> dict[str, Any]:
    return dict((data.get("fields") or {}).get(field) or {})

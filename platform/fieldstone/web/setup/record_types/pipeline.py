"""The stages of a module, and the fields that have to be filled in at each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldstone.changes.editing.stages import read_required
from fieldstone.metadata.definitions import RecordTypeDef
from fieldstone.web.setup.about_module import AboutModule


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A field: `at` are the stages of the type that is shown at which it is needed, `always` those at which every type
    needs it. `own` is a condition of another form, "" none; `required`: it is needed at every stage anyway."""

    name: str
    label: str
    at: Sequence[str]
    always: Sequence[str]
    own: str
    required: bool


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A picklist field of a type: (key, label, hue, whether it offers it), in its order; `limited`: not all."""

    name: str
    label: str
    values: Sequence[tuple[str, str, str, bool]]
    limited: bool


def stage_field(module: AboutModule) -> str:
    """The field that the record page shows as a path; "" for a module without stages."""
    path = module.model.layouts[module.name].path
    field = module.module.fields.get(path)
    return path if field is not None and field.picklist in module.model.picklists else ""


def stages_of(module: AboutModule, kind: str = "") -> list[tuple[str, str]]:
    """(key, label) of the stages that a type offers, in its order; of all with ""."""
    field = stage_field(module)
    if not field:
        return []
    picklist = module.module.fields[field].picklist
    found = module.module.record_types.get(kind)
    keys = found.picklists.get(field) if found else None
    known = module.model.picklists[picklist].values
    return [(key, module.value(picklist, key)) for key in (known if keys is None else keys) if key in known]


def asked_fields(module: AboutModule, kind: str) -> list[Asked]:
    """All fields that people write, but the stage itself."""
    stage = stage_field(module)
    rows = []
    for field in module.module.fields.values():
        if module.model.type_of(field).computed or field.name == stage or field.read_only:
            continue
        required = read_required(field.required_when, stage)
        rows.append(
            Asked(
                name=field.name,
                label=module.field(field.name),
                at=(required or {}).get(kind, []),
                always=(required or {}).get("", []) if kind else [],
                own="" if required is not None else field.required_when,
                required=field.required,
            )
        )
    return rows


def offered_values(module: AboutModule, kind: RecordTypeDef) -> list[Offered]:
    """Every picklist field with the values it may hold in records of a type, the field of the stages first."""
    stage = stage_field(module)
    fields = [field for field in module.module.fields.values() if field.picklist in module.model.picklists]
    rows = []
    for field in sorted(fields, key=lambda each: each.name != stage):
        values = module.model.picklists[field.picklist].values
        limit = kind.picklists.get(field.name)
        keys = [*(limit or ()), *(key for key in values if key not in (limit or ()))]
        rows.append(
            Offered(
                name=field.name,
                label=module.field(field.name),
                values=[
                    (key, module.value(field.picklist, key), values[key].colour, limit is None or key in limit)
                    for key in keys
                    if key in values
                ],
                limited=limit is not None,
            )
        )
    return rows


def chosen_values(offered: Sequence[Offered], sent: Mapping[str, Sequence[str]]) -> dict[str, list[str] | None]:
    """Field → the values that a form says it offers, in order; None where it is all of them as they stand."""
    found: dict[str, list[str] | None] = {}
    for row in offered:
        keys = [key for key, _label, _hue, _on in row.values]
        ticked = [key for key in sent[row.name] if key in keys]
        natural = not row.limited and ticked == keys
        found[row.name] = None if natural or not ticked else ticked
    return found

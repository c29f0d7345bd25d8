"""The choices of a select, in the person's language."""

from __future__ import annotations

from collections.abc import Collection

from fieldstone.fields.code_list import CodeType
from fieldstone.metadata.offering import is_for
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.show import Shower


def choices(
    module: DescribedModule,
    field: DescribedField,
    shower: Shower,
    *,
    record_type: str = "",
    keep: Collection[str] = (),
    offered: Collection[str] | None = None,
    roles: Collection[str] | None = None,
) -> list[tuple[str, str]]:
    """(key, words). Values out of use are left out, unless they are among `keep` (the record holds them), as are those
    that are not for people with these `roles` (None: nobody is limited). `offered` are the only ones, None: all."""
    if field.name == "record_type":
        types = module.module.record_types
        return [each for each in module.record_types() if each[0] in keep or is_for(types[each[0]], roles)]
    if isinstance(field.type, CodeType):
        return field.type.choices(shower.context)
    picklist = shower.model.picklists.get(field.field.picklist)
    if picklist is None:
        return []
    kind = module.module.record_types.get(record_type)
    allowed = kind.picklists.get(field.name) if kind else None
    values = picklist.values.values()
    if allowed is not None:
        values = [picklist.values[key] for key in allowed if key in picklist.values]  # type: ignore[assignment]
    return [
        (value.key, module.model.text(f"picklist.{picklist.name}.{value.key}", shower.language, value.label))
        for value in values
        if (value.active and is_for(value, roles) and (offered is None or value.key in offered)) or value.key in keep
    ]

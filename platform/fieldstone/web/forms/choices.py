"""The choices of a select, in the person's language."""

from __future__ import annotations

from collections.abc import Collection

from fieldstone.fields.code_list import CodeType
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.show import Shower


def choices(
    module: DescribedModule, field: DescribedField, shower: Shower, *, record_type: str = "", keep: Collection[str] = ()
) -> list[tuple[str, str]]:
    """(key, words). Values out of use are left out, unless they are among `keep` (the record holds them)."""
    if field.name == "record_type":
        return list(module.record_types())
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
        if value.active or value.key in keep
    ]

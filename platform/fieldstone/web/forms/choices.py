"""The choices of a select, in the person's language."""

from __future__ import annotations

from collections.abc import Collection

from fieldstone.fields.code_list import CodeType
from fieldstone.metadata.offering import is_for
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.offers import Offers
from fieldstone.web.show import Shower


def choices(
    module: DescribedModule,
    field: DescribedField,
    shower: Shower,
    *,
    keep: Collection[str] = (),
    offers: Offers | None = None,
) -> list[tuple[str, str]]:
    """(key, words) of the values in use and those among `keep`; with `offers` those that may be saved."""
    if field.name == "record_type":
        types, roles = module.module.record_types, offers.roles if offers else None
        return [each for each in module.record_types() if each[0] in keep or is_for(types[each[0]], roles)]
    if isinstance(field.type, CodeType):
        return field.type.choices(shower.context)
    picklist = shower.model.picklists.get(field.field.picklist)
    if picklist is None:
        return []
    keys = offers.in_order(field.name) if offers else picklist.values
    return [
        (key, module.model.text(f"picklist.{picklist.name}.{key}", shower.language, picklist.values[key].label))
        for key in keys
        if key in picklist.values
        and (key in keep or (offers.refusal(field.name, key) is None if offers else picklist.values[key].active))
    ]

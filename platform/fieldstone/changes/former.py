"""What a module or a picklist of the new model was in the old one, whatever it was called."""

from __future__ import annotations

from fieldstone.fields.definition import PicklistDef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel


def find_former_module(old: AppModel, new: AppModel, name: str) -> ModuleDef | None:
    """`name` is that of the new model, or of the old one for what is gone."""
    module = new.modules.get(name)
    if module is None:
        return old.modules.get(name)
    return next((item for item in old.modules.values() if item.identity == module.identity), None)


def find_former_picklist(old: AppModel, new: AppModel, name: str, value: str) -> PicklistDef | None:
    """The picklist that had the value. `name` is that of the new model, or of the old one for what is gone."""
    picklist = new.picklists.get(name)
    by_identity = (
        item for item in old.picklists.values() if picklist and item.identity and item.identity == picklist.identity
    )
    for found in (*by_identity, old.picklists.get(name)):
        if found is not None and value in found.values:
            return found
    return None

"""Why a picklist field does not offer a value, in words: the value by its label, and what would have to hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.records import codes
from fieldstone.records.access import can_read_field
from fieldstone.records.save.choices import REFUSALS
from fieldstone.web.conditions import read_filter
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.conditions import offerings
from fieldstone.web.i18n import gettext
from fieldstone.web.show import Shower

CODES = frozenset(REFUSALS.values())
"""The codes that `spoken_params` words."""


def spoken_params(module: DescribedModule, field: DescribedField, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a refusal with the value, and the field it depends on, as people call them."""
    shower = Shower(module.model, current_actor())
    other = module.find(field.field.depends_on) if params.get("other") else None
    value = shower.text(field, params["value"]) if field.name == "record_type" else _label(module, field, params)
    return {**params, "value": value} | ({"other": other.label} if other is not None else {})


def needed(module: DescribedModule, field: DescribedField, code: str, key: str) -> str:
    """What would have to hold, as far as the reader may know it; "" for other refusals."""
    source = field.field.options_when.get(key, "") if code == codes.NOT_OFFERED_NOW else ""
    if not source:
        return ""
    found = read_filter(module, source, Shower(module.model, current_actor()))
    if found.group is not None:
        return gettext("Needed: %(condition)s.", condition=found.sentence)
    compiled = offerings(current_published(), module.name)[field.name].when[key]
    heads = {path[1] if path[0] == "old" else path[0] for path in compiled.paths if path[0] != "user"}
    published, actor = current_published(), current_actor()
    plain = all(len(path) == 1 or path[0] in ("old", "user") for path in compiled.paths)
    known = plain and all(can_read_field(published, actor, module.name, head) for head in heads)
    return gettext("Needed: %(condition)s.", condition=source) if known else ""


def _label(module: DescribedModule, field: DescribedField, params: Mapping[str, Any]) -> str:
    key = str(params["value"])
    picklist = module.model.picklists.get(field.field.picklist)
    known = picklist.values.get(key) if picklist else None
    return module.model.text(f"picklist.{field.field.picklist}.{key}", module.language, known.label if known else key)

"""The fields of a module in a table, and those that were removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fieldstone.changes.former_fields import FormerField, find_former_fields
from fieldstone.changes.rollback import SITE
from fieldstone.changes.site_patch import read_effective, read_site
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.model import AppModel
from fieldstone.web.current import current_model, current_site
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.drafting import draft_layers, draft_model
from fieldstone.web.setup.modules.said import LAYER_ICONS, SaidModule, field_words_of
from fieldstone.web.setup.type_words import type_icon, type_label


@dataclass(frozen=True, kw_only=True)
class FieldRow:
    """`places`: the blocks it stands in, in words; `layer` the lowest that has it; `state` "", new or changed."""

    name: str
    label: str
    type: str
    type_label: str
    icon: str
    required: bool
    unique: bool
    is_name: bool
    places: str
    layer: str
    layer_icon: str
    state: str


@dataclass(frozen=True, kw_only=True)
class FormerRow:
    name: str
    label: str
    type_label: str
    icon: str


def field_rows(said: SaidModule) -> list[FieldRow]:
    """In their order."""
    model = draft_model()
    layers = _first_layers(said)
    rows = []
    for name, entry in (said.data.get("fields") or {}).items():
        layer = layers.get(name, SITE)
        rows.append(
            FieldRow(
                name=name, label=field_words_of(said, entry, name),
                type=str(entry.get("type")), type_label=type_label(model, str(entry.get("type"))),
                icon=type_icon(str(entry.get("type"))), required=bool(entry.get("required")),
                unique=bool(entry.get("unique")), is_name=said.data.get("name_field") == name,
                places=_places(model, said.name, name), layer=layer, layer_icon=LAYER_ICONS.get(layer, "plug"),
                state=field_state(said, name),
            )
        )  # fmt: skip
    return rows


def field_state(said: SaidModule, name: str) -> str:
    """new, changed or "": how the draft's field differs from the published one."""
    model = draft_model()
    module = model.modules.get(said.name)
    field = module.fields.get(name) if module else None
    if field is None:
        return ""
    published = _published(said, field)
    if published is None:
        return "new"
    return "" if published == field else "changed"


def former_rows(said: SaidModule) -> list[FormerRow]:
    """Removed in the draft or earlier, and not there."""
    model = draft_model()
    return [
        FormerRow(
            name=each.name, label=each.label, type_label=type_label(model, str(each.entry.get("type"))),
            icon=type_icon(str(each.entry.get("type"))),
        )
        for each in _former(said)
    ]  # fmt: skip


def find_former(said: SaidModule, name: str) -> FormerField | None:
    return next((each for each in _former(said) if each.name == name), None)


def _former(said: SaidModule) -> list[FormerField]:
    present: dict[str, Any] = said.data.get("fields") or {}
    found: list[FormerField] = []
    if said.published:
        module = draft_model().modules.get(said.name)
        kept = {field.identity for field in module.fields.values()} if module else set()
        document = read_effective(current_site().publishing.published_layers(), f"modules/{said.published}.yaml")
        for name, entry in (document.get("fields") or {}).items():
            field = current_model().modules[said.published].fields.get(name)
            if name not in present and field is not None and field.identity not in kept:
                found.append(FormerField(name=name, entry=entry, version=0))
        with current_site().models.read() as (conn, _published):
            found += find_former_fields(conn, said.published)
    return [each for each in found if each.name not in present]


def _published(said: SaidModule, field: FieldDef) -> FieldDef | None:
    known = current_model().modules.get(said.published)
    return next((each for each in known.fields.values() if each.identity == field.identity), None) if known else None


def _places(model: AppModel, module: str, name: str) -> str:
    layout = model.layouts.get(module)
    if layout is None:
        return ""
    blocks = [
        model.text(f"block.{module}.{block.name}", current_language(), block.label)
        for block in layout.blocks.values()
        if name in block.fields
    ]
    return ", ".join(blocks) or gettext("not shown")


def _first_layers(said: SaidModule) -> dict[str, str]:
    """Field → the lowest layer that declares it."""
    found: dict[str, str] = {}
    for layer in draft_layers():
        try:
            fields = read_site(layer, said.path).get("fields") or {}
        except MetadataError:
            continue
        for name in fields:
            found.setdefault(name, layer.name)
    return found

"""The list of modules: those in use, those that are new in the draft or hidden, those that are out of use."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.changes.editing.modules import removed_modules
from fieldstone.web.current import current_model
from fieldstone.web.i18n import current_language
from fieldstone.web.setup.drafting import draft_layers, draft_model
from fieldstone.web.setup.modules.said import LAYER_ICONS, count_records, find_said


@dataclass(frozen=True, kw_only=True)
class ModuleRow:
    """`state` is published, new or hidden; `records` how many there are in words, `fields` how many it has."""

    name: str
    plural: str
    icon: str
    group: str
    state: str
    layer: str
    layer_icon: str
    records: str
    fields: int


@dataclass(frozen=True, kw_only=True)
class RemovedRow:
    """`records` are those that are kept, as long as the removal is not published."""

    name: str
    plural: str
    icon: str
    records: str


def module_rows() -> list[ModuleRow]:
    """By group, in the order of the navigation."""
    model, language = draft_model(), current_language()
    groups = list(model.app.groups)
    rows = []
    for name, module in model.modules.items():
        said = find_said(name)
        if said is None:
            continue
        group = model.app.groups.get(module.group)
        label = model.text(f"group.{module.group}", language, group.label) if group else ""
        state = "hidden" if module.hidden else "published" if said.published else "new"
        rows.append((groups.index(module.group) if group else len(groups), ModuleRow(
            name=name, plural=said.plural, icon=module.icon, group=label, layer=said.layer, state=state,
            layer_icon=LAYER_ICONS.get(said.layer, "plug"), records=count_records(said.published),
            fields=len(module.fields),
        )))  # fmt: skip
    return [row for _place, row in sorted(rows, key=lambda each: (each[0], each[1].plural.casefold()))]


def removed_rows() -> list[RemovedRow]:
    model, language = draft_model(), current_language()
    return [
        RemovedRow(
            name=name,
            plural=model.text(f"module.{name}.plural", language, str(said.get("plural") or said.get("label") or name)),
            icon=str(said.get("icon") or "circle"),
            records=count_records(name if name in current_model().modules else ""),
        )
        for name, said in removed_modules(draft_layers()).items()
    ]  # fmt: skip

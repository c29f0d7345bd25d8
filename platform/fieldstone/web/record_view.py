"""What the record page shows, put together from the record, its layout and its related lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from fieldstone.records.query_types import Record
from fieldstone.web import times
from fieldstone.web.columns import Deadline
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.conditions import FieldState, FieldStates
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.reach import reach_of
from fieldstone.web.show import Shower

_EDITABLE = Markup(
    '<dd class="can-edit" id="v-%s">%s<a class="fs-edit" id="edit-%s" href="/m/%s/%s/edit#f-%s" hx-get="%s" '
    'hx-target="closest dd" hx-swap="outerHTML" aria-label="%s"><i class="bi bi-pencil" aria-hidden="true"></i></a>'
    "</dd>"
)
_PLAIN = FieldState()
_WIDE = frozenset({"long_text", "rich_text", "json"})


@dataclass(frozen=True, kw_only=True)
class Key:
    """One of the values in the head of a record."""

    label: str
    value: Markup


@dataclass(frozen=True, kw_only=True)
class ValueCell:
    """A label and its <dd>, with a pencil when it can be edited where it stands."""

    name: str
    label: str
    dd: Markup
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class ValueBlock:
    name: str
    label: str
    cells: list[ValueCell]
    columns: int = 2
    collapsed: bool = False
    tab: str = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A part of the page with blocks of its own; `current` is the one that is shown."""

    name: str
    label: str
    url: str
    current: bool


class RecordView:
    def __init__(self, module: DescribedModule, record: Record, shower: Shower, *, editable: bool) -> None:
        self.module = module
        self.record = record
        self.shower = shower
        self.editable = editable
        self._deadline = Deadline(module, shower)

    @property
    def title(self) -> str:
        name = self.module.name_field
        text = self.shower.text(name, self.record.values.get(name.path))
        return text or self.record.values.get("record_number") or f"#{self.record.id}"

    def keys(self) -> list[Key]:
        """At most six values in the head."""
        fields = [found for name in self.module.layout.header if (found := self.module.find(name))]
        return [Key(label=field.label, value=self._key(field)) for field in fields[:6]]

    def blocks(self, states: Mapping[str, FieldState]) -> list[ValueBlock]:
        """The blocks of the layout. `states`: those of the fields with a condition; one that is read-only at the
        moment has no pencil."""
        blocks = []
        shown = self.module.layout.blocks_by_tab()
        for tab, block in ((tab, block) for tab, found in shown.items() for block in found):
            fields = [
                found for name in block.fields if (found := self.module.find(name)) and states.get(name, _PLAIN).visible
            ]
            cells = [
                ValueCell(
                    name=field.name,
                    label=field.label,
                    dd=self.dd(field, locked=states.get(field.name, _PLAIN).read_only),
                    wide=field.type.name in _WIDE or block.columns == 1,
                )
                for field in fields
            ]
            blocks.append(
                ValueBlock(
                    name=block.name,
                    label=self.module.block_label(block),
                    cells=cells,
                    columns=block.columns,
                    collapsed=block.collapsed,
                    tab=tab,
                )
            )
        return blocks

    def tabs(self, blocks: Sequence[ValueBlock], chosen: str) -> list[Tab]:
        """The tabs in which something stands; none when the layout has none. The first one is shown unless `chosen`
        is another."""
        filled = {block.tab for block in blocks if block.cells}
        found = [tab for tab in self.module.layout.tabs.values() if tab.name in filled]
        current = next((tab.name for tab in found if tab.name == chosen), found[0].name if found else "")
        here = f"/m/{self.module.name}/{self.record.id}"
        return [
            Tab(
                name=tab.name,
                label=self.module.tab_label(tab),
                url=f"{here}?tab={tab.name}" if position else here,
                current=tab.name == current,
            )
            for position, tab in enumerate(found)
        ]

    def dd(self, field: DescribedField, *, locked: bool = False) -> Markup:
        value = self.shower.value(field, self.record.values.get(field.path))
        if field.computed and field.field.expression:
            value += Markup('<abbr class="fs-fx" title="%s">ƒ</abbr>') % field.field.expression
        if locked or not self.can_edit(field):
            return Markup('<dd id="v-%s">%s</dd>') % (field.name, value)
        url = f"/m/{self.module.name}/{self.record.id}/field/{field.name}"
        label = gettext("Edit %(field)s", field=field.label)
        return _EDITABLE % (field.name, value, field.name, self.module.name, self.record.id, field.name, url, label)

    def can_edit(self, field: DescribedField) -> bool:
        if not self.editable or not field.writable or field.coming or field.name == "record_type":
            return False
        return not field.field.read_only_after_create

    def about(self) -> list[tuple[str, Markup]]:
        """Who made it and when, below everything else."""
        found = [self.module.find(name) for name in ("created_by", "created_at", "modified_by", "modified_at")]
        return [(field.label, self.shower.value(field, self.record.values.get(field.path))) for field in found if field]

    def _key(self, field: DescribedField) -> Markup:
        value = self.record.values.get(field.path)
        late = self._deadline.days_late(field, self.record)
        if late and value is not None:
            day = escape(times.full_date(value, self.shower.language, self.shower.date_format))
            words = ngettext("%(num)s day late", "%(num)s days late", late)
            return Markup('<span class="fs-late">%s · %s</span>') % (day, words)
        return self.shower.value(field, value)


def field_states(module: DescribedModule, record: Record) -> Mapping[str, FieldState]:
    """Of the fields with a condition, for what the record holds."""
    states = FieldStates(
        current_published(),
        module,
        current_actor(),
        record.values,
        before=record.values,
        reach=reach_of(current_actor()),
    )
    return {name: states[name] for name in states.dependent}

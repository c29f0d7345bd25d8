"""The cells of a record form: what each field's control needs to be drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

from fieldstone.metadata.layout_definitions import BlockDef
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.choices import choices
from fieldstone.web.forms.conditions import FieldStates
from fieldstone.web.forms.offers import Offers
from fieldstone.web.forms.raw import Raw, has_module
from fieldstone.web.i18n import gettext
from fieldstone.web.show import Shower

_WIDE_CONTROLS = frozenset({"textarea", "markdown", "tags", "multiselect", "json", "recurrence"})
_CHOICE_CONTROLS = frozenset({"select", "multiselect"})


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One field of a form. `problem` is worded; `watched`: other fields depend on it."""

    field: DescribedField
    raw: Raw
    problem: str = ""
    required: bool = False
    visible: bool = True
    read_only: bool = False
    wide: bool = False
    watched: bool = False
    choices: Sequence[tuple[str, str]] = ()
    targets: Sequence[tuple[str, str]] = ()
    shown: str = ""
    prefix: str = "f"

    @property
    def id(self) -> str:
        """Of the control. Forms in a dialog have a prefix of their own, beside the page's form."""
        return f"{self.prefix}-{self.field.name}"

    @property
    def described_by(self) -> str:
        """The ids of the texts that explain the control."""
        if self.problem:
            return f"{self.id}-problem"
        return f"{self.id}-help" if self.field.help else ""


@dataclass(frozen=True, kw_only=True)
class Block:
    """`tab` is the title of the tab that begins with it, "" for the others."""

    name: str
    label: str
    cells: Sequence[Cell] = attribute(default=())
    columns: int = 2
    collapsed: bool = False
    tab: str = ""

    @property
    def problems(self) -> int:
        return sum(1 for cell in self.cells if cell.problem)


class CellMaker:
    """Makes the cells of one form from what it holds."""

    def __init__(
        self,
        module: DescribedModule,
        raws: Mapping[str, Raw],
        states: FieldStates,
        shower: Shower,
        problems: Mapping[str, str],
        *,
        offers: Offers,
        shown: Mapping[str, str] | None = None,
        prefix: str = "f",
    ) -> None:
        self._module = module
        self._raws = raws
        self._states = states
        self._shower = shower
        self._problems = problems
        self._offers = offers
        self._shown = shown or {}
        self._prefix = prefix
        self.dependent = states.dependent

    def cell(self, name: str, *, wide: bool = False) -> Cell | None:
        """None for a name that is no field, or that the form has nothing for."""
        described = self._module.find(name)
        if described is None or "." in name:
            return None
        state = self._states[name]
        raw = self._raws.get(name)
        if raw is None and described.writable:
            return None
        awaited = described.coming and state.read_only
        return Cell(
            field=described,
            raw="" if raw is None else raw,
            problem=self._problems.get(name, ""),
            required=state.required,
            visible=state.visible,
            read_only=state.read_only or raw is None,
            wide=wide or described.control in _WIDE_CONTROLS or described.field.is_name,
            watched=name in self._states.watched,
            choices=self._choices(described, raw),
            targets=self._targets(described),
            shown=gettext("Being brought over") if awaited else self._shown.get(name, ""),
            prefix=self._prefix,
        )

    def blocks(self) -> list[Block]:
        """The blocks of the layout, each with the cells it has. The record's type is asked for in the first one."""
        made: list[Block] = []
        layout = self._module.layout
        asked = () if any("record_type" in block.fields for block in layout.blocks.values()) else ("record_type",)
        titles = {name: self._module.tab_label(tab) for name, tab in layout.tabs.items()}
        for tab, blocks in layout.blocks_by_tab().items():
            for block in blocks:
                names = block.fields if made else (*block.fields, *asked)
                cells = [self.cell(name, wide=block.columns == 1) for name in names]
                found = [cell for cell in cells if cell is not None]
                if found:
                    made.append(self._block(block, found, titles.pop(tab, "")))
        return made

    def _block(self, block: BlockDef, cells: list[Cell], tab: str) -> Block:
        asks = any(cell.problem or cell.required for cell in cells)
        return Block(
            name=block.name,
            label=self._module.block_label(block),
            cells=cells,
            columns=block.columns,
            collapsed=block.collapsed and not asks,
            tab=tab,
        )

    def cells(self, names: Collection[str], *, wide: bool = False) -> list[Cell]:
        return [cell for name in names if (cell := self.cell(name, wide=wide)) is not None]

    def _choices(self, described: DescribedField, raw: Raw | None) -> Sequence[tuple[str, str]]:
        if described.control not in _CHOICE_CONTROLS and described.name != "record_type":
            return ()
        chosen = raw if isinstance(raw, list) else [str(raw or "")]
        # What is refused stays to be seen beside its problem; a record's type decides about itself.
        keep = chosen if described.name in self._problems or described.name == "record_type" else ()
        return choices(self._module, described, self._shower, keep=keep, offers=self._offers)

    def _targets(self, described: DescribedField) -> Sequence[tuple[str, str]]:
        """The modules a lookup may point to, when the form has to ask."""
        if not has_module(described):
            return ()
        modules = self._module.model.modules
        names = described.field.to
        if "*" in names:
            names = tuple(name for name, module in modules.items() if not module.hidden)
        language = self._shower.language
        return [
            (name, self._module.model.text(f"module.{name}.label", language, modules[name].label))
            for name in names
            if name in modules
        ]

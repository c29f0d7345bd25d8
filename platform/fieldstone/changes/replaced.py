"""What is to be replaced, found in the model whose records hold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fieldstone.changes.former import find_former_module, find_former_picklist
from fieldstone.fields.definition import PicklistDef, PicklistValueDef
from fieldstone.metadata.definitions import ModuleDef, RecordTypeDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.moves import ReplaceMove


@dataclass(frozen=True, kw_only=True)
class ReplacedChoice:
    """A value of the picklist `owner`, or a record type of the module `owner`, by the names of the model before;
    `stored` is how rows hold it, `to` what they get, by its new name."""

    kind: str
    owner: str
    key: str
    stored: str
    to: str

    @property
    def target(self) -> str:
        return f"{self.owner}.{self.key}"


def replaced_choices(moves: Iterable[ReplaceMove], old: AppModel, new: AppModel) -> Iterator[ReplacedChoice]:
    """Those that records may hold. The moves speak by the names of `new`; picklists and modules may be renamed by the
    same publish."""
    for move in moves:
        owner, _, key = move.old.rpartition(".")
        to = move.new.rpartition(".")[2]
        holder: ModuleDef | PicklistDef | None
        held: Mapping[str, RecordTypeDef | PicklistValueDef] = {}
        if move.kind == "record_type":
            if module := find_former_module(old, new, owner):
                holder, held = module, module.record_types
        elif picklist := find_former_picklist(old, new, owner, key):
            holder, held = picklist, picklist.values
        if key in held:
            assert holder
            yield ReplacedChoice(kind=move.kind, owner=holder.name, key=key, stored=held[key].stored or key, to=to)

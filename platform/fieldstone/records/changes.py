"""Values of the write path: what a caller sends to `Records.save` and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fieldstone.fields.base import ParseContext
from fieldstone.kernel.errors import ConflictError, FieldProblem
from fieldstone.records import codes


@dataclass(frozen=True)
class TempRef:
    """As a lookup's value: the record created in the same changeset by the change with this `ref`."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedValues:
    """Values read before the save began: `taken` as the field types gave them with the model of `version`,
    `rest` raw, for the save to read or refuse."""

    version: int
    taken: Mapping[str, Any]
    rest: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordChange:
    """One record to create (`id` None) or to change.

    `values`: public field name → raw value, as `FieldType.parse` takes it. `version` is the version
    the writer had read (None: do not compare). `expected` are the values the writer had seen, from
    which conflicts are told exactly; without it they come from the history. `ref` is the name by
    which other changes refer to a new record. `parsed` are the same `values`, read ahead; a save with
    another model reads them again. `exact`: `version` must still be the record's, whatever has changed.
    """

    module: str
    values: Mapping[str, Any]
    id: int | None = None
    version: int | None = None
    exact: bool = False
    ref: str = ""
    expected: Mapping[str, Any] | None = None
    parsed: ParsedValues | None = None


@dataclass(frozen=True, kw_only=True)
class SaveOptions:
    """How to save. `partial`: changes that fail are reported, the others saved (else all or none).

    `duplicates` "ignore" looks for none; `ignore_duplicate_warning` saves although records of a
    module with `on_match: warn` look like others. `workflows` False leaves the stages out.
    `parse` says how to read typed text; the actor's language and zone are used without it.
    """

    parse: ParseContext | None = None
    workflows: bool = True
    duplicates: Literal["check", "ignore"] = "check"
    ignore_duplicate_warning: bool = False
    partial: bool = False
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedRecord:
    """`changed` names the fields that differ from before; empty: nothing was written. `row` is the
    position of its change in the changeset."""

    module: str
    id: int
    version: int
    created: bool
    changed: frozenset[str]
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class DuplicateMatch:
    """A record that looks the same. `id` None: another one of the same changeset (at `row`)."""

    id: int | None
    label: str = ""
    row: int | None = None


@dataclass(frozen=True, kw_only=True)
class DuplicateWarning:
    """`row` is the position in the changeset, `matches` those the actor may see, `hidden` counts the others."""

    row: int
    matches: tuple[DuplicateMatch, ...]
    hidden: int = 0


@dataclass(frozen=True, kw_only=True)
class SaveResult:
    """What was saved, in the order of the changeset. `problems` and `warnings` only of a partial save:
    the changes at their `row` were not saved."""

    records: Sequence[SavedRecord] = ()
    problems: Sequence[FieldProblem] = ()
    warnings: Sequence[DuplicateWarning] = field(default=())


class PossibleDuplicatesError(ConflictError):
    """Records look like ones that exist and the module says to warn. Seen by the person who saves, who
    may save again with `ignore_duplicate_warning`; nothing was written."""

    def __init__(self, warnings: Sequence[DuplicateWarning]) -> None:
        self.warnings = list(warnings)
        super().__init__(codes.POSSIBLE_DUPLICATES, count=len(self.warnings))

"""Set fields of the record, or of one it looks up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.fields.values import RecordRef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records.changes import RecordChange
from fieldstone.records.stages import SaveRow
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.trace import DONE, SKIPPED

VALUE = {"type": ["string", "number", "boolean", "null"], "description": "An expression."}


@dataclass(frozen=True, kw_only=True)
class SetFieldsPlan:
    """`lookup` names the field whose record (of `module`) is changed; "" is the record itself."""

    lookup: str
    module: str
    values: Mapping[str, CompiledExpression]


class SetFields(Action):
    name = "set_fields"
    label = "Set fields"
    help = "Field → expression over the record. `record` names a lookup: its record is changed instead."
    schema: ClassVar[Schema] = {
        "type": "object",
        "minProperties": 1,
        "properties": {"record": {"type": "string", "description": "A lookup to one module."}},
        "additionalProperties": VALUE,
    }
    before_save = True

    def compile(self, scope: StepScope, options: Any) -> SetFieldsPlan:
        lookup = str(options.get("record", ""))
        target = self._find_target(scope, lookup) if lookup else scope.module
        sources = {name: source for name, source in options.items() if name != "record"}
        return SetFieldsPlan(lookup=lookup, module=target.name, values=scope.values(target, sources))

    def _find_target(self, scope: StepScope, lookup: str) -> ModuleDef:
        field = scope.find_field(lookup)
        if field is None:
            return scope.module
        if scope.before_save:
            scope.unusable("before the save only the record itself can be changed.")
        if field.type != "lookup" or len(field.to) != 1 or field.to[0] not in scope.model.modules:
            scope.unusable(f"{lookup} is not a lookup to one module.")
            return scope.module
        return scope.model.modules[field.to[0]]

    def run(self, batch: Batch, plan: SetFieldsPlan) -> None:
        if plan.lookup:
            self._set_related(batch, plan)
        elif batch.before_save:
            self._set_before_save(batch, plan)
        else:
            self._set_own(batch, plan)

    def _set_before_save(self, batch: Batch, plan: SetFieldsPlan) -> None:
        """Parsed and checked by the save itself, in the steps that follow."""
        for row, values in zip(batch.rows, batch.evaluate(plan.values), strict=True):
            new = _news(row, values)
            row.values.update(new)
            if new:
                batch.note(row, DONE, fields=sorted(new))

    def _set_own(self, batch: Batch, plan: SetFieldsPlan) -> None:
        changes = []
        for row, values in zip(batch.rows, batch.evaluate(plan.values), strict=True):
            new = _news(row, values)
            if new:
                changes.append(RecordChange(module=row.module, id=row.id, values=new))
            batch.note(row, DONE if new else SKIPPED, fields=sorted(new))
        if changes:
            batch.save(changes)
            batch.reload()

    def _set_related(self, batch: Batch, plan: SetFieldsPlan) -> None:
        changes: dict[int, dict[str, Any]] = {}
        for row, values in zip(batch.rows, batch.evaluate(plan.values), strict=True):
            record_id = row.values.get(plan.lookup)
            if record_id is None:
                batch.note(row, SKIPPED, reason=f"{plan.lookup} is empty")
            else:
                changes.setdefault(record_id, {}).update(values)  # of several that point to one, the last counts
                batch.note(row, DONE, record=f"{plan.module}:{record_id}", fields=sorted(values))
        if changes:
            batch.save([RecordChange(module=plan.module, id=id, values=values) for id, values in changes.items()])


def _news(row: SaveRow, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that differ from the record's."""
    return {name: value for name, value in values.items() if not _same(row.values.get(name), value)}


def _same(stored: Any, value: Any) -> bool:
    if isinstance(stored, RecordRef):
        return bool(stored.id == value)
    return bool(stored == value) or (stored in (None, False) and value in (None, "", False))

"""Create a record of any module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.fields.values import RecordRef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.changes import RecordChange
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.actions.set_fields import VALUE
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.step_scope import StepScope


@dataclass(frozen=True, kw_only=True)
class CreateRecordPlan:
    """`references`: lookup to several modules → the module that its expression's ids belong to."""

    module: str
    values: Mapping[str, CompiledExpression]
    references: Mapping[str, str]


class CreateRecord(Action):
    name = "create_record"
    label = "Create a record"
    help = "A record of another module; its values are expressions over this one (`organization: organization`)."
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["module", "values"],
        "additionalProperties": False,
        "properties": {
            "module": {"type": "string", "description": "The module of the new record."},
            "values": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": VALUE,
                "description": "Field → expression.",
            },
        },
    }

    def compile(self, scope: StepScope, options: Any) -> CreateRecordPlan:
        module = scope.find_module(str(options["module"]))
        values = scope.values(module, options["values"]) if module else {}
        references = _references(module, values) if module else {}
        return CreateRecordPlan(module=str(options["module"]), values=values, references=references)

    def run(self, batch: Batch, plan: CreateRecordPlan) -> None:
        changes = []
        for values in batch.evaluate(plan.values):
            for name, module in plan.references.items():
                if values[name] is not None:
                    values[name] = RecordRef(module, int(values[name]))
            changes.append(RecordChange(module=plan.module, values=values))
        for row, saved in zip(batch.rows, batch.save(changes).records, strict=True):
            batch.note(row, record=f"{plan.module}:{saved.id}")


def _references(module: ModuleDef, values: Mapping[str, CompiledExpression]) -> dict[str, str]:
    """For lookups that may lead to several modules: where each expression's reference leads."""
    references = {}
    for name, compiled in values.items():
        field = find_any_field(module, name)
        several = field is not None and field.type == "lookup" and (len(field.to) > 1 or field.to[0] == "*")
        if several and len(compiled.type.targets) == 1:
            references[name] = compiled.type.targets[0]
    return references

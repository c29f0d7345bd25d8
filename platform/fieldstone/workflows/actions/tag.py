"""Put tags on the record, or take some off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.kernel.folding import fold
from fieldstone.records.changes import RecordChange
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.trace import DONE, SKIPPED

_TAGS: Schema = {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}


@dataclass(frozen=True, kw_only=True)
class TagPlan:
    field: str
    add: tuple[str, ...]
    remove: frozenset[str]
    """Folded: tags differ in more than their case."""


class Tag(Action):
    name = "tag"
    label = "Tag"
    help = "Puts tags on the record and takes others off; what is said of neither stays."
    schema: ClassVar[Schema] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "add": {**_TAGS, "description": "Tags to put on."},
            "remove": {**_TAGS, "description": "Tags to take off."},
            "field": {"type": "string", "description": "Needed where the module has several fields of tags."},
        },
    }

    def compile(self, scope: StepScope, options: Any) -> TagPlan:
        if not (options.get("add") or options.get("remove")):
            scope.unusable("it names no tag to put on or to take off.")
        fields = [field.name for field in scope.module.fields.values() if field.type == "tags"]
        name = str(options.get("field", "")) or (fields[0] if len(fields) == 1 else "")
        if not fields:
            scope.unusable(f"{scope.module.name} has no field of tags.")
        elif not name:
            scope.unusable(f"which field is meant must be said with field: {', '.join(fields)}.")
        elif name not in fields:
            scope.unusable(f"{name} is not a field of tags.")
        else:
            definition = scope.module.fields[name]
            for tag in (*options.get("add", ()), *options.get("remove", ())):
                try:
                    scope.model.type_of(definition).parse(definition, [tag], ParseContext())
                except FieldValueError:
                    scope.unusable(f"{tag} cannot be a tag.")
        return TagPlan(
            field=name,
            add=tuple(options.get("add", ())),
            remove=frozenset(fold(tag) for tag in options.get("remove", ())),
        )

    def run(self, batch: Batch, plan: TagPlan) -> None:
        changes = []
        for row in batch.rows:
            before = tuple(row.values.get(plan.field) or ())
            kept = {fold(tag): tag for tag in before if fold(tag) not in plan.remove}
            for tag in plan.add:
                kept.setdefault(fold(tag), tag)
            after = tuple(kept.values())
            if after == before:
                batch.note(row, SKIPPED, reason="its tags are like that already")
                continue
            changes.append(RecordChange(module=row.module, id=row.id, values={plan.field: list(after)}))
            batch.note(row, DONE, fields=[plan.field], tags=list(after))
        if changes:
            batch.save(changes)
            batch.reload()

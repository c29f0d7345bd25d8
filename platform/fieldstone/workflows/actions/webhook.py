"""Call another system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS, has_system_field
from fieldstone.records.stages import SaveRow
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.http_post import parse_url
from fieldstone.workflows.step_scope import StepScope


@dataclass(frozen=True, kw_only=True)
class WebhookPlan:
    url: str
    fields: tuple[FieldDef, ...]


class Webhook(Action):
    name = "webhook"
    label = "Call a webhook"
    help = "Posts the record as signed JSON, after the save, until the receiver has taken it."
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["url"],
        "additionalProperties": False,
        "properties": {
            "url": {"type": "string", "description": "https://…; private addresses must be allowed by the operator."},
            "fields": {"type": "array", "minItems": 1, "items": {"type": "string"}, "description": "Default: all."},
        },
    }

    def compile(self, scope: StepScope, options: Any) -> WebhookPlan:
        parse_url(str(options["url"]))
        module = scope.module
        system = [field for name, field in SYSTEM_FIELD_DEFS.items() if has_system_field(module, name)]
        names = options.get("fields")
        chosen = [*module.fields.values(), *system] if names is None else [scope.find_field(name) for name in names]
        fields = tuple(field for field in chosen if field is not None and field.type != "secret")
        return WebhookPlan(url=str(options["url"]), fields=fields)

    def run(self, batch: Batch, plan: WebhookPlan) -> None:
        bodies = [
            {
                "workflow": batch.workflow.name,
                "trigger": batch.workflow.definition.on,
                "at": batch.work.now.isoformat(),
                "module": row.module,
                "id": row.id,
                "record": self._record(batch, plan, row),
            }
            for row in batch.rows
        ]
        services = batch.services
        user_id = batch.work.actor.user_id
        events = services.webhooks.enqueue(batch.work.connection, plan.url, bodies, created_by=user_id)
        for row, event in zip(batch.rows, events, strict=True):
            batch.note(row, event=event)

    def _record(self, batch: Batch, plan: WebhookPlan, row: SaveRow) -> dict[str, Any]:
        model = batch.work.published.model
        return {field.name: model.type_of(field).to_json(field, row.values.get(field.name)) for field in plan.fields}

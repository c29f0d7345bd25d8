"""Comment on the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.fields.values import RecordRef
from fieldstone.records.changes import RecordChange
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.rendering import render_all
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.template import Template, compile_text
from fieldstone.workflows.trace import SKIPPED

MODULE = "comment"
TEXT_LENGTH = 10_000


@dataclass(frozen=True, kw_only=True)
class CommentPlan:
    text: Template


class Comment(Action):
    name = "comment"
    label = "Comment"
    help = "A comment on the record, by whoever set off the workflow."
    schema: ClassVar[Schema] = {
        "type": "object",
        "required": ["text"],
        "additionalProperties": False,
        "properties": {"text": {"type": "string", "minLength": 1, "description": "A template."}},
    }

    def compile(self, scope: StepScope, options: Any) -> CommentPlan:
        scope.need(MODULE, "text", "related_to")
        return CommentPlan(text=scope.template(options["text"], compile_text))

    def run(self, batch: Batch, plan: CommentPlan) -> None:
        rows, changes = [], []
        for row, text in zip(batch.rows, render_all(batch, plan.text, limit=TEXT_LENGTH), strict=True):
            if text is None:
                continue
            if not text.strip():
                batch.note(row, SKIPPED, reason="the text is empty")
                continue
            rows.append(row)
            values = {"text": text, "related_to": RecordRef(row.module, row.id)}
            changes.append(RecordChange(module=MODULE, values=values))
        if changes:
            for row, saved in zip(rows, batch.save(changes).records, strict=True):
                batch.note(row, record=f"{MODULE}:{saved.id}")

"""The manual workflows of a module as buttons of a record."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor, current_site
from fieldstone.web.described import DescribedModule


@dataclass(frozen=True, kw_only=True)
class WorkflowButton:
    label: str
    url: str


def workflow_buttons(module: DescribedModule, record: Record) -> list[WorkflowButton]:
    language = current_actor().language
    return [
        WorkflowButton(
            label=module.model.text(f"workflow.{module.name}.{workflow.name}", language, workflow.label),
            url=f"/m/{module.name}/{record.id}/run/{workflow.name}",
        )
        for workflow in current_site().workflows.manual_workflows(module.name)
    ]

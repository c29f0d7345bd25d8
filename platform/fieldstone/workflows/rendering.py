"""Filling the templates of a step for many records and readers, with one outcome for each."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.workflows.batch import Batch
from fieldstone.workflows.template import Template, TemplateError, TemplateValues
from fieldstone.workflows.template_values import ValuesOfTemplates
from fieldstone.workflows.trace import FAILED


def values_for(batch: Batch, templates: Sequence[Template]) -> ValuesOfTemplates:
    """What these templates read, for all rows of the batch."""
    paths = {path for template in templates for path in template.paths}
    return ValuesOfTemplates(batch.work, batch.rows, paths, batch.services.settings)


def render_all(batch: Batch, template: Template, *, limit: int) -> list[str | None]:
    """The text for each row; None, with the reason in the trace, where it cannot be made."""
    values = values_for(batch, [template])
    return [render_one(batch, position, template, values.of(position), limit) for position in range(len(batch.rows))]


def render_one(batch: Batch, position: int, template: Template, values: TemplateValues, limit: int) -> str | None:
    try:
        return template.render(values, limit=limit)
    except TemplateError as error:
        batch.note(batch.rows[position], FAILED, reason=error.message)
        return None

"""Where picklists are used, and what taking a value away means for records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.changes.drafts.service import Edit
from fieldstone.kernel.errors import FieldstoneError, MetadataError
from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.metadata.model import AppModel
from fieldstone.web.current import current_site
from fieldstone.web.i18n import current_language
from fieldstone.web.setup.drafting import current_draft
from fieldstone.web.words import explain, word_diagnostic_whole


@dataclass(frozen=True, kw_only=True)
class UsingField:
    """A field that offers the values, by the words of the draft."""

    module: str
    field: str
    module_label: str
    field_label: str
    icon: str

    @property
    def url(self) -> str:
        return f"/setup/modules/{self.module}/fields/{self.field}"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """`records` hold it; None: it cannot go. `problems` say why not, without another in its place."""

    records: int | None
    problems: Sequence[str] = ()


def using_fields(model: AppModel, picklist: str) -> list[UsingField]:
    return [
        UsingField(
            module=module.name,
            field=field.name,
            module_label=model.text(f"module.{module.name}.plural", current_language(), module.plural),
            field_label=model.text(f"field.{module.name}.{field.name}.label", current_language(), field.label),
            icon=module.icon,
        )
        for module in model.modules.values()
        for field in module.fields.values()
        if field.picklist == picklist
    ]


def is_own(model: AppModel, picklist: str) -> tuple[str, str] | None:
    """(module, field) on which the values of a picklist are written; None for one with a document of its own."""
    for module in model.modules.values():
        for field in module.fields.values():
            if field.picklist == picklist == inline_picklist(module.name, field.name):
                return module.name, field.name
    return None


def loss_of(kind: str, target: str, alone: Edit, replaced: Edit | None) -> Loss:
    """What publishing the draft after a further change would take from records that hold `target`, a picklist value
    or a record type: when it goes `alone`, and where that is not possible, when it is `replaced`."""
    found = _held(kind, target, alone)
    if isinstance(found, int) or replaced is None:
        return Loss(records=found) if isinstance(found, int) else Loss(records=None, problems=found)
    held = _held(kind, target, replaced)
    return Loss(records=held if isinstance(held, int) else None, problems=found)


def _held(kind: str, target: str, change: Edit) -> int | list[str]:
    """How many records hold it, or the problems that the plan has."""
    drafts = current_site().drafts
    try:
        plan = current_site().publishing.plan(drafts.tried(current_draft(), change).site)
    except MetadataError as error:
        return [word_diagnostic_whole(each) for each in error.diagnostics[:10]]
    except FieldstoneError as error:
        return [explain(error)]
    return sum(each.rows for each in plan.changes if each.kind == f"remove_{kind}" and each.target == target)

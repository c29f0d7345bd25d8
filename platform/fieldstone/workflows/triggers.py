"""What sets a workflow off: each trigger picks, cheaply, the records of a save that it may be about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fieldstone.kernel.registry import Registry
from fieldstone.metadata.definitions import WorkflowDef
from fieldstone.records.stages import SaveRow


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """`picks` tells whether a row of a save is one it fires for, before the condition is asked; None: it does
    not fire in saves. With `becoming` the condition must not have held before the save.
    `before_save` says whether the workflow may run before the record is written. `links`: what it fires for is that
    records were linked or unlinked."""

    name: str
    label: str
    help: str
    picks: Callable[[WorkflowDef, SaveRow], bool] | None = None
    becoming: bool = False
    before_save: bool = False
    links: bool = False

    def pick(self, workflow: WorkflowDef, rows: Sequence[SaveRow]) -> list[SaveRow]:
        picks = self.picks
        return [] if picks is None else [row for row in rows if picks(workflow, row)]


def _created(workflow: WorkflowDef, row: SaveRow) -> bool:
    return row.created


def _updated(workflow: WorkflowDef, row: SaveRow) -> bool:
    if row.created or row.deleted or row.restored:
        return False
    return not row.changed.isdisjoint(workflow.fields) if workflow.fields else bool(row.changed)


def _saved(workflow: WorkflowDef, row: SaveRow) -> bool:
    return row.created or (bool(row.changed) and not row.deleted and not row.restored)


def _deleted(workflow: WorkflowDef, row: SaveRow) -> bool:
    return row.deleted


def _restored(workflow: WorkflowDef, row: SaveRow) -> bool:
    return row.restored


def _stage_entered(workflow: WorkflowDef, row: SaveRow) -> bool:
    field = workflow.stage.get("field", "")
    if row.deleted or row.restored or not (row.created or field in row.changed):
        return False
    types = workflow.stage.get("record_types")
    return row.values.get(field) in workflow.stage.get("to", ()) and (
        not types or row.values.get("record_type") in types
    )


BUILT_IN: tuple[Trigger, ...] = (
    Trigger(name="created", label="Created", help="A record was created.", picks=_created, before_save=True),
    Trigger(
        name="updated",
        label="Updated",
        help="A record was changed; with `fields`, in one of these.",
        picks=_updated,
        before_save=True,
    ),
    Trigger(name="saved", label="Saved", help="A record was created or changed.", picks=_saved, before_save=True),
    Trigger(
        name="becomes_true",
        label="Condition becomes true",
        help="The condition holds after the save and did not before.",
        picks=_saved,
        becoming=True,
        before_save=True,
    ),
    Trigger(
        name="stage_entered",
        label="Stage entered",
        help="A record was created in, or moved to, one of the values of a picklist "
        "(`stage: {field: stage, to: [won]}`, and `record_types` if only some count).",
        picks=_stage_entered,
        before_save=True,
    ),
    Trigger(
        name="linked",
        label="Linked",
        help="A record was linked with another in the related list `relation`; expressions see that one as `other`. "
        "Lookups set on the other record count, as do the ones set when it is created.",
        links=True,
    ),
    Trigger(
        name="unlinked",
        label="Unlinked",
        help="A record was unlinked from another in the related list `relation`; not because one was deleted.",
        links=True,
    ),
    Trigger(name="deleted", label="Deleted", help="A record was moved to the recycle bin.", picks=_deleted),
    Trigger(name="restored", label="Restored", help="A record came back from the recycle bin.", picks=_restored),
    Trigger(
        name="schedule",
        label="Schedule",
        help="At times given by cron, for every record for which the condition holds; or before or after a date "
        "or time of each record.",
    ),
    Trigger(
        name="webhook",
        label="Webhook",
        help="Another system posts JSON to the secret address of the workflow (`webhook:`), which its page in Setup "
        "makes and renews.",
    ),
    Trigger(name="manual", label="Button", help="A person runs it from a record or for selected records."),
)


def built_in_triggers() -> Registry[Trigger]:
    """A fresh registry of the triggers that come with Fieldstone."""
    return Registry("trigger", BUILT_IN)


TRIGGERS: tuple[str, ...] = tuple(trigger.name for trigger in BUILT_IN)
"""The names `on:` may have."""

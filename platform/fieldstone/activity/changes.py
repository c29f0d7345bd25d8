"""What a save changes that followers are told: the stage and the owner, in words of whoever is told."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.activity.people import Person
from fieldstone.activity.words import word
from fieldstone.kernel.actors import Actor, find_impersonator
from fieldstone.metadata.model import AppModel
from fieldstone.records.access import can_read_field
from fieldstone.records.stages import SaveRow
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True)
class Doer:
    """Who did something: a person, a workflow, or the system."""

    model: AppModel
    name: str
    via: str

    @classmethod
    def of(cls, model: AppModel, actor: Actor) -> Doer:
        via = actor.via.partition(" ")[2] if find_impersonator(actor.via) is not None else actor.via
        return cls(model=model, name=actor.name if actor.user_id is not None else "", via=via)

    def word(self, language: str) -> str:
        kind, _, name = self.via.partition(":")
        if kind == "workflow":
            module, _, workflow = name.rpartition(".")
            found = self.model.workflows.get(module, {}).get(workflow)
            label = found.label if found else workflow
            named = self.model.text(f"workflow.{module}.{workflow}", language, label)
            return word("workflow", language, name=named)
        return self.name or word("system", language)


def word_stage(published: PublishedModel, person: Person, doer: Doer, row: SaveRow, stage: str) -> str:
    """ "" when the person may not read the field."""
    language, model = person.actor.language, published.model
    if not can_read_field(published, person.actor, row.module, stage):
        return ""
    field = model.modules[row.module].fields[stage]
    assert row.old is not None
    old, new = (_value(model, field.picklist, each[stage], language) for each in (row.old, row.values))
    label = model.text(f"field.{row.module}.{stage}.label", language, field.label)
    return word("moved", language, who=doer.word(language), field=label, old=old, new=new)


def word_owner(published: PublishedModel, person: Person, doer: Doer, row: SaveRow, owner: str) -> str:
    """ "" when the person may not read who owns the record."""
    language = person.actor.language
    if not can_read_field(published, person.actor, row.module, "owner"):
        return ""
    return word("owner", language, who=doer.word(language), owner=owner or word("empty", language))


def _value(model: AppModel, picklist: str, key: str | None, language: str) -> str:
    if key is None:
        return word("empty", language)
    values = model.picklists[picklist].values if picklist in model.picklists else {}
    label = values[key].label if key in values else key
    return model.text(f"picklist.{picklist}.{key}", language, label)

"""What can be done to many records. Each is done to a chunk of them, in the transaction of the runner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import FieldProblem, InvalidInputError
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.access import require, require_editable
from fieldstone.records.changes import RecordChange, SaveOptions, SaveResult
from fieldstone.records.delete import delete
from fieldstone.records.mass import codes
from fieldstone.records.purge import purge
from fieldstone.records.restore import restore
from fieldstone.records.save.begin import begin
from fieldstone.records.save.environment import SaveEnvironment
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.pipeline import run
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveWork
from fieldstone.storage.published import PublishedModel

TEXT_LENGTH = 10_000


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Some records of a module, in one transaction. `options` are what `check` gave; `key` names the action among all
    there ever are, for effects that must not happen twice."""

    connection: sa.Connection
    published: PublishedModel
    actor: Actor
    environment: SaveEnvironment
    module: str
    ids: Sequence[int]
    options: Mapping[str, Any]
    key: str

    def begin(self, options: SaveOptions, changes: Sequence[RecordChange] = ()) -> SaveWork:
        return begin(self.connection, self.published, self.actor, self.environment, options, changes)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many records were changed, and which were not: problems by their `row`, the place in `Chunk.ids`."""

    changed: int
    problems: Sequence[FieldProblem] = ()


class MassAction(Protocol):
    """`right` is asked of the module and of each record. `in_bin`: of records in the recycle bin. `undoable`: the
    history can take it back. `check` gives the options as they are kept, with identities for names."""

    name: str
    right: str
    in_bin: bool
    undoable: bool

    def check(
        self, published: PublishedModel, actor: Actor, module: str, options: Mapping[str, Any]
    ) -> dict[str, Any]: ...

    def apply(self, chunk: Chunk) -> Outcome: ...


MassActions = Registry[MassAction]

_OPTIONS = SaveOptions(partial=True, duplicates="ignore", source="mass")


class Update:
    """Options: `values`, field → raw value, as `Records.save` takes them. Changing the owner is one of these."""

    name, right, in_bin, undoable = "update", "mass_edit", False, True

    def check(self, published: PublishedModel, actor: Actor, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        values = options.get("values") or {}
        if not values:
            raise InvalidInputError(codes.NOTHING_ASKED)
        definition = published.model.modules[module]
        require_editable(published, actor, module, values)
        kept = {}
        for name, value in values.items():
            field = find_any_field(definition, name)
            if field is None or not field.mass_edit:
                raise InvalidInputError(codes.NOT_FOR_MANY, label=field.label if field else name, field=name)
            kept[field.identity or name] = f"{value.module}:{value.id}" if isinstance(value, RecordRef) else value
        return {"values": kept}

    def apply(self, chunk: Chunk) -> Outcome:
        fields = chunk.published.model.modules[chunk.module].fields
        names = {field.identity: name for name, field in fields.items()}
        values = {names.get(key, key): value for key, value in chunk.options["values"].items()}
        changes = [RecordChange(module=chunk.module, id=id, values=values) for id in chunk.ids]
        return _saved(run(chunk.begin(_OPTIONS, changes)))


class Tag:
    """Options: `add` and `remove`, lists of tags. Only records whose tags change are written."""

    name, right, in_bin, undoable = "tag", "mass_edit", False, True

    def check(self, published: PublishedModel, actor: Actor, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        add, remove = _words(options.get("add")), _words(options.get("remove"))
        if not add and not remove:
            raise InvalidInputError(codes.NOTHING_ASKED)
        require_editable(published, actor, module, [tags_field(published, module)])
        return {"add": add, "remove": remove}

    def apply(self, chunk: Chunk) -> Outcome:
        work = chunk.begin(_OPTIONS)
        field = tags_field(chunk.published, chunk.module)
        stored = read_rows(work, program_for(work, chunk.module), chunk.ids, right="edit")
        gone, more = set(chunk.options["remove"]), chunk.options["add"]
        changes, places = [], []
        for place, id in enumerate(chunk.ids):
            before = list(stored[id][field] or ()) if id in stored else []
            after = list(dict.fromkeys([*(tag for tag in before if tag not in gone), *more]))
            if id not in stored or after != before:
                changes.append(RecordChange(module=chunk.module, id=id, values={field: after}))
                places.append(place)
        return _saved(run(chunk.begin(_OPTIONS, changes)), places)


class Comment:
    """Options: `text`. One comment on each record, by whoever asks."""

    name, right, in_bin, undoable = "comment", "view", False, False

    def check(self, published: PublishedModel, actor: Actor, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        text = str(options.get("text") or "").strip()[:TEXT_LENGTH]
        relation = published.model.modules[module].relations.get("comments")
        if relation is None:
            raise InvalidInputError(codes.NO_COMMENTS, module=published.model.modules[module].plural)
        if not text:
            raise InvalidInputError(codes.NOTHING_ASKED)
        require(published, actor, relation.to, "create")
        return {"text": text}

    def apply(self, chunk: Chunk) -> Outcome:
        relation = chunk.published.model.modules[chunk.module].relations["comments"]
        changes = [
            RecordChange(
                module=relation.to,
                values={"text": chunk.options["text"], relation.field: RecordRef(chunk.module, id)},
            )
            for id in chunk.ids
        ]
        return _saved(run(chunk.begin(_OPTIONS, changes)))


class Move:
    """Moves the records to the recycle bin, back from it, or out of it for good: whatever `work` does to ids."""

    right, undoable = "delete", False

    def __init__(self, name: str, work: Callable[[SaveWork, str, Sequence[int]], object], *, in_bin: bool) -> None:
        self.name = name
        self.in_bin = in_bin
        self._work = work

    def check(self, published: PublishedModel, actor: Actor, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def apply(self, chunk: Chunk) -> Outcome:
        self._work(chunk.begin(SaveOptions()), chunk.module, chunk.ids)
        return Outcome(changed=len(chunk.ids))


def built_in_mass_actions() -> MassActions:
    moves = (
        Move("delete", delete, in_bin=False),
        Move("restore", restore, in_bin=True),
        Move("purge", purge, in_bin=True),
    )
    registry: MassActions = Registry("mass action")
    for action in (Update(), Tag(), Comment(), *moves):
        registry.register(action)
    return registry


def tags_field(published: PublishedModel, module: str) -> str:
    """The first field of tags. Raises InvalidInputError mass.E008."""
    definition = published.model.modules[module]
    found = next((field.name for field in definition.fields.values() if field.type == "tags"), "")
    if not found:
        raise InvalidInputError(codes.NO_TAGS, module=definition.plural)
    return found


def _words(given: object) -> list[str]:
    words = [str(word).strip() for word in given] if isinstance(given, (list, tuple)) else []
    return list(dict.fromkeys(word for word in words if word))[:50]


def _saved(result: SaveResult, places: Sequence[int] | None = None) -> Outcome:
    problems = list(result.problems)
    if places is not None:
        problems = [_at(problem, places[problem.row]) for problem in problems]
    return Outcome(changed=sum(bool(record.changed) for record in result.records), problems=problems)


def _at(problem: FieldProblem, row: int) -> FieldProblem:
    return FieldProblem(field=problem.field, code=problem.code, params=problem.params, message=problem.message, row=row)

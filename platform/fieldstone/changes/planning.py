"""Makes plans: compile the proposal, compare, and count what it means for the data."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from fieldstone.changes.effects import Effects
from fieldstone.changes.plan import Plan, PlannedChange, lock_of
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.catalogue import Catalogue, Wanted
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.diff import Change, diff
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.storage.backfill import plan_backfills
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.ddl import Operation, find_mismatches, plan_operations
from fieldstone.storage.documents import document_hash
from fieldstone.storage.physical import Physical, read_physical
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.revisions import find_version, load_layers
from fieldstone.storage.shapes import column_name, model_shapes


class CompileLayers(Protocol):
    """Compiles a proposal with everything the site knows (field types, actions, triggers)."""

    def __call__(self, layers: Sequence[Layer], catalogue: Catalogue) -> Compilation: ...


def plan_changes(
    conn: sa.Connection, published: PublishedModel | None, layers: Sequence[Layer], compile_layers: CompileLayers
) -> Plan:
    """The plan that brings the site from `published` (None: an empty database) to `layers`.

    Raises MetadataError with every problem of the documents.
    """
    physical, version = read_physical(conn), find_version(conn)
    compilation = compile_layers(layers, load_catalogue(conn))
    moved = _leave_used_columns(compilation, physical, conn.dialect)
    if moved is not compilation.catalogue:
        compilation = compile_layers(layers, moved)
    model = compilation.get_model()
    shapes = model_shapes(model)
    operations = plan_operations(shapes, physical, conn.dialect)
    base = _hash_layers(version, load_layers(conn, version) if version else ())
    old = published.model if published else None
    assigned, left = _assign(diff(old, model), operations, old, model)
    effects = Effects(conn, old, model)
    changes = [_planned(change, found, effects) for change, found in assigned]
    changes += [
        PlannedChange(kind="change_storage", target=table, ddl=_statements(found), lock=lock_of(found))
        for table, found in left.items()
    ]
    return Plan(
        base=base,
        hash=_hash_layers(version, layers),
        version=version,
        changes=tuple(changes),
        layers=tuple(layers),
        model=model,
        catalogue=compilation.catalogue,
        operations=tuple(operations),
        backfills=tuple(plan_backfills(shapes, physical)),
    )


def _leave_used_columns(compilation: Compilation, physical: Physical, dialect: sa.Dialect) -> Catalogue:
    """The catalogue in which fields whose column exists with another type have a new one."""
    model, catalogue = compilation.get_model(), compilation.catalogue
    used = find_mismatches(model_shapes(model), physical, dialect)
    for module in model.modules.values() if used else ():
        wanted = [_wanted(model, module, field) for field in module.fields.values()]
        for want, field in zip(wanted, module.fields.values(), strict=True):
            if any((module.table, column_name(field, suffix)) in used for suffix in want.suffixes):
                catalogue = catalogue.move_physical(want.kind, want.path, wanted)
    return catalogue


def _wanted(model: AppModel, module: ModuleDef, field: FieldDef) -> Wanted:
    suffixes = tuple(spec.suffix for spec in model.type_of(field).columns(field))
    return Wanted(kind="field", path=f"{module.name}.{field.name}", suffixes=suffixes)


def _hash_layers(version: int, layers: Sequence[Layer]) -> str:
    """Of documents upon a version: the same documents upon another version are another plan."""
    parts = [f"{layer.name}/{path} {document_hash(body)}" for layer in layers for path, body in layer.documents.items()]
    return hashlib.sha256("\n".join([str(version), *parts]).encode()).hexdigest()


def _planned(change: Change, operations: Sequence[Operation], effects: Effects) -> PlannedChange:
    rows, lost = effects.count(change)
    # Where no value goes out of sight, nobody loses anything.
    destructive = change.destructive and lost > 0
    return PlannedChange(
        kind=change.kind,
        target=change.target,
        ddl=_statements(operations),
        rows=rows,
        lost=lost,
        lock=lock_of(operations),
        reversible=not destructive,
        destructive=destructive,
    )


def _statements(operations: Sequence[Operation]) -> tuple[str, ...]:
    return tuple(operation.statement for operation in operations)


def _assign(
    changes: Sequence[Change], operations: Sequence[Operation], old: AppModel | None, new: AppModel
) -> tuple[list[tuple[Change, list[Operation]]], dict[str, list[Operation]]]:
    """Which change each statement serves, and those that serve none that is listed, by table."""
    assigned: list[tuple[Change, list[Operation]]] = [(change, []) for change in changes]
    places = [_place(change, old, new) for change in changes]
    left: dict[str, list[Operation]] = {}
    for operation in operations:
        scores = [_closeness(operation, table, column) for table, column in places]
        best = max(scores, default=0)
        if best:
            assigned[scores.index(best)][1].append(operation)
        else:
            left.setdefault(operation.table, []).append(operation)
    return assigned, left


def _place(change: Change, old: AppModel | None, new: AppModel) -> tuple[str, str]:
    """The physical table, and the column or "", that a change is about; ("", "") when it is about none."""
    module_name, _, name = change.target.partition(".")
    for model in (new, old):
        module = model.modules.get(module_name) if model else None
        if module is None:
            continue
        if name in module.fields:
            return module.table, column_name(module.fields[name])
        if name in module.relations:
            return module.relations[name].table or module.table, ""
        return module.table, ""
    return "", ""


def _closeness(operation: Operation, table: str, column: str) -> int:
    """0: not about the place. The closest of several changes to one table gets the statement."""
    if operation.table != table:
        return 0
    if not column:
        return 1
    return 2 if any(found == column or found.startswith(column + "_") for found in operation.columns) else 0

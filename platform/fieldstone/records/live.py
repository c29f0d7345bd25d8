"""Fields that are computed on reading: formulas and rollups whose value depends on the time.

A formula is one when it asks for the time itself or reads a field that is; a rollup when its filter does
or the field it sums up is. All others are stored when records are saved. With a past model all are: what is
stored is of today.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import RelationDef
from fieldstone.metadata.dependencies import DependencyGraph, FieldRef, build_dependencies
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.storage.archive import PastModel
from fieldstone.storage.published import PreviewModel, PublishedModel


@dataclass(frozen=True, slots=True)
class LiveFormula:
    module: str
    field: FieldDef
    compiled: CompiledExpression


@dataclass(frozen=True, slots=True)
class LiveRollup:
    """`where`: of the children counted; None counts all."""

    module: str
    field: FieldDef
    relation: RelationDef
    where: CompiledExpression | None


LiveField = LiveFormula | LiveRollup


def find_live(published: PublishedModel, module: str, name: str) -> LiveField | None:
    """How to compute a field on reading; None for one that is stored."""
    return live_fields(published, module).get(name)


def live_fields(published: PublishedModel, module: str) -> dict[str, LiveField]:
    """Those of a module by name."""
    known: dict[str, dict[str, LiveField]] | None = published.cache.get("read.live")
    if known is None:
        known = {}
        graph = build_dependencies(published.model)
        for ref in sorted(_live(published, graph)):
            known.setdefault(ref.module, {})[ref.field] = _build(published, ref)
        published.cache["read.live"] = known
    return known.get(module, {})


def _live(published: PublishedModel, graph: DependencyGraph) -> Collection[FieldRef]:
    """With a preview, those whose stored values are of another definition, and all that read them, too."""
    if isinstance(published, PastModel):
        return graph.computed
    found = set(graph.volatile)
    if isinstance(published, PreviewModel):
        waiting = [FieldRef(*each) for each in published.recomputed]
        while waiting:
            ref = waiting.pop()
            if ref in graph.computed and ref not in found:
                found.add(ref)
            waiting += [each for each in graph.dependants.get(ref, ()) if each not in found]
    return found


def module_scope(published: PublishedModel, module: str) -> ModuleScope:
    """What expressions about a module's records may name when they are read."""
    known: dict[str, ModuleScope] = published.cache.setdefault("read.scopes", {})
    found = known.get(module)
    if found is None:
        model = published.model
        found = known[module] = ModuleScope(model.modules, module, model.picklists, model.field_types)
    return found


def _build(published: PublishedModel, ref: FieldRef) -> LiveField:
    module = published.model.modules[ref.module]
    field = module.fields[ref.field]
    if field.type == "formula":
        return LiveFormula(ref.module, field, compile_expression(field.expression, module_scope(published, ref.module)))
    relation = module.relations[field.relation]
    where = compile_expression(field.where, module_scope(published, relation.to)) if field.where else None
    return LiveRollup(ref.module, field, relation, where)

"""From drafts to modules: identities and physical names, results, and all relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.builders.modules import ModuleDraft
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.catalogue import Catalogue, CatalogueEntry
from fieldstone.metadata.definitions import ModuleDef, RecordTypeDef, RelationDef
from fieldstone.metadata.former_keys import former_keys
from fieldstone.metadata.merged import MergedDocuments
from fieldstone.metadata.relations import derive_relations
from fieldstone.metadata.results import infer_results


def finish_modules(
    drafts: Mapping[str, ModuleDraft],
    catalogue: Catalogue,
    keeps: bool,
    picklists: Mapping[str, PicklistDef],
    documents: MergedDocuments,
    field_types: Registry[FieldType],
    cache: CompilationCache,
    problems: Diagnostics,
) -> dict[str, ModuleDef]:
    """The modules in final form. One that is as before is the same object as before, so that its tables
    and everything else made from it can be kept. `keeps`: see `metadata.naming.name_picklists`."""
    identified = {name: _identify(draft, catalogue, keeps, cache) for name, draft in drafts.items()}
    relations = derive_relations(identified, documents, problems)
    results = infer_results(identified, relations, picklists, field_types)
    by_module: dict[str, dict[str, FieldDef]] = {}
    for (module, name), field in results.items():
        by_module.setdefault(module, {})[name] = field
    return {
        name: _complete(module, relations[name], by_module.get(name, {}), cache) for name, module in identified.items()
    }


def _identify(draft: ModuleDraft, catalogue: Catalogue, keeps: bool, cache: CompilationCache) -> ModuleDef:
    entries = {(want.kind, want.path): catalogue.entries[want.kind, want.path] for want in draft.wanted}
    stored = {
        name: entries["record_type", f"{draft.module.name}.{name}"].physical for name in draft.module.record_types
    }
    former = former_keys(catalogue, "record_type", draft.module.name, stored)
    key = ("identified", draft.module.name)
    earlier: Any = cache.find(key)
    if earlier is not None and earlier[0] is draft and earlier[1] == (entries, former, keeps):
        known: ModuleDef = earlier[2]
        return known
    module = replace(_with_identities(draft.module, entries, keeps), former_types=former)
    cache.put(key, (draft, (entries, former, keeps), module))
    return module


def _with_identities(module: ModuleDef, entries: Mapping[tuple[str, str], CatalogueEntry], keeps: bool) -> ModuleDef:
    def typed(item: RecordTypeDef) -> RecordTypeDef:
        entry = entries["record_type", f"{module.name}.{item.name}"]
        return replace(item, identity=entry.identity if keeps else "", stored=entry.physical)

    def identified(path: str, field: FieldDef) -> FieldDef:
        entry = entries["field", f"{path}.{field.name}"]
        return replace(field, identity=entry.identity, column=entry.physical)

    relations = {}
    for relation in module.relations.values():
        path = f"{module.name}.{relation.name}"
        entry = entries["relation", path]
        attributes = {field.name: identified(path, field) for field in relation.attributes.values()}
        relations[relation.name] = replace(
            relation, identity=entry.identity, table=entry.physical, attributes=attributes
        )
    own = entries["module", module.name]
    return replace(
        module,
        identity=own.identity,
        table=own.physical,
        fields={field.name: identified(module.name, field) for field in module.fields.values()},
        relations=relations,
        record_types={name: typed(item) for name, item in module.record_types.items()},
    )


def _complete(
    module: ModuleDef, relations: dict[str, RelationDef], results: dict[str, FieldDef], cache: CompilationCache
) -> ModuleDef:
    key = ("completed", module.name)
    earlier: Any = cache.find(key)
    if earlier is not None and earlier[0] is module and earlier[1] == relations and earlier[2] == results:
        # Equal mappings in another order are another module: relations are shown in their order.
        known: ModuleDef = earlier[3]
        if list(earlier[1]) == list(relations):
            return known
    completed = replace(
        module,
        relations=relations,
        fields={name: results.get(name, field) for name, field in module.fields.items()} if results else module.fields,
    )
    cache.put(key, (module, relations, results, completed))
    return completed

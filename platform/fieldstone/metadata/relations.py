"""The related lists that other modules bring: far sides of lookups and of many-to-many relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics, Location
from fieldstone.metadata.definitions import ModuleDef, RelationDef
from fieldstone.metadata.documents import MODULE
from fieldstone.metadata.merged import MergedDocuments
from fieldstone.metadata.scopes import ANY_MODULE

TAKEN = declare(
    "relation.E001",
    "The related list {name!r} of {module!r} would exist twice: {other} brings it too.",
    "Give one of them another name with `reverse:`.",
)
FIELD_NAME = declare(
    "relation.E002",
    "The related list {name!r} of {module!r} is called like a field there.",
    "Give it another name.",
)


@dataclass(frozen=True, kw_only=True)
class _Brought:
    """A relation on its way to a module, and who brings it."""

    target: str
    relation: RelationDef
    source: str
    location: Location


def derive_relations(
    modules: Mapping[str, ModuleDef], documents: MergedDocuments, problems: Diagnostics
) -> dict[str, dict[str, RelationDef]]:
    """Module → all its relations, declared ones first, then those that other modules bring."""
    relations = {name: dict(module.relations) for name, module in modules.items()}
    sources = {
        (name, relation): f"{name}.{relation}" for name, module in modules.items() for relation in module.relations
    }
    for name, module in modules.items():
        for relation in module.relations:
            if relation in module.fields:
                location = documents.location(MODULE, name, "relations", relation)
                problems.add(FIELD_NAME, location, f"{name}.relations.{relation}", name=relation, module=name)
    open_modules = [name for name, module in modules.items() if not module.hidden]
    for module in modules.values():
        for brought in _brought_by(module, modules, documents, open_modules):
            name, target = brought.relation.name, brought.target
            if name in modules[target].fields:
                problems.add(FIELD_NAME, brought.location, brought.source, name=name, module=target)
            elif (target, name) in sources:
                other = sources[target, name]
                problems.add(TAKEN, brought.location, brought.source, name=name, module=target, other=other)
            else:
                sources[target, name] = brought.source
                relations[target][name] = brought.relation
    return relations


def _brought_by(
    module: ModuleDef, modules: Mapping[str, ModuleDef], documents: MergedDocuments, open_modules: list[str]
) -> list[_Brought]:
    found = []
    for field in module.fields.values():
        if field.type != "lookup":
            continue
        relation = RelationDef(
            name=field.reverse,
            kind="one_to_many",
            to=module.name,
            label=field.reverse_label or module.plural,
            field=field.name,
            identity=field.identity,
        )
        targets = open_modules if ANY_MODULE in field.to else [name for name in field.to if name in modules]
        location = documents.location(MODULE, module.name, "fields", field.name)
        source = f"{module.name}.{field.name}"
        found += [_Brought(target=name, relation=relation, source=source, location=location) for name in targets]
    for relation in module.relations.values():
        if relation.to in modules:
            far = RelationDef(
                name=relation.reverse,
                kind="many_to_many",
                to=module.name,
                label=documents.text(MODULE, module.name, "relations", relation.name, "reverse_label") or module.plural,
                inverse_of=(module.name, relation.name),
                reverse=relation.name,
                attributes=relation.attributes,
                identity=relation.identity,
                table=relation.table,
            )
            location = documents.location(MODULE, module.name, "relations", relation.name)
            source = f"{module.name}.{relation.name}"
            found.append(_Brought(target=relation.to, relation=far, source=source, location=location))
    return found

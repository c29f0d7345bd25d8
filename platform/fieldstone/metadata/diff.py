"""The changes between two models. Found here, explained and carried out by `changes`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, TypeVar

from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.access_diff import diff_access
from fieldstone.metadata.app_definitions import AppDef
from fieldstone.metadata.change import Change, pair_names
from fieldstone.metadata.definitions import ModuleDef, RelationDef, WorkflowDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.pictures import picture_of

T = TypeVar("T")


_PLACES = frozenset({"identity", "column", "table", "stored", "former", "former_types"})
"""Given by the catalogue, not by people."""
_APART = _PLACES | {
    "name", "key", "fields", "relations", "record_types", "values", "indexes", "index", "unique", "modules",
}  # fmt: skip
"""Compared on their own, or not at all."""
_DESTRUCTIVE = frozenset({"picklist_value", "record_type"})
"""What records may hold."""


def diff(old: AppModel | None, new: AppModel) -> list[Change]:
    """Everything that differs, modules first; from nothing when `old` is None. Renames are known by identity."""
    changes = list(_diff_modules(old, new))
    changes += _diff_picklists(old.picklists if old else {}, new.picklists)
    changes += _diff_all("workflow", _workflows(old, _present_names(old, new)) if old else {}, _workflows(new, {}))
    changes += diff_access(old, new)
    changes += _diff_all("email", old.emails if old else {}, new.emails)
    if old is not None:
        changes += _diff_app(old.app, new.app)
        for name in new.layouts:
            if name in old.layouts:
                changes += _changed("layout", name, old.layouts[name], new.layouts[name], apart=frozenset())
    for language in sorted({*new.texts, *(old.texts if old else ())}):
        before = old.texts.get(language, {}) if old else {}
        if before != new.texts.get(language, {}):
            changes.append(Change(kind="change_texts", target=language))
    return changes


def _diff_app(old: AppDef, new: AppDef) -> Iterator[Change]:
    """Hours, holidays and rates one by one, and of the logo what it is."""
    for change in _changed("app", "app", old, new, apart=frozenset()):
        details: dict[str, Any] = {}
        for name, (before, now) in change.details.items():
            if name == "logo":
                details[name] = [_picture_in_words(before), _picture_in_words(now)]
            elif name in ("hours", "holidays", "rates"):
                days = [day for day in sorted({*before, *now}) if before.get(day) != now.get(day)]
                details.update((f"{name}.{day}", [before.get(day), now.get(day)]) for day in days)
            else:
                details[name] = [before, now]
        if details:
            yield replace(change, details=details)


def _picture_in_words(text: str) -> str:
    try:
        picture = picture_of(text) if text else None
    except InvalidInputError:
        return "?"
    return f"{picture.mime} {picture.width} × {picture.height} {picture.digest[:6]}" if picture else ""


def _diff_modules(old: AppModel | None, new: AppModel) -> Iterator[Change]:
    before = {module.identity: module for module in old.modules.values()} if old else {}
    after = {module.identity for module in new.modules.values()}
    for module in new.modules.values():
        earlier = before.get(module.identity)
        if earlier is None:
            yield Change(kind="add_module", target=module.name)
            yield from _diff_fields(None, module, old, new)
            yield from _diff_relations(None, module)
            yield from _diff_record_types(None, module)
        elif earlier is not module:
            if earlier.name != module.name:
                yield Change(kind="rename_module", target=module.name, details={"from": earlier.name})
            yield from _changed("module", module.name, earlier, module)
            yield from _diff_fields(earlier, module, old, new)
            yield from _diff_relations(earlier, module, _present_names(old, new) if old else {})
            yield from _diff_record_types(earlier, module)
        yield from _diff_indexes(earlier, module)
    for earlier in before.values():
        if earlier.identity not in after:
            yield Change(kind="remove_module", target=earlier.name, destructive=True)


def _diff_fields(earlier: ModuleDef | None, module: ModuleDef, old: AppModel | None, new: AppModel) -> Iterator[Change]:
    before = {field.identity: field for field in earlier.fields.values()} if earlier else {}
    after = {field.identity for field in module.fields.values()}
    for field in module.fields.values():
        target = f"{module.name}.{field.name}"
        known = before.get(field.identity)
        if known is None:
            yield Change(kind="add_field", target=target, details={"type": field.type})
        elif known is not field:
            assert old is not None
            yield from _diff_field(target, known, field, old, new)
        yield from _diff_field_index(target, known, field)
    for known in before.values():
        if known.identity not in after and earlier is not None:
            yield Change(kind="remove_field", target=f"{earlier.name}.{known.name}", destructive=True)


def _diff_field(target: str, known: FieldDef, field: FieldDef, old: AppModel, new: AppModel) -> Iterator[Change]:
    if known.name != field.name:
        yield Change(kind="rename_field", target=target, details={"from": known.name})
    if known.to != field.to:
        names = _present_names(old, new)
        known = replace(known, to=tuple(names.get(name, name) for name in known.to))
    kept = set(old.type_of(known).columns(known))
    now = set(new.type_of(field).columns(field))
    apart = set(_APART)
    if known.type != field.type or kept != now:
        apart |= {"type", "to", "result", "decimals"}
        details = _differences(known, field, frozenset(_APART - {"type"}))
        shown = {key: value for key, value in details.items() if key in ("type", "to", "result", "decimals")}
        yield Change(kind="change_type", target=target, destructive=not kept <= now, details=shown)
    yield from _changed("field", target, known, field, apart=frozenset(apart))


def _diff_field_index(target: str, known: FieldDef | None, field: FieldDef) -> Iterator[Change]:
    for kind in ("index", "unique"):
        before, now = bool(known and getattr(known, kind)), getattr(field, kind)
        if before != now:
            details = {"unique": True} if kind == "unique" else {}
            yield Change(kind="add_index" if now else "remove_index", target=target, details=details)


def _diff_relations(
    earlier: ModuleDef | None, module: ModuleDef, names: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Change]:
    """Declared relations only: those of lookups change with their field."""
    before = {relation.identity: relation for relation in _declared(earlier)} if earlier else {}
    after = {relation.identity for relation in _declared(module)}
    for relation in _declared(module):
        target = f"{module.name}.{relation.name}"
        known = before.get(relation.identity)
        if known is None:
            yield Change(kind="add_relation", target=target)
            continue
        if known.name != relation.name:
            yield Change(kind="rename_relation", target=target, details={"from": known.name})
        if names.get(known.to, known.to) != relation.to:
            yield Change(kind="change_type", target=target, destructive=True, details={"to": [known.to, relation.to]})
        yield from _changed("relation", target, known, relation, apart=_APART | {"to"})
    for known in before.values():
        if known.identity not in after and earlier is not None:
            yield Change(kind="remove_relation", target=f"{earlier.name}.{known.name}", destructive=True)


def _declared(module: ModuleDef) -> list[RelationDef]:
    return [
        relation
        for relation in module.relations.values()
        if relation.kind == "many_to_many" and relation.inverse_of is None
    ]


def _diff_indexes(earlier: ModuleDef | None, module: ModuleDef) -> Iterator[Change]:
    before = earlier.indexes if earlier else ()
    for index in module.indexes:
        if index not in before:
            yield Change(kind="add_index", target=module.name, details={"fields": list(index)})
    for index in before:
        if index not in module.indexes:
            yield Change(kind="remove_index", target=module.name, details={"fields": list(index)})


def _diff_record_types(earlier: ModuleDef | None, module: ModuleDef) -> Iterator[Change]:
    before = earlier.record_types if earlier else {}
    prefix, former = f"{module.name}.", f"{earlier.name}." if earlier else ""
    yield from _diff_identified("record_type", before, module.record_types, prefix=prefix, former=former)
    order = _moved(before, module.record_types)
    if order:
        yield Change(kind="change_module", target=module.name, details={"record_types": order})


def _diff_picklists(old: Mapping[str, PicklistDef], new: Mapping[str, PicklistDef]) -> Iterator[Change]:
    yield from _diff_identified("picklist", old, new)
    known = pair_names(old, new)
    for picklist in new.values():
        name = known.get(picklist.name)
        before = {} if name is None else old[name].values
        prefix, former = f"{picklist.name}.", f"{name}."
        yield from _diff_identified("picklist_value", before, picklist.values, prefix=prefix, former=former)
        order = _moved(before, picklist.values)
        if order:
            yield Change(kind="change_picklist", target=picklist.name, details={"order": order})
    kept = set(known.values())
    for earlier in old.values():
        if earlier.name not in kept:
            for key in earlier.values:
                yield Change(kind="remove_picklist_value", target=f"{earlier.name}.{key}", destructive=True)


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[list[str]]:
    """[old, new] order when what both have comes in another one, else nothing."""
    known = pair_names(old, new)
    shared = [known[name] for name in new if name in known]
    return [] if shared == [name for name in old if name in known.values()] else [list(old), list(new)]


def _workflows(model: AppModel, names: Mapping[str, str]) -> dict[str, WorkflowDef]:
    """Path → workflow, under the present names of the modules: one whose module is renamed is the same."""
    found = {}
    for module, flows in model.workflows.items():
        for name, flow in flows.items():
            path = names.get(module, module)
            found[f"{path}.{name}"] = flow if path == module else replace(flow, module=path)
    return found


def _present_names(old: AppModel, new: AppModel) -> dict[str, str]:
    """Old → new name of the modules that both have."""
    now = {module.identity: module.name for module in new.modules.values()}
    return {name: now[module.identity] for name, module in old.modules.items() if module.identity in now}


def _diff_all(what: str, old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[Change]:
    for name, item in new.items():
        if name not in old:
            yield Change(kind=f"add_{what}", target=name)
        else:
            yield from _changed(what, name, old[name], item)
    for name in old:
        if name not in new:
            yield Change(kind=f"remove_{what}", target=name)


def _diff_identified(
    what: str,
    old: Mapping[str, T],
    new: Mapping[str, T],
    *,
    prefix: str = "",
    former: str = "",
    apart: frozenset[str] = _APART,
) -> Iterator[Change]:
    """Of what has an identity; the names in `old` and `new` are those without the prefix. What is gone is told by the
    name it had, with the `former` prefix."""
    known = pair_names(old, new)
    for name, item in new.items():
        before = known.get(name)
        if before is None:
            yield Change(kind=f"add_{what}", target=prefix + name)
            continue
        if before != name:
            yield Change(kind=f"rename_{what}", target=prefix + name, details={"from": before})
        yield from _changed(what, prefix + name, old[before], item, apart=apart)
    kept = set(known.values())
    for name in old:
        if name not in kept:
            yield Change(kind=f"remove_{what}", target=former + name, destructive=what in _DESTRUCTIVE)


def _changed(what: str, target: str, old: Any, new: Any, apart: frozenset[str] = _APART) -> Iterator[Change]:
    if old is not new:
        details = _differences(old, new, apart)
        if details:
            yield Change(kind=f"change_{what}", target=target, details=details)


def _differences(old: Any, new: Any, apart: frozenset[str]) -> dict[str, list[Any]]:
    """Attribute → [old, new], of two definitions of one class."""
    found = {}
    for part in fields(new):
        before, now = getattr(old, part.name), getattr(new, part.name)
        same = before == now and (not isinstance(now, Mapping) or list(before) == list(now))
        if part.name not in apart and not same:
            found[part.name] = [before, now]
    return found

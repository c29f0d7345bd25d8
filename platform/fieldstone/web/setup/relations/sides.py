"""What relates a module to others, and the related lists that come of it on either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort

from fieldstone.changes.editing.relations import ANY, Link
from fieldstone.metadata.definitions import RelationDef
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.about_module import AboutModule

_LISTED = ("owner", "created_at", "modified_at")
"""System fields that are offered as columns."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """A related list: `relation` of `module`. `columns` are all that it may show: (field, label, whether it does)."""

    number: int
    module: AboutModule
    relation: str
    label: str
    shown: bool
    columns: Sequence[tuple[str, str, bool]]
    sort: str
    descending: bool


@dataclass(frozen=True, kw_only=True)
class RelationRow:
    """A line of the list: how a module is related to another, and where that is edited."""

    link: Link
    label: str
    kind: str
    other: str
    other_url: str
    icon: str
    deleting: str
    there: str
    url: str


def find_link(module: AboutModule, name: str) -> Link:
    """What is behind a lookup or a related list of a module. 404 for a name that is neither."""
    field = module.module.fields.get(name)
    if field is not None and field.type == "lookup":
        return Link(module=module.name, name=name)
    relation = module.module.relations.get(name) or abort(404)
    if relation.field:
        return Link(module=relation.to, name=relation.field)
    owner, own = relation.inverse_of or (module.name, name)
    return Link(module=owner, name=own, many=True)


def relation_rows(module: AboutModule) -> list[RelationRow]:
    """Lookups of the module first, then its related lists in the order of the record page."""
    rows = [_lookup_row(module, name) for name, field in module.module.fields.items() if field.type == "lookup"]
    rows += [_list_row(module, relation) for relation in module.module.relations.values()]
    return rows


def list_order(module: AboutModule) -> list[tuple[str, str, bool]]:
    """(relation, label, whether it is shown) of the related lists, in the order of the record page."""
    shown = list(module.model.layouts[module.name].related)
    names = [*shown, *(name for name in module.module.relations if name not in shown)]
    return [(name, module.relation(name), name in shown) for name in names if name in module.module.relations]


def sides_of(link: Link, seen_from: AboutModule) -> list[Side]:
    """The related lists that a link brings: for a lookup to any module only the one of `seen_from`."""
    model = seen_from.model
    source = AboutModule(model, model.modules[link.module])
    if link.many:
        relation = source.module.relations[link.name]
        far = AboutModule(model, model.modules[relation.to])
        return [_side(0, source, relation), _side(1, far, far.module.relations[relation.reverse])]
    field = source.module.fields[link.name]
    targets = [seen_from.name] if ANY in field.to else list(field.to)
    found = [AboutModule(model, model.modules[name]) for name in targets if name in model.modules]
    lists = [(module, module.module.relations.get(field.reverse)) for module in found]
    return [
        _side(number, module, relation)
        for number, (module, relation) in enumerate(lists)
        if relation is not None and relation.to == link.module
    ]


def deleting_words() -> dict[str, str]:
    return {
        "clear": gettext("the lookup is emptied"), "restrict": gettext("it cannot be deleted"),
        "cascade": gettext("these records go too"),
    }  # fmt: skip


def _lookup_row(module: AboutModule, name: str) -> RelationRow:
    field = module.module.fields[name]
    targets = [AboutModule(module.model, module.model.modules[to]) for to in field.to if to in module.model.modules]
    one = gettext("One to one") if field.unique else gettext("Many to one")
    there = field.reverse_label or module.plural
    if targets:
        there = targets[0].relation(field.reverse)
    return RelationRow(
        link=Link(module=module.name, name=name),
        label=module.field(name),
        kind=gettext("Any module") if ANY in field.to else one,
        other=gettext("Any module") if ANY in field.to else ", ".join(each.plural for each in targets),
        other_url=targets[0].url + "relations/" if len(targets) == 1 else "",
        icon=targets[0].icon if len(targets) == 1 else "asterisk",
        deleting=deleting_words().get(field.on_delete, ""),
        there=there,
        url=f"{module.url}relations/{name}",
    )


def _list_row(module: AboutModule, relation: RelationDef) -> RelationRow:
    other = AboutModule(module.model, module.model.modules[relation.to])
    many = not relation.field
    unique = not many and other.module.fields[relation.field].unique
    return RelationRow(
        link=find_link(module, relation.name),
        label=module.relation(relation.name),
        kind=gettext("Many to many") if many else gettext("One to one") if unique else gettext("One to many"),
        other=other.plural,
        other_url=f"{other.url}relations/",
        icon=other.icon,
        deleting="" if many else deleting_words().get(other.module.fields[relation.field].on_delete, ""),
        there=other.relation(relation.reverse) if many else other.field(relation.field),
        url=f"{module.url}relations/{relation.name}",
    )


def _side(number: int, module: AboutModule, relation: RelationDef) -> Side:
    listed = AboutModule(module.model, module.model.modules[relation.to])
    shown = module.model.layouts[module.name].related.get(relation.name)
    columns = list(shown.columns) if shown else []
    names = [*columns, *(name for name in (*listed.module.fields, *_LISTED) if name not in columns)]
    sort = shown.sort[0] if shown and shown.sort else ""
    return Side(
        number=number,
        module=module,
        relation=relation.name,
        label=module.relation(relation.name),
        shown=shown is not None,
        columns=[(name, _column(listed, name), name in columns) for name in names],
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
    )


def _column(module: AboutModule, path: str) -> str:
    """The label of a field, or of a path through lookups."""
    labels, at = [], module
    for step in path.split("."):
        field = find_any_field(at.module, step)
        labels.append(at.field(step) if field else step)
        following = field.to[0] if field and len(field.to) == 1 else ""
        if following in module.model.modules:
            at = AboutModule(module.model, module.model.modules[following])
    return " › ".join(labels)

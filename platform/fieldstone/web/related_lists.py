"""The related lists of a record page: a few rows of each, with what can be added or linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup, escape

from fieldstone.metadata.definitions import RelationDef
from fieldstone.metadata.layout_definitions import RelatedListDef
from fieldstone.records import access
from fieldstone.records.access import fields
from fieldstone.records.query_types import Page, Query, Record
from fieldstone.web.columns import Cells, Column, fields_to_read, make_columns
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import grouped
from fieldstone.web.rights import rights_on
from fieldstone.web.show import Shower

ROWS = 6


@dataclass(frozen=True, kw_only=True)
class Head:
    label: str
    classes: str


@dataclass(frozen=True, kw_only=True)
class RelatedList:
    name: str
    label: str
    icon: str
    count: str
    columns: Sequence[Head]
    rows: Markup
    empty: str
    new_url: str = ""
    quick_url: str = ""
    new_label: str = ""
    link_url: str = ""
    link_label: str = ""
    unlink_url: str = ""
    more_url: str = ""


def related_lists(module: DescribedModule, record: Record, shower: Shower) -> list[RelatedList]:
    """Those of the layout, in its order, that the person may see."""
    lists = []
    published, actor = current_published(), current_actor()
    for name, shown in module.layout.related.items():
        relation = module.module.relations.get(name)
        if relation is None or not access.has_right(published, actor, relation.to, "view") or not can_follow(relation):
            continue
        lists.append(_related_list(module, record, relation, shown, shower))
    return lists


def can_follow(relation: RelationDef) -> bool:
    """Whether the person may know which records are related: not by a hidden lookup."""
    return fields.can_follow(current_published(), current_actor(), relation)


def _related_list(
    module: DescribedModule, record: Record, relation: RelationDef, shown: RelatedListDef, shower: Shower
) -> RelatedList:
    other = describe(current_published(), relation.to, current_actor())
    columns = make_columns(other, shown.columns)
    query = Query(fields=fields_to_read(other, columns), sort=other.known_sort(shown.sort), limit=ROWS)
    found = current_records().related(current_actor(), module.name, record.id, relation.name, query)
    shower.with_labels(found.labels)
    may, own = rights_on(relation.to), rights_on(module.name)
    linked = relation.kind == "many_to_many"
    base = f"/m/{module.name}/{record.id}/related/{relation.name}"
    given = carried(module, record, relation)
    can_link, can_add = linked and own.edit, may.create and bool(given)
    return RelatedList(
        name=relation.name,
        label=module.relation_label(relation, shown),
        icon=other.icon,
        count=_count(module, record, relation, found),
        columns=[
            Head(label=column.field.label, classes=_classes(column, position))
            for position, column in enumerate(columns)
        ],
        rows=_rows(other, columns, found.records, shower, unlink=relation.name if can_link else ""),
        empty=gettext("No %(plural)s yet.", plural=other.nouns),
        new_url=f"/m/{other.name}/new?{urlencode(given)}" if can_add else "",
        quick_url=f"/m/{other.name}/quick?{urlencode(given)}" if can_add else "",
        new_label=gettext("New %(module)s", module=other.noun),
        link_url=f"{base}/link" if can_link else "",
        link_label=gettext("Link %(module)s", module=other.noun),
        unlink_url=f"{base}/unlink" if can_link else "",
        more_url=base if found.next_cursor else "",
    )


def carried(module: DescribedModule, record: Record, relation: RelationDef) -> dict[str, str]:
    """What a new record of the list starts with: the lookup back here."""
    if relation.kind != "one_to_many":
        return {}
    lookup = module.model.modules[relation.to].fields[relation.field]
    several = len(lookup.to) != 1 or lookup.to == ("*",)
    here = f"{module.name}:{record.id}" if several else str(record.id)
    return {relation.field: here, "next": f"/m/{module.name}/{record.id}#related-{relation.name}"}


def _count(module: DescribedModule, record: Record, relation: RelationDef, found: Page) -> str:
    if not found.next_cursor:
        return str(len(found.records))
    count = current_records().count_related(current_actor(), module.name, record.id, relation.name)
    return grouped(count.value) + ("" if count.exact else "+")


def _classes(column: Column, position: int) -> str:
    spare = " is-spare" if position >= 3 else ""
    return f"is-{column.slot}{spare}"


def _rows(
    module: DescribedModule, columns: Sequence[Column], records: Sequence[Record], shower: Shower, *, unlink: str
) -> Markup:
    cells = Cells(module, columns, records, shower, classes=_classes)
    lines = []
    for record in records:
        name = shower.text(module.name_field, record.values.get(module.name_field.path)) or f"#{record.id}"
        label = escape(gettext("Unlink %(name)s", name=name)) if unlink else ""
        tool = (
            f'<td class="is-tool"><button class="btn btn-ghost btn-icon btn-sm" form="unlink-{unlink}" name="other" '
            f'value="{record.id}" aria-label="{label}" title="{label}"><i class="bi bi-x-lg" aria-hidden="true"></i>'
            "</button></td>"
            if unlink
            else ""
        )
        lines.append(f"<tr>{cells.row(record)}{tool}</tr>\n")
    return Markup("".join(lines))

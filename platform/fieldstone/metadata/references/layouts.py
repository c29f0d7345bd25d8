"""Where names stand in layouts."""

from __future__ import annotations

from fieldstone.metadata.nodes import Node, ScalarNode
from fieldstone.metadata.references.expressions import expression
from fieldstone.metadata.references.mention import DECLARED, LISTED
from fieldstone.metadata.references.rules import Place, Walk, column, entries, items, keys, name, path_of, reworded

_FIELD = name("field", role=LISTED)
_FIELDS = items(_FIELD)
_COLUMNS = items(column, least=1)
_SORT = items(column)


def _field_or_relation(walk: Walk, node: Node, place: Place) -> Node | None:
    if not isinstance(node, ScalarNode):
        return node
    is_field = walk.names.field(place.module, node.text) is not None
    kind = "relation" if not is_field and walk.names.related(place.module, node.text) else "field"
    path = path_of(kind, place, node.text)
    return reworded(node, walk.ask(kind, path, LISTED, node.location, place, node.text))


def _to_related(walk: Walk, place: Place, relation: str) -> Place:
    found = walk.names.related(place.module, relation)
    return place.in_module(found.to if found else "")


_PAGE = keys(
    {
        "header": _FIELDS,
        "path": _FIELD,
        "tabs": entries("tab"),
        "blocks": entries(
            "block", keys({"fields": _FIELDS, "visible_when": expression, "tab": name("tab", role=LISTED)})
        ),
        "related": entries("relation", keys({"columns": _SORT, "sort": _SORT}), role=LISTED, enter=_to_related),
        "hidden": items(_field_or_relation),
    }
)
_VARIANT = keys(
    {
        "record_type": name("record_type", role=LISTED),
        "role": name("role", role=LISTED),
        "record": _PAGE,
        "quick_create": _FIELDS,
    },
    required=("record_type", "role"),
)

LAYOUT_RULE = keys(
    {
        "module": name("module", role=DECLARED),
        "record": _PAGE,
        "variants": entries("variant", _VARIANT),
        "quick_create": _FIELDS,
        "list": keys(
            {
                "columns": _COLUMNS,
                "views": entries("view", keys({"filter": expression, "columns": _COLUMNS, "sort": _SORT})),
            }
        ),
        "kanban": keys({"field": _FIELD, "card": _FIELDS, "sum": _FIELD}, required=("field",)),
        "calendar": keys(
            {"start": _FIELD, "end": _FIELD, "duration": _FIELD, "all_day": _FIELD, "colour": _FIELD},
            required=("start",),
        ),
    }
)

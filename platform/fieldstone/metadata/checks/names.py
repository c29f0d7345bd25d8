"""Names: reserved words, and names that the platform keeps for itself."""

from __future__ import annotations

from fieldstone.kernel.codes import declare
from fieldstone.kernel.names import is_reserved
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.documents import MODULE

MODULE_RESERVED = declare(
    "module.E010", "A module cannot be called {name!r}.", "Choose another name; the label may be any word."
)
FIELD_RESERVED = declare(
    "field.E010",
    "A field cannot be called {name!r}: the word is reserved.",
    "Choose another name; the label may be any word.",
)
RELATION_RESERVED = declare(
    "relation.E003", "A related list cannot be called {name!r}: the word is reserved.", "Choose another name."
)
KEPT_PREFIXES = ("fs_", "sqlite_", "pg_")
KEPT_MODULES = frozenset({"principal", "self", "link"})


def check_names(context: CheckContext, name: str) -> None:
    """The names a module gives: its own, its fields', its relations'."""
    module = context.modules[name]
    if is_reserved(name) or name in KEPT_MODULES or name.startswith(KEPT_PREFIXES):
        context.report(MODULE_RESERVED, MODULE, name, "module", name=name)
    for field in module.fields:
        if is_reserved(field) or field == "link":
            context.report(FIELD_RESERVED, MODULE, name, "fields", field, name=field)
    for relation in module.relations.values():
        authored = context.documents.node(MODULE, name, "relations", relation.name)
        if authored is not None:
            for attribute in relation.attributes:
                if is_reserved(attribute):
                    steps = ("relations", relation.name, "attributes", attribute)
                    context.report(FIELD_RESERVED, MODULE, name, *steps, name=attribute)
    _check_relation_names(context, name)


def _check_relation_names(context: CheckContext, name: str) -> None:
    module = context.modules[name]
    for relation in module.relations.values():
        if context.documents.node(MODULE, name, "relations", relation.name) is not None and is_reserved(relation.name):
            context.report(RELATION_RESERVED, MODULE, name, "relations", relation.name, name=relation.name)
    for field in module.fields.values():
        if field.type == "lookup" and is_reserved(field.reverse):
            context.report(RELATION_RESERVED, MODULE, name, "fields", field.name, "reverse", name=field.reverse)

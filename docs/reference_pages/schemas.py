"""schemas.md: every property of every kind of document, from the JSON Schemas that check them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.fields.registry import built_in_field_types
from fieldstone.metadata.documents import KINDS, DocumentKind
from fieldstone.metadata.schemas.documents import document_schemas
from fieldstone.metadata.schemas.field import BY_TYPE, COMMON, COMPUTED, WRITTEN
from fieldstone.workflows.triggers import TRIGGERS
from reference_pages.markdown import code, codes, page, table

_HEADERS = ("Property", "Kind", "Required", "Meaning")
_WORDS = {
    "string": "text",
    "boolean": "true or false",
    "object": "mapping",
    "integer": "whole number",
    "array": "list",
}
_EXPRESSION = "[expression](../administering.md#expressions)"


def render() -> str:
    introduction = (
        "A document is one YAML file. Where a name stands for any name, it is written ‹name›. Properties that are not "
        "listed are refused. How documents work together: [administering](../administering.md)."
    )
    schemas = document_schemas(TRIGGERS)
    return page("Documents", introduction, [_fields(), *(_section(kind, schemas[kind.name]) for kind in KINDS)])


def kind_of(schema: Mapping[str, Any]) -> str:
    """What may be written, in words."""
    if schema.get("format") == "expression":
        return _EXPRESSION
    if "enum" in schema:
        return codes(value for value in schema["enum"] if value)
    types = schema.get("type", "any")
    types = [types] if isinstance(types, str) else list(types)
    if set(types) >= {"string", "number", "boolean"}:
        types = ["text", *(each for each in types if each == "object")]
    if types == ["array"]:
        return f"list of {kind_of(schema['items'])}" if "items" in schema else "list"
    if types == ["integer"] and "minimum" in schema:
        return f"whole number, {schema['minimum']} to {schema['maximum']}"
    return " or ".join(_WORDS.get(each, each) for each in types)


def _section(kind: DocumentKind, schema: Mapping[str, Any]) -> str:
    where = f"{kind.folder}/{kind.file or '‹name›.yaml'}"
    title = {"app": "Application", "email": "E-mail template"}.get(kind.name, kind.name.capitalize())
    return f"## {title}\n\n{schema['description']} File: {code(where)}.\n\n{table(_HEADERS, _rows(schema))}"


def _rows(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for name, item in schema.get("properties", {}).items():
        yield code(prefix + name), kind_of(item), "yes" if name in required else "", item.get("description", "")
        yield from _inner(item, f"{prefix}{name}.")


def _inner(schema: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    yield from _rows(schema, prefix)
    item = schema.get("items")
    if isinstance(item, Mapping):
        yield from _rows(item, prefix)
    entry = schema.get("additionalProperties")
    if not isinstance(entry, Mapping):
        return
    if entry.get("properties"):
        yield from _rows(entry, f"{prefix}‹name›.")
    elif entry.get("description"):
        yield code(f"{prefix}‹name›"), kind_of(entry), "", entry["description"]
    elif entry == {"type": "object"}:
        yield code(f"{prefix}‹name›"), "mapping", "", "A [field](#fields)."


def _fields() -> str:
    users: dict[str, list[str]] = {}
    for kind in built_in_field_types():
        for name in kind.attributes | kind.required_attributes:
            users.setdefault(name, []).append(kind.name)
    users["values"] = users["picklist"]
    defaults = {each.name: each.default for each in fields(FieldDef)}
    attributes = zip(BY_TYPE, _attributes(BY_TYPE, defaults), strict=True)
    by_type = ((*row, codes(users.get(name, ()))) for name, row in attributes)
    parts = [
        "## Fields",
        "A field is an entry of `fields` in a module. Which types there are: [field types](field-types.md).",
        "### Of every field",
        table(("Property", "Kind", "Default", "Meaning"), _attributes(COMMON, defaults)),
        "### Of fields that people write",
        table(("Property", "Kind", "Default", "Meaning"), _attributes(WRITTEN, defaults)),
        "### Of computed fields",
        table(("Property", "Kind", "Default", "Meaning"), _attributes(COMPUTED, defaults)),
        "### Of some field types",
        table(("Property", "Kind", "Default", "Meaning", "Field types"), by_type),
    ]
    return "\n\n".join(parts)


def _attributes(
    schemas: Mapping[str, Mapping[str, Any]], defaults: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    for name, schema in schemas.items():
        yield code(name), kind_of(schema), _default(defaults.get(name)), schema.get("description", "")


def _default(value: Any) -> str:
    if value in (None, "", ()) or value is MISSING:
        return ""
    return code(str(value).lower() if isinstance(value, bool) else value)

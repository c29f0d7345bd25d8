"""Every document against the schema of its kind, every field against that of its type."""

from __future__ import annotations

from typing import Any

from fieldstone.kernel.diagnostics import Diagnostic, Diagnostics
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.checks.context import Vocabulary
from fieldstone.metadata.codes import MISSING_KEY, schema_code
from fieldstone.metadata.documents import MODULE, WORKFLOW
from fieldstone.metadata.merged import MergedDocument, MergedDocuments
from fieldstone.metadata.nodes import MappingNode
from fieldstone.metadata.schemas.documents import document_schemas, field_schemas
from fieldstone.metadata.validation import make_validator, validate_node


def validate_documents(
    documents: MergedDocuments, vocabulary: Vocabulary, cache: CompilationCache, problems: Diagnostics
) -> None:
    """Report everything in the merged documents that their schemas do not allow."""
    triggers = tuple(sorted(vocabulary.triggers))
    validators = cache.get(("validators", triggers), lambda: _make_validators(vocabulary))
    for document in documents:
        about = triggers if document.kind is WORKFLOW else ()
        key = ("valid", document.key, about)
        problems.extend(list(cache.get(key, lambda document=document: _validate(document, validators))))  # type: ignore[misc]


def _make_validators(vocabulary: Vocabulary) -> dict[str, Any]:
    made = {kind: make_validator(schema) for kind, schema in document_schemas(vocabulary.triggers).items()}
    made |= {f"field:{name}": make_validator(schema) for name, schema in field_schemas(vocabulary.field_types).items()}
    return made


def _validate(document: MergedDocument, validators: dict[str, Any]) -> tuple[Diagnostic, ...]:
    found = Diagnostics()
    validate_node(document.root, validators[document.kind.name], document.kind.area, (document.name,), found)
    if document.kind is MODULE:
        _validate_fields(document.root.mapping("fields"), (document.name, "fields"), validators, found)
        for name, relation in document.root.mapping("relations").mappings():
            path = (document.name, "relations", name, "attributes")
            _validate_fields(relation.mapping("attributes"), path, validators, found)
    return tuple(found)


def _validate_fields(
    fields: MappingNode, path: tuple[str, ...], validators: dict[str, Any], problems: Diagnostics
) -> None:
    for name, node in fields.mappings():
        type_name = node.text("type")
        validator = validators.get(f"field:{type_name}")
        if not type_name:
            code = schema_code("field", MISSING_KEY)
            problems.add(code, node.key_location, ".".join((*path, name)), key="type")
        elif validator is not None:
            validate_node(node, validator, "field", (*path, name), problems)

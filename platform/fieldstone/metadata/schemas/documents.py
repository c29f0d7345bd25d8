"""All schemas together, as one value that validation and the reference pages read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fieldstone.fields.base import FieldType
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.schemas.application import APP, EMAIL
from fieldstone.metadata.schemas.field import field_schema
from fieldstone.metadata.schemas.layout import LAYOUT
from fieldstone.metadata.schemas.module import MODULE
from fieldstone.metadata.schemas.moves import MOVES
from fieldstone.metadata.schemas.parts import Schema
from fieldstone.metadata.schemas.picklist import PICKLIST
from fieldstone.metadata.schemas.roles import ROLES
from fieldstone.metadata.schemas.sharing import SHARING
from fieldstone.metadata.schemas.translation import TRANSLATION
from fieldstone.metadata.schemas.workflow import workflow_schema


def document_schemas(triggers: Collection[str]) -> Mapping[str, Schema]:
    """Kind of document (`DocumentKind.name`) → its schema."""
    return {
        "app": APP,
        "roles": ROLES,
        "sharing": SHARING,
        "picklist": PICKLIST,
        "module": MODULE,
        "layout": LAYOUT,
        "workflow": workflow_schema(triggers),
        "email": EMAIL,
        "translation": TRANSLATION,
        "moves": MOVES,
    }


def field_schemas(field_types: Registry[FieldType]) -> Mapping[str, Schema]:
    """Field type → the schema of its fields."""
    return {field_type.name: field_schema(field_type) for field_type in field_types}

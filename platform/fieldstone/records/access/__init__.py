"""Who may do what, with which records and fields: the one place where access is decided.

Roles and profiles give rights on modules, each with a scope; the union of all that an actor has counts. Which
records that is, is compiled to one SQL condition (`rows`), from the scopes, the sharing defaults and rules, the
manual shares and the parents of records. Field rights (`fields`) hold wherever a field is named. Administrators
and the system pass.
"""

from __future__ import annotations

from fieldstone.records.access.fields import (
    can_edit_field,
    can_read_field,
    field_right,
    limits_fields,
    readable_names,
    readable_relations,
    require_editable,
    require_readable,
)
from fieldstone.records.access.owners import own_principals
from fieldstone.records.access.parameters import access_profile, scope_parameters
from fieldstone.records.access.rights import (
    RIGHTS,
    get_module,
    has_right,
    has_tool,
    require,
    require_tool,
    viewable_modules,
)
from fieldstone.records.access.rows import is_limited, row_condition
from fieldstone.records.access.scope import readable_scope
from fieldstone.records.access.visible import visible_ids

__all__ = [
    "RIGHTS",
    "access_profile",
    "can_edit_field",
    "can_read_field",
    "field_right",
    "get_module",
    "has_right",
    "has_tool",
    "is_limited",
    "limits_fields",
    "own_principals",
    "readable_names",
    "readable_relations",
    "readable_scope",
    "require",
    "require_editable",
    "require_readable",
    "require_tool",
    "row_condition",
    "scope_parameters",
    "viewable_modules",
    "visible_ids",
]

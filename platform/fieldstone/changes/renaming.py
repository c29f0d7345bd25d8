"""What is kept by name outside the documents follows a rename, in the transaction of its publish."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from fieldstone.changes.plan import Plan
from fieldstone.records.access.shares import rename_shares
from fieldstone.records.accounts.tokens import rename_scopes
from fieldstone.records.imports.renaming import rename_imports
from fieldstone.storage.principals import rename_profiles, rename_roles


def rename_kept(conn: sa.Connection, plan: Plan) -> None:
    """Roles and profiles that people have, what is shared with roles, scopes of tokens, and the choices of imports."""
    modules = _names(plan, "rename_module")
    roles = _names(plan, "rename_role")
    rename_roles(conn, roles)
    rename_shares(conn, roles)
    rename_profiles(conn, _names(plan, "rename_profile"))
    rename_scopes(conn, modules)
    rename_imports(conn, modules, _fields(plan))


def _names(plan: Plan, kind: str) -> dict[str, str]:
    return {change.before: change.target for change in plan.changes if change.kind == kind}


def _fields(plan: Plan) -> Mapping[str, Mapping[str, str]]:
    """Module by its present name → former → present name of its fields."""
    found: dict[str, dict[str, str]] = {}
    for change in plan.changes:
        if change.kind == "rename_field":
            module, _, name = change.target.rpartition(".")
            found.setdefault(module, {})[change.before.rpartition(".")[2]] = name
    return found

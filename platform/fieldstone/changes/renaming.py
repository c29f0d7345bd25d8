"""What is kept by name outside the documents follows a rename, in the transaction of its publish."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from fieldstone.changes.plan import Plan
from fieldstone.metadata.references.adapting import adapt_layers
from fieldstone.metadata.references.documents import names_of
from fieldstone.metadata.references.mention import Mention
from fieldstone.metadata.references.reading import read_documents
from fieldstone.records.access.shares import rename_shares
from fieldstone.records.accounts.tokens import rename_scopes
from fieldstone.records.imports.renaming import rename_imports
from fieldstone.records.mass.renaming import has_masses, rename_masses
from fieldstone.records.views.renaming import has_views, rename_receivers, rename_views
from fieldstone.storage.principals import rename_profiles, rename_roles
from fieldstone.storage.revisions import load_layers
from fieldstone.workflows.renaming import rename_workflow


def rename_kept(conn: sa.Connection, plan: Plan) -> None:
    """Roles and profiles that people have, what is shared with roles, scopes of tokens, the choices of imports, the
    views that people have saved and the filters of mass actions. Called before the new revision is stored: what
    filters say is understood with the documents in force."""
    modules = _names(plan, "rename_module")
    roles = _names(plan, "rename_role")
    rename_roles(conn, roles)
    rename_shares(conn, roles)
    rename_profiles(conn, _names(plan, "rename_profile"))
    rename_scopes(conn, modules)
    rename_imports(conn, modules, _fields(plan))
    rename_receivers(conn, _names(plan, "rename_role"))
    _rename_filters(conn, plan, modules)
    _rename_workflows(conn, plan, modules)


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


def _rename_workflows(conn: sa.Connection, plan: Plan, modules: Mapping[str, str]) -> None:
    for (kind, new), old in plan.proposal.renamed.items():
        if kind != "workflow":
            continue
        owner, _, name = new.rpartition(".")
        module = plan.model.modules.get(modules.get(owner, owner))
        if module is not None:
            rename_workflow(conn, module.identity, owner, old.rpartition(".")[2], name)


def _rename_filters(conn: sa.Connection, plan: Plan, modules: Mapping[str, str]) -> None:
    last = _new_names(plan)
    if not last or not (has_views(conn) or has_masses(conn)):
        return

    def visit(mention: Mention) -> str:
        return last.get((mention.kind, mention.path), mention.last)

    former = {present: before for before, present in modules.items()}
    by_identity = {item.identity: former.get(item.name, item.name) for item in plan.model.modules.values()}
    names = names_of(adapt_layers([read_documents(layer) for layer in load_layers(conn, plan.version)]).layers)
    rename_views(conn, by_identity, names, visit, {_last(path) for _, path in last})
    rename_masses(conn, by_identity, names, visit)


def _new_names(plan: Plan) -> dict[tuple[str, str], str]:
    """(kind, path by the names before) → the last name by which it is known afterwards; a picklist value or a record
    type that is replaced is known by the one that takes its place."""
    renamed = [change for change in plan.changes if change.kind.startswith("rename_")]
    found = {(change.kind.removeprefix("rename_"), change.before): _last(change.target) for change in renamed}
    for move in plan.proposal.replaces:
        for kind in (move.kind,) if move.kind else ("picklist_value", "record_type"):
            found.setdefault((kind, move.old), _last(move.new))
    # What these belong to, they name as it is called from now on.
    before = {(change.kind.removeprefix("rename_"), change.target): change.before for change in renamed}
    return {(kind, _former(kind, path, before)): last for (kind, path), last in found.items()}


def _former(kind: str, path: str, before: Mapping[tuple[str, str], str]) -> str:
    owner, dot, last = path.rpartition(".")
    if not dot:
        return path
    first, _, rest = owner.partition(".")
    holder = "picklist" if kind == "picklist_value" else "module"
    return ".".join(filter(None, (before.get((holder, first), first), rest, last)))


def _last(path: str) -> str:
    return path.rpartition(".")[2]

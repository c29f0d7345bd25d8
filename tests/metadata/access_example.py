"""The example CRM with roles, profiles and sharing: what tests of access in metadata start from."""

from __future__ import annotations

from fieldstone.metadata.compiler import Compilation
from metadata.example import BASE, compile_base, layer

ROLES = """\
roles:
  boss:
    setup: true
    modules: {"*": [view, edit, mass_edit, report]}
  rep:
    label: Seller
    parent: boss
    scope: own
    profiles: [marketing]
    tools: [share]
    modules:
      "*": [view]
      deal: {view: all, edit: team, create: own}
    fields:
      deal: {amount: read, chance: hidden}
profiles:
  marketing:
    scope: team
    modules: {organization: [view, export]}
    fields: {organization: {revenue: read}}
  helper: {modules: {deal: [view]}}
"""
SHARING = """\
defaults: {"*": private, deal: read}
rules:
  big:
    module: deal
    from: {role: rep}
    where: amount > 100 and stage == 'won'
    to: [{subtree: boss}, {team: Far west}]
    access: edit
  lent: {module: organization, from: {team: North}, to: [{role: rep}]}
inherit: {deal: organization}
portal: {deal: [organization, organization.parent], organization: self}
"""
CRM = layer({**BASE, "metadata/roles.yaml": ROLES, "metadata/sharing.yaml": SHARING})


def compile_access(*, roles: str = ROLES, sharing: str = SHARING) -> Compilation:
    return compile_base(metadata_roles=roles, metadata_sharing=sharing)

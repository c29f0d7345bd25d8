"""Where names stand in the roles and in what is shared."""

from __future__ import annotations

from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode
from fieldstone.metadata.references.expressions import expression
from fieldstone.metadata.references.mention import LISTED
from fieldstone.metadata.references.rules import Place, Rule, Walk, entries, items, keys, name, reworded
from fieldstone.metadata.rights import EVERY_MODULE, SELF


def into_module(walk: Walk, place: Place, module: str) -> Place:
    return place.in_module(module)


_FIELD = name("field", role=LISTED)


def _path(walk: Walk, node: Node, place: Place) -> Node | None:
    """A path of lookups, or `self`."""
    if not isinstance(node, ScalarNode) or node.text == SELF:
        return node
    found = walk.follow(place.owner, node.text.split("."), LISTED, node.location, place, node.text)
    return None if found is None else reworded(node, found)


_GRANTS: dict[str, Rule] = {
    "modules": entries("module", role=LISTED, but=(EVERY_MODULE,)),
    "fields": entries("module", entries("field", role=LISTED), role=LISTED, enter=into_module),
}
_OWNED: dict[str, Rule] = {"setup_modules": items(name("module", role=LISTED))}
ROLES_RULE = keys(
    {
        "roles": entries(
            "role", keys({"parent": name("role"), "profiles": items(name("profile", role=LISTED)), **_OWNED, **_GRANTS})
        ),
        "profiles": entries("profile", keys(_GRANTS)),
    }
)

_ROLE = name("role", role=LISTED)
_PARTY = keys({"role": _ROLE, "subtree": _ROLE}, required=("role", "subtree"))
_RULE = keys(
    {
        "module": name("module", role=LISTED),
        "from": _PARTY,
        "where": expression,
        "to": items(_PARTY, least=1),
    },
    # Without the owners it would share the records of everybody.
    required=("module", "from", "to"),
)


def _rule(walk: Walk, node: Node, place: Place) -> Node | None:
    """One sharing rule; a patch of it need not say of which module it is."""
    module = node.text("module") if isinstance(node, MappingNode) else ""
    return _RULE(walk, node, place.in_module(module or walk.names.sharing_rules.get(place.name, "")))


SHARING_RULE = keys(
    {
        "defaults": entries("module", role=LISTED, but=(EVERY_MODULE,)),
        "rules": entries("sharing_rule", _rule),
        "inherit": entries("module", _FIELD, role=LISTED, enter=into_module),
        "portal": entries("module", items(_path, least=1), role=LISTED, enter=into_module),
    }
)

"""The roles document → roles and profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.definitions import Grants, ProfileDef, RoleDef
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.rights import PROFILE_SCOPE, ROLE_SCOPE, SETUP_PARTS


@dataclass(frozen=True, kw_only=True)
class People:
    """By name, in order."""

    roles: Mapping[str, RoleDef]
    profiles: Mapping[str, ProfileDef]


def build_people(root: MappingNode | None) -> People:
    """The roles and the profiles of the document; none without one."""
    if root is None:
        return People(roles={}, profiles={})
    return People(
        roles={name: _build_role(name, node) for name, node in root.mapping("roles").mappings()},
        profiles={name: _build_profile(name, node) for name, node in root.mapping("profiles").mappings()},
    )


def _build_role(name: str, node: MappingNode) -> RoleDef:
    is_list = isinstance(node.find("setup"), SequenceNode)
    said = node.texts("setup") if is_list else SETUP_PARTS if node.flag("setup") else ()
    parts = tuple(part for part in SETUP_PARTS if part in said)
    return RoleDef(
        name=name,
        label=node.text("label") or label_from(name),
        grants=_build_grants(node, ROLE_SCOPE),
        profiles=node.texts("profiles"),
        setup=parts == SETUP_PARTS,
        setup_parts=parts,
        setup_modules=node.texts("setup_modules"),
        parent=node.text("parent"),
    )


def _build_profile(name: str, node: MappingNode) -> ProfileDef:
    label = node.text("label") or label_from(name)
    return ProfileDef(name=name, label=label, grants=_build_grants(node, PROFILE_SCOPE))


def _build_grants(node: MappingNode, scope: str) -> Grants:
    scope = node.text("scope", scope)
    modules, fields = node.mapping("modules"), node.mapping("fields")
    return Grants(
        scope=scope,
        modules={module: dict(_rights(modules, module, scope)) for module in modules.entries},
        fields={module: dict(_texts(named)) for module, named in fields.mappings()},
        tools=frozenset(node.texts("tools")),
    )


def _rights(modules: MappingNode, module: str, scope: str) -> Iterator[tuple[str, str]]:
    """Rights are a list, each with the scope of all, or a mapping to scopes of their own."""
    node: Node = modules.entries[module]
    if isinstance(node, MappingNode):
        yield from _texts(node)
    else:
        yield from ((right, scope) for right in modules.texts(module))


def _texts(node: MappingNode) -> Iterator[tuple[str, str]]:
    yield from ((key, child.text) for key, child in node.entries.items() if isinstance(child, ScalarNode))

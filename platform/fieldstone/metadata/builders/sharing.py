"""The sharing document → what is in reach beyond the scopes of rights."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.definitions import Party, SharingDef, SharingRuleDef
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.rights import SELF


def build_sharing(root: MappingNode | None) -> SharingDef:
    """Everything is private without a document."""
    if root is None:
        return SharingDef()
    defaults, inherit, portal = root.mapping("defaults"), root.mapping("inherit"), root.mapping("portal")
    return SharingDef(
        defaults={module: defaults.text(module) for module in defaults.entries},
        rules={name: _build_rule(name, node) for name, node in root.mapping("rules").mappings()},
        inherit={module: inherit.text(module) for module in inherit.entries},
        portal={module: tuple(map(portal_path, portal.texts(module))) for module in portal.entries},
    )


def portal_path(text: str) -> tuple[str, ...]:
    """The lookups of a path; () for `self`."""
    return () if text == SELF else tuple(text.split("."))


def _build_rule(name: str, node: MappingNode) -> SharingRuleDef:
    return SharingRuleDef(
        name=name,
        label=node.text("label") or label_from(name),
        module=node.text("module"),
        to=tuple(_parties(node.find("to"))),
        access=node.text("access", "read"),
        owners=next(_parties(node.find("from")), None),
        where=node.text("where").strip(),
    )


def _parties(node: Node | None) -> Iterator[Party]:
    """One party, or several in a list: each is a mapping of one kind to a name."""
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        for kind, child in item.entries.items() if isinstance(item, MappingNode) else ():
            if isinstance(child, ScalarNode):
                yield Party(kind=kind, name=child.text)

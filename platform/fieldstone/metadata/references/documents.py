"""One document of one layer, and the walk through the names in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from fieldstone.metadata.documents import (
    APP,
    EMAIL,
    LAYOUT,
    MODULE,
    PICKLIST,
    ROLES,
    SHARING,
    TRANSLATION,
    WORKFLOW,
    DocumentKind,
    document_path,
)
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.references.access import ROLES_RULE, SHARING_RULE
from fieldstone.metadata.references.layouts import LAYOUT_RULE
from fieldstone.metadata.references.mention import Visitor
from fieldstone.metadata.references.modules import MODULE_RULE, PICKLIST_RULE
from fieldstone.metadata.references.names import DeclaredNames
from fieldstone.metadata.references.rules import Place, Rule, Walk
from fieldstone.metadata.references.words import APP_RULE, EMAIL_RULE, TRANSLATION_RULE
from fieldstone.metadata.references.workflows import WORKFLOW_RULE

RULES: Mapping[str, Rule] = {
    MODULE.name: MODULE_RULE,
    LAYOUT.name: LAYOUT_RULE,
    WORKFLOW.name: WORKFLOW_RULE,
    PICKLIST.name: PICKLIST_RULE,
    EMAIL.name: EMAIL_RULE,
    TRANSLATION.name: TRANSLATION_RULE,
    APP.name: APP_RULE,
    ROLES.name: ROLES_RULE,
    SHARING.name: SHARING_RULE,
}
"""Kind of document → where names stand in it."""
ABOUT_MODULE = frozenset({MODULE.name, LAYOUT.name, WORKFLOW.name})


@dataclass(frozen=True, kw_only=True)
class SourceDocument:
    """A parsed document of a layer. `file` is its name in diagnostics, `path` the one in the layer, where it
    would lie by its present name; `digest` stands for what it holds."""

    kind: DocumentKind
    name: str
    path: str
    file: str
    digest: str
    root: MappingNode

    def visited(self, names: DeclaredNames, visit: Visitor) -> SourceDocument:
        """The document with what `visit` answers at every name; the very same one when nothing changes."""
        rule = RULES.get(self.kind.name)
        if rule is None:
            return self
        module = self.name if self.kind.name in ABOUT_MODULE else ""
        place = Place(module=module, owner=module, name=self.name)
        root = rule(Walk(names=names, visit=visit), self.root, place)
        if root is self.root or not isinstance(root, MappingNode):
            return self
        name = self.name if self.kind.file else root.text(self.kind.key, self.name)
        path = self.path if name == self.name else document_path(self.kind, name)
        held = hashlib.sha256(repr(root.data()).encode(errors="surrogateescape")).hexdigest()
        return replace(self, root=root, name=name, path=path, digest=f"{self.digest.partition(':')[0]}:{held}")


Layers = list[list[SourceDocument]]
"""The documents of each layer, the lowest layer first."""
_WORD = re.compile(r"\w+")
Report = Callable[[SourceDocument], None]


def names_of(layers: Layers) -> DeclaredNames:
    """What the documents of some layers declare together."""
    return DeclaredNames((document.kind, document.name, document.root) for layer in layers for document in layer)


def visit_layers(layers: Layers, names: DeclaredNames, visit: Visitor) -> Layers:
    """All documents visited."""
    return [[document.visited(names, visit) for document in layer] for layer in layers]


@lru_cache(maxsize=2048)
def words_in(root: MappingNode) -> frozenset[str]:
    """Every word that a document holds, in its keys and its texts."""
    return frozenset(word for text in _texts(root) for word in _WORD.findall(text))


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, ScalarNode):
        yield node.text
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _texts(item)
    elif isinstance(node, MappingNode):
        for key, child in node.entries.items():
            yield key
            yield from _texts(child)

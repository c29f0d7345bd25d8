"""What a layer removes, and the layers below without the places that list it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fieldstone.kernel.diagnostics import Location
from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.metadata.documents import EMAIL, MODULE, WHOLE, DocumentKind
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.references.documents import ABOUT_MODULE, Layers, SourceDocument, names_of, visit_layers
from fieldstone.metadata.references.mention import LISTED, REMOVED, Mention
from fieldstone.metadata.references.names import DeclaredNames

REMOVED_KEY = "removed"
_OWNERS: Mapping[str, tuple[str, ...]] = {
    "field": ("relation", "module"),
    "picklist_value": ("picklist",),
    **dict.fromkeys(("relation", "record_type", "view", "block", "tab", "variant", "rule", "workflow"), ("module",)),
}
"""Kind → the kinds it may belong to, by the first names of its path."""


def removes_something(root: MappingNode) -> bool:
    """Whether a document may take something away from the layers below."""
    return root.flag(REMOVED_KEY) or _has_null(root)


@dataclass(frozen=True)
class Gone:
    """(kind, path) of all that a layer takes away, with what goes along."""

    paths: set[tuple[str, str]] = field(default_factory=set)

    def has(self, kind: str, path: str) -> bool:
        """Whether something is gone, by itself or with what it belongs to."""
        if (kind, path) in self.paths:
            return True
        steps = path.split(".")
        prefixes = [".".join(steps[:length]) for length in range(1, len(steps))]
        return any((owner, prefix) in self.paths for owner in _OWNERS.get(kind, ()) for prefix in prefixes)

    def visit(self, mention: Mention) -> str | None:
        """Leaves out what is listed and gone."""
        return None if mention.role == LISTED and self.has(mention.kind, mention.path) else mention.last


def removed_modules(layers: Layers) -> dict[str, Location]:
    """The modules that some layer removes whole, and none above brings back; with the place that says so."""
    return {name: place for (kind, name), place in _removed(layers, (MODULE,)).items()}


def removed_documents(layers: Layers) -> set[tuple[str, str]]:
    """(kind, name) of the documents, other than modules, that some layer removes whole, and none above brings back."""
    return set(_removed(layers, [kind for kind in WHOLE if kind is not MODULE]))


def _removed(layers: Layers, kinds: Sequence[DocumentKind]) -> dict[tuple[str, str], Location]:
    removed: dict[tuple[str, str], Location] = {}
    for layer in layers:
        for document in layer:
            node = document.root.find(REMOVED_KEY) if document.kind in kinds else None
            if isinstance(node, ScalarNode) and node.value is True:
                removed[document.kind.name, document.name] = node.key_location
            elif isinstance(node, ScalarNode) and node.value is False:
                removed.pop((document.kind.name, document.name), None)
    return removed


def without_documents(layers: Layers, removed: set[tuple[str, str]]) -> Layers:
    """The layers without removed documents, and without the places that list them."""
    names = names_of([[document for document in layer if not _says_removed(document)] for layer in layers])
    kept = [[each for each in layer if (each.kind.name, each.name) not in removed] for layer in layers]
    return visit_layers(kept, names, Gone(set(removed)).visit)


def without_modules(layers: Layers, removed: Mapping[str, Location]) -> Layers:
    """The layers without the documents about removed modules, and without the places that list them."""
    names = names_of([[document for document in layer if not _says_removed(document)] for layer in layers])
    gone = Gone({("module", module) for module in removed})
    gone.paths.update(("email", email) for email, module in names.emails.items() if module in removed)
    for module in removed:
        gone.paths.update(gone_with(names, "module", module))
    kept = [[document for document in layer if not _is_about(document, removed, names)] for layer in layers]
    return visit_layers(kept, names, gone.visit)


def prune_below(layers: Layers, position: int) -> Layers:
    """The layers, those below `position` without the places that list what this one removes."""
    removing = [document for document in layers[position] if _has_null(document.root)]
    if not removing:
        return layers
    below = layers[:position]
    names = names_of(below)
    gone = Gone()

    def note(mention: Mention) -> str:
        if mention.role == REMOVED:
            gone.paths.add((mention.kind, mention.path))
            gone.paths.update(gone_with(names, mention.kind, mention.path))
        return mention.last

    for document in removing:
        document.visited(names, note)
    return [*visit_layers(below, names, gone.visit), *layers[position:]] if gone.paths else layers


def gone_with(names: DeclaredNames, kind: str, path: str) -> Iterator[tuple[str, str]]:
    """The related lists and picklists that exist only because of something."""
    if kind in ("module", "field", "relation"):
        for module in names.modules:
            for relation, found in names.relations_of(module):
                if found.source == path or (kind == "module" and found.source.startswith(f"{path}.")):
                    yield "relation", f"{module}.{relation}"
    if kind == "field":
        owner, _, name = path.rpartition(".")
        yield "picklist", inline_picklist(owner.replace(".", "_"), name)
    if kind == "module":
        for name in names.fields_of(path):
            yield "picklist", inline_picklist(path, name)


def _says_removed(document: SourceDocument) -> bool:
    return document.kind in WHOLE and document.root.flag(REMOVED_KEY)


def _is_about(document: SourceDocument, removed: Mapping[str, Location], names: DeclaredNames) -> bool:
    if document.kind is EMAIL:
        return names.emails.get(document.name, "") in removed
    return document.kind.name in ABOUT_MODULE and document.name in removed


def _has_null(node: Node) -> bool:
    if isinstance(node, ScalarNode):
        return node.is_null
    children = node.entries.values() if isinstance(node, MappingNode) else ()
    return any(map(_has_null, children)) or (
        isinstance(node, SequenceNode) and any(isinstance(item, MappingNode) and _has_null(item) for item in node.items)
    )

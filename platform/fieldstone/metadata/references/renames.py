"""What a rename means: the names that follow it, and the new name at every place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.metadata.documents import MODULE
from fieldstone.metadata.moves import Move, RenameMove
from fieldstone.metadata.references.documents import Layers, Report, words_in
from fieldstone.metadata.references.mention import Mention, Visitor
from fieldstone.metadata.references.names import DeclaredNames

OWNED: Mapping[str, tuple[str, ...]] = {
    "module": ("field", "relation", "record_type", "workflow"),
    "relation": ("field",),
    "picklist": ("picklist_value",),
}
"""Kind → the kinds whose paths start with its own."""


@dataclass(frozen=True, kw_only=True)
class Rename:
    """`old` and `new` are paths ("opportunity.next_step"); only their last names differ. `move` is the id of
    the move it comes from."""

    kind: str
    old: str
    new: str
    move: str = ""


def expand(rename: Rename, names: DeclaredNames) -> tuple[Rename, ...]:
    """The rename and those that follow: related lists and picklists that are named after what is renamed.

    `names` may know either name. The paths of those that follow are the ones after the rename itself.
    """
    names.join(rename.kind, rename.old, rename.new)
    return (rename, *dict.fromkeys(_implied(rename, names)))


def rename_layers(
    layers: Layers, names: DeclaredNames, renames: tuple[Rename, ...], changed: Report | None = None
) -> Layers:
    """The layers after one rename with all that follows it (`expand`); `changed` is told each document that
    said an old name, as it was."""
    visit = visitor(renames)
    sought = {rename.old.rpartition(".")[2] for rename in renames}
    # The name of a related list may stand nowhere, yet has to be written where the list comes from.
    everywhere = MODULE if any(rename.kind == "relation" for rename in renames) else None
    result: Layers = []
    for layer in layers:
        made = []
        for document in layer:
            may_change = document.kind is everywhere or not sought.isdisjoint(words_in(document.root))
            after = document.visited(names, visit) if may_change else document
            if after is not document and changed is not None:
                changed(document)
            made.append(after)
        result.append(made)
    return result


def visitor(renames: tuple[Rename, ...]) -> Visitor:
    """Answers with the new name of what is renamed, by one rename with all that follow it (`expand`)."""
    main = renames[0]
    last = {(rename.kind, rename.old): rename.new.rpartition(".")[2] for rename in renames}
    for rename in renames[1:]:
        # The documents still say the old name of a module; what follows is known by the new one.
        if main.kind == "module" and rename.old.startswith(f"{main.new}."):
            old = main.old + rename.old[len(main.new) :]
            last[rename.kind, old] = rename.new.rpartition(".")[2]

    def visit(mention: Mention) -> str:
        return last.get((mention.kind, mention.path)) or mention.last

    return visit


def carry(kind: str, path: str, rename: Rename) -> str:
    """The path of something after a rename: of itself, or of what it belongs to."""
    if kind == rename.kind and path == rename.old:
        return rename.new
    if kind in OWNED.get(rename.kind, ()) and path.startswith(f"{rename.old}."):
        return rename.new + path[len(rename.old) :]
    return path


def trace(path: str, moves: Sequence[Move]) -> list[str]:
    """All the names that something has, through renames in their order, its first one first."""
    found = [path]
    for move in moves:
        if isinstance(move, RenameMove):
            last = found[-1]
            if last == move.old or last.startswith(f"{move.old}."):
                found.append(move.new + last[len(move.old) :])
    return found


def _implied(rename: Rename, names: DeclaredNames) -> Iterator[Rename]:
    match rename.kind:
        case "module":
            module = names.modules.get(rename.new)
            for field in module.fields if module else ():
                yield from _after_field(rename, names, rename.new, field, field)
            for relation in module.relations if module else ():
                yield from _after_relation(rename, names, rename.new, relation, relation)
        case "field":
            owner, _, new = rename.new.rpartition(".")
            yield from _after_field(rename, names, owner, rename.old.rpartition(".")[2], new)
        case "relation":
            module_name, _, new = rename.new.rpartition(".")
            yield from _after_relation(rename, names, module_name, rename.old.rpartition(".")[2], new)
            yield from _on_other_sides(rename, names)


def _owner_before(rename: Rename, owner: str) -> str:
    """How an owner was called before a module was renamed."""
    first, dot, rest = owner.partition(".")
    return f"{rename.old}{dot}{rest}" if rename.kind == "module" and first == rename.new else owner


def _after_field(rename: Rename, names: DeclaredNames, owner: str, old: str, new: str) -> Iterator[Rename]:
    found = names.field(owner, new)
    if found is None:
        return
    before = _owner_before(rename, owner)
    if found.values and not found.picklist:
        first, second = inline_picklist(before.replace(".", "_"), old), inline_picklist(owner.replace(".", "_"), new)
        yield Rename(kind="picklist", old=first, new=second, move=rename.move)
    if found.type == "lookup" and not found.reverse and "." not in owner:
        for target in dict.fromkeys(names.targets(owner, new)):
            there = rename.new if rename.kind == "module" and target == rename.old else target
            yield _list_renamed(rename, there, f"{before}_{old}", f"{owner}_{new}")


def _after_relation(rename: Rename, names: DeclaredNames, owner: str, old: str, new: str) -> Iterator[Rename]:
    module = names.modules.get(owner)
    found = module.relations.get(new) if module else None
    if found is None:
        return
    before = _owner_before(rename, owner)
    for name, attribute in found.attributes.items():
        if attribute.values and not attribute.picklist:
            first, second = inline_picklist(f"{before}_{old}", name), inline_picklist(f"{owner}_{new}", name)
            yield Rename(kind="picklist", old=first, new=second, move=rename.move)
    if not found.reverse:
        there = rename.new if rename.kind == "module" and found.to == rename.old else found.to
        yield _list_renamed(rename, there, f"{before}_{old}", f"{owner}_{new}")


def _list_renamed(rename: Rename, module: str, old: str, new: str) -> Rename:
    return Rename(kind="relation", old=f"{module}.{old}", new=f"{module}.{new}", move=rename.move)


def _on_other_sides(rename: Rename, names: DeclaredNames) -> Iterator[Rename]:
    """A lookup to several modules brings its related list to each, under one name."""
    module, _, old = rename.old.rpartition(".")
    new = rename.new.rpartition(".")[2]
    for candidate in (old, new):
        found = names.related(module, candidate)
        if found is not None and found.brought_by == "field":
            owner, _, field = found.source.rpartition(".")
            others = (target for target in names.targets(owner, field) if target != module)
            yield from (_list_renamed(rename, other, old, new) for other in others)
            return

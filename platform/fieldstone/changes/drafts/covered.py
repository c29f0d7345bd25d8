"""Whether a change of the site layer stays within what somebody may shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from fieldstone.changes.drafts.draft import OUT_OF_REACH, difference
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import read_effective, read_site, site_of, with_document
from fieldstone.kernel.errors import ForbiddenError, MetadataError
from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.metadata.documents import MODULE, MOVES, PICKLIST, TRANSLATION, document_path, find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.moves import MOVES_PATH
from fieldstone.metadata.references.settling import settle_moves
from fieldstone.metadata.setup_reach import SetupReach

Under = Callable[[Layer], list[Layer]]
Published = Callable[[], Sequence[Layer]]

_NAMED = 5
_IN_MODULE = ("field", "relation", "record_type", "workflow")
"""What a module's owner may rename: its parts, but not the module, by whose name the owner holds it."""


def require_covered(reach: SetupReach, before: Layer, after: Layer, under: Under, published: Published) -> None:
    """Raises ForbiddenError draft.E004 when somebody may not change the site layer from `before` to `after`. This is
    where it is decided, for every step of a draft and everything that is published in Setup.

    Whoever owns modules changes their documents; besides, in the documents that are everybody's, the words of these
    modules, and names within them, which all that names them follows. `under` gives all layers of a site layer,
    `published` those in force.
    """
    beyond = [path for path in difference(before, after) if not reach.covers(path)]
    if beyond and reach.modules:
        with suppress(MetadataError):  # what cannot be read belongs to nobody
            beyond = _OwnParts(reach.modules, before, after, under).beyond(beyond, published)
    if beyond:
        raise ForbiddenError(OUT_OF_REACH, documents=", ".join(beyond[:_NAMED]))


class _OwnParts:
    """What of the documents of everybody belongs to some modules. Raises MetadataError for what cannot be read."""

    def __init__(self, modules: Iterable[str], before: Layer, after: Layer, under: Under) -> None:
        self._modules = frozenset(modules)
        self._before, self._after, self._under = before, after, under
        self._picklists = self._own_picklists(under(before)) | self._own_picklists(under(after))

    def beyond(self, paths: Sequence[str], published: Published) -> list[str]:
        """The documents among `paths` whose changes are not the modules' own."""
        base = self._before
        if MOVES_PATH in paths:
            if not self._moves_are_own():
                return list(paths)
            moved = with_document(base, MOVES_PATH, self._after.documents.get(MOVES_PATH))
            base = site_of(settle_moves(with_site_layer(self._under(base), moved), published()).layers)
        return [path for path in paths if path != MOVES_PATH and not self._is_own(path, base)]

    def _is_own(self, path: str, base: Layer) -> bool:
        if base.documents.get(path) == self._after.documents.get(path):
            return True  # it only follows a name
        if find_kind(path) is not TRANSLATION:
            return False
        return self._of_others(read_site(base, path)) == self._of_others(read_site(self._after, path))

    def _of_others(self, words: Mapping[str, Any]) -> dict[str, Any]:
        """A language's document without the words of the modules."""
        own = {"modules": self._modules, "picklists": self._picklists, "language": frozenset()}
        kept: dict[str, Any] = {}
        for section, said in words.items():
            if section == "language":
                continue
            mine = own.get(section, frozenset())
            left = {key: each for key, each in said.items() if key not in mine} if isinstance(said, dict) else said
            if left != {}:
                kept[section] = left
        return kept

    def _moves_are_own(self) -> bool:
        old, new = (list(read_site(site, MOVES_PATH).get(MOVES.key) or []) for site in (self._before, self._after))
        common = [each for each in old if each in new]
        in_order = common == [each for each in new if each in old]
        changed = [each for each in (*old, *new) if each not in common]
        return in_order and all(self._is_own_move(each) for each in changed)

    def _is_own_move(self, move: Any) -> bool:
        said = move.get("rename") or move.get("replace") if isinstance(move, dict) and len(move) == 2 else None
        if not isinstance(said, dict):
            return False
        owner = str(said.get("from", "")).rpartition(".")[0]
        if owner != str(said.get("to", "")).rpartition(".")[0]:
            return False
        if said.get("kind") == "picklist_value":
            return owner in self._picklists
        return said.get("kind") in _IN_MODULE and owner in self._modules

    def _own_picklists(self, layers: Sequence[Layer]) -> frozenset[str]:
        """Those made of values on the fields of the modules, and of no document that others share."""
        shared = {path for layer in layers for path in layer.documents}
        names = {
            inline_picklist(module, field)
            for module in self._modules
            for field, entry in (read_effective(layers, document_path(MODULE, module)).get("fields") or {}).items()
            if isinstance(entry, dict) and "values" in entry
        }
        return frozenset(name for name in names if document_path(PICKLIST, name) not in shared)

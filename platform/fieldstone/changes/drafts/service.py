"""Drafts of the site layer: begun, changed step by step, undone, brought up to date, compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from fieldstone.changes.drafts.covered import require_covered
from fieldstone.changes.drafts.draft import Draft, DraftStep, difference, replay
from fieldstone.changes.drafts.rebase import rebase_draft, with_value
from fieldstone.changes.drafts.store import delete_draft, has_draft, list_drafts, load_draft, move_draft, store_draft
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import site_of
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, NotFoundError
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.references.settling import apply_renames, settle_moves
from fieldstone.metadata.setup_reach import EVERYTHING, SetupReach
from fieldstone.storage.catalogue import load_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.revisions import find_version, load_layers

if TYPE_CHECKING:
    from fieldstone.changes.planning import CompileLayers

DRAFT_MOVED = declare(
    "draft.E001", "Your draft was changed in another window.", "Look at it as it is now, and do it again."
)
NO_CLASH = declare("draft.E002", "Nothing is to be decided at {key}.", "Read the draft again.")

_LOOK_BACK = 8

MAX_STEPS = 500
"""The oldest steps become one when there are more."""


class Edit(Protocol):
    """Makes the new site layer from all layers of the draft, the site's last. May raise MetadataError."""

    def __call__(self, layers: Sequence[Layer], /) -> Layer: ...


class Drafts:
    """Each user has one draft at most; `user_id` says whose. What a draft says is not checked until it is compiled."""

    def __init__(
        self,
        database: Database,
        compile_layers: CompileLayers,
        under: Callable[[Layer], list[Layer]],
        clock: Callable[[], datetime],
        reach: Callable[[int], SetupReach] = lambda _user: EVERYTHING,
    ) -> None:
        """`under` gives all layers that a site layer would be published with, `reach` what a user may change."""
        self._reach = reach
        self._database = database
        self._compile = compile_layers
        self._under = under
        self._clock = clock
        self._compiled = CompilationCache(_LOOK_BACK + 4)

    def get(self, user_id: int) -> Draft:
        """The draft as it stands; an empty one upon what is published when there is none."""
        with self._database.read() as conn:
            return self._held(conn, user_id)

    def exists(self, user_id: int) -> bool:
        """Whether there is one; quickly."""
        with self._database.read() as conn:
            return has_draft(conn, user_id)

    def current(self, user_id: int) -> Draft:
        """The draft, brought onto what is published now if something was published since it was begun.

        Raises MetadataError when its documents cannot be read any more.
        """
        draft = self.get(user_id)
        if draft.base == self._version():
            return draft
        return self._database.transact(lambda conn: self._rebased(conn, self._held(conn, user_id)))

    def edit(
        self, user_id: int, label: str, change: Edit, *, turn: int | None = None, follow_up: Sequence[str] = ()
    ) -> Draft:
        """One step more. What was undone before is forgotten. A change that changes nothing is no step.

        `follow_up` is kept with the step. `turn`: that of the draft which the page showed. Raises ConflictError
        draft.E001 when it is another by now, ForbiddenError draft.E004 for what the user may not change, and what
        `change` raises.
        """
        self.current(user_id)

        def work(conn: sa.Connection) -> Draft:
            draft = self._held(conn, user_id)
            if turn is not None and turn != draft.turn:
                raise ConflictError(DRAFT_MOVED)
            site = self._changed(draft, change, load_layers(conn, draft.base))
            return self._with_step(conn, draft, label, site, tuple(follow_up))

        return self._database.transact(work)

    def undo(self, user_id: int) -> Draft:
        """One step back; the draft as it is when there is none."""
        return self._move(user_id, -1)

    def redo(self, user_id: int) -> Draft:
        return self._move(user_id, 1)

    def discard(self, user_id: int) -> None:
        """Forget the draft with all its steps."""
        self._database.transact(lambda conn: delete_draft(conn, user_id))

    def finish(self, draft: Draft) -> None:
        """Forget a draft that was published. One that was changed since it was planned stays, with what is new."""

        def work(conn: sa.Connection) -> None:
            if self._held(conn, draft.user_id).turn == draft.turn:
                delete_draft(conn, draft.user_id)

        self._database.transact(work)

    def decide(self, user_id: int, key: str, *, theirs: bool, label: str = "") -> Draft:
        """Settle a clash: with what somebody else has published, which is a step called `label`, or with what the
        draft says.

        Raises NotFoundError draft.E002.
        """

        def work(conn: sa.Connection) -> Draft:
            draft = self._held(conn, user_id)
            clash = next((each for each in draft.clashes if each.key == key), None)
            if clash is None:
                raise NotFoundError(NO_CLASH, key=key)
            left = replace(draft, clashes=tuple(each for each in draft.clashes if each is not clash))
            site = with_value(self._under(left.site), clash, clash.theirs) if theirs else left.site
            if difference(left.site, site):
                return self._with_step(conn, left, label or key, site)
            decided = replace(left, turn=left.turn + 1)
            store_draft(conn, decided, self._clock(), keep=len(decided.steps))
            return decided

        return self._database.transact(work)

    def all(self) -> list[tuple[int, datetime]]:
        """(user, when it was last changed) of every draft, the newest first."""
        with self._database.read() as conn:
            return list_drafts(conn)

    def tried(self, draft: Draft, change: Edit) -> Draft:
        """The draft as it would be after a change; nothing is stored. Raises what `change` raises."""
        return replace(draft, site=self._changed(draft, change, self._published(draft.base)))

    def layers(self, draft: Draft) -> list[Layer]:
        """All layers as the draft would publish them, the site's last: what editors read."""
        return self._under(draft.site)

    def compile(self, draft: Draft) -> Compilation:
        """The model of the draft, or every problem in it. Kept for the next one who asks."""
        layers = tuple(self.layers(draft))
        key = (draft.base, tuple((layer.name, tuple(layer.documents.items())) for layer in layers))
        return self._compiled.get(key, lambda: self._compile_layers(layers))

    def last_model(self, draft: Draft) -> AppModel | None:
        """The model of the draft; while it has problems, that of the last of its steps that had none, as far as a few
        steps back. None when there is none among them."""
        for position in range(draft.position, max(draft.position - _LOOK_BACK, 0) - 1, -1):
            earlier = draft if position == draft.position else draft.at_step(position)
            model = self.compile(earlier).model
            if model is not None:
                return model
        return None

    def _compile_layers(self, layers: Sequence[Layer]) -> Compilation:
        with self._database.read() as conn:
            version = find_version(conn)
            published = load_layers(conn, version) if version else []
            catalogue = load_catalogue(conn)
        settled = settle_moves(layers, published)
        compilation = self._compile(settled.layers, apply_renames(catalogue, settled.renames))
        found = {(each.code, each.location) for each in compilation.diagnostics}
        compilation.diagnostics.extend([each for each in settled.problems if (each.code, each.location) not in found])
        return compilation

    def _changed(self, draft: Draft, change: Edit, published: Sequence[Layer]) -> Layer:
        layers = self._under(draft.site)
        # Renamed things get their new names at once, so that every later step speaks of them by these.
        return site_of(settle_moves(with_site_layer(layers, change(layers)), published).layers)

    def _published(self, version: int) -> list[Layer]:
        with self._database.read() as conn:
            return load_layers(conn, version) if version else []

    def _version(self) -> int:
        with self._database.read() as conn:
            return find_version(conn)

    def _held(self, conn: sa.Connection, user_id: int) -> Draft:
        """The draft, as it is stored; a new one when there is none."""
        found = load_draft(conn, user_id)
        if found is not None:
            return found
        version = find_version(conn)
        site = site_of(load_layers(conn, version) if version else ())
        return Draft(user_id=user_id, base=version, base_site=site, site=site)

    def _rebased(self, conn: sa.Connection, draft: Draft) -> Draft:
        version = find_version(conn)
        if draft.base == version:
            return draft
        rebased = rebase_draft(draft, load_layers(conn, draft.base), load_layers(conn, version), version)
        if rebased.is_empty and not rebased.can_redo:  # it says what is published, mostly since it was
            delete_draft(conn, draft.user_id)
            return self._held(conn, draft.user_id)
        store_draft(conn, rebased, self._clock())
        return replace(rebased, brought_from=draft.base)

    def _with_step(
        self, conn: sa.Connection, draft: Draft, label: str, site: Layer, follow_up: tuple[str, ...] = ()
    ) -> Draft:
        changed = difference(draft.site, site)
        if not changed:
            return draft
        require_covered(
            self._reach(draft.user_id), draft.site, site, self._under,
            lambda: load_layers(conn, draft.base) if draft.base else [],
        )  # fmt: skip
        step = DraftStep(label=label[:500], at=self._clock(), documents=changed, follow_up=follow_up)
        kept = draft.steps[: draft.position]
        folded = len(kept) >= MAX_STEPS
        if folded:
            first = replace(
                kept[1],
                documents={**kept[0].documents, **kept[1].documents},
                follow_up=(*kept[0].follow_up, *kept[1].follow_up),
            )
            kept = (first, *kept[2:])
        made = replace(draft, site=site, steps=(*kept, step), position=len(kept) + 1, turn=draft.turn + 1)
        store_draft(conn, made, self._clock(), keep=0 if folded else len(kept))
        return made

    def _move(self, user_id: int, by: int) -> Draft:
        self.current(user_id)

        def work(conn: sa.Connection) -> Draft:
            draft = self._held(conn, user_id)
            position = draft.position + by
            if not 0 <= position <= len(draft.steps):
                return draft
            site = replay(draft.base_site, draft.steps[:position])
            moved = replace(draft, site=site, position=position, turn=draft.turn + 1)
            move_draft(conn, moved, self._clock())
            return moved

        return self._database.transact(work)

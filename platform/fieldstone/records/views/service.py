"""Saved views of the lists: made, changed, shared and arranged, each in one transaction.

A view shows nothing that its reader may not see anyway: it is a filter with an order, read with the reader's rights.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError, NotFoundError
from fieldstone.records.access import require, viewable_modules
from fieldstone.records.views import checks, store
from fieldstone.records.views.view import Receiver, SavedView, ViewShelf, ViewState
from fieldstone.storage.published import ModelSource, PublishedModel

_WIDTHS = range(4, 57)
"""How wide a column may be, in rem."""


class Views:
    """Kept on the site. Raises ForbiddenError access.E001 without the right to view the module, NotFoundError
    record.E011 for a module that is none."""

    def __init__(self, models: ModelSource, clock: Callable[[], datetime]) -> None:
        self._models, self._clock = models, clock

    def shelf(self, actor: Actor, module: str) -> ViewShelf:
        """The views within the actor's reach, and how the actor has them."""
        with self._models.read() as (conn, published):
            if actor.user_id is None:
                return ViewShelf()
            publisher = checks.may_publish_views(published, actor)
            views = store.load_views(conn, published, actor, (module,), publisher=publisher)
            return ViewShelf(views=views, habits=store.load_habits(conn, actor.user_id, _identity(published, module)))

    def everywhere(self, actor: Actor) -> Sequence[SavedView]:
        """Those within the actor's reach, of all modules that the actor may view, in one statement."""
        with self._models.read() as (conn, published):
            if actor.user_id is None:
                return ()
            publisher = checks.may_publish_views(published, actor)
            return store.load_views(conn, published, actor, viewable_modules(published, actor), publisher=publisher)

    def get(self, actor: Actor, module: str, id: int) -> SavedView:
        """Raises NotFoundError view.E001 also for one that is not shown to the actor."""
        found = self.shelf(actor, module).find(str(id))
        if found is None:
            raise NotFoundError(checks.NO_VIEW)
        return found

    def receivers(self, actor: Actor, module: str, id: int) -> tuple[Receiver, ...]:
        """Whom it is shared with, for whoever may change it; nobody for the others."""
        if not self.get(actor, module, id).may_change:
            return ()
        with self._models.database.read() as conn:
            return store.load_receivers(conn, id)

    def create(
        self,
        actor: Actor,
        module: str,
        label: str,
        state: ViewState,
        *,
        audience: str = "private",
        receivers: Sequence[Receiver] = (),
    ) -> int:
        """The id of the new view. Raises InvalidInputError view.E002, view.E005–E007, ForbiddenError view.E003,
        access.E003, ExpressionError."""
        named = checks.check_label(label)

        def work(conn: sa.Connection, published: PublishedModel) -> int:
            require(published, actor, module, "view")
            found = _those_there(conn, published, receivers)
            checks.check_audience(published, actor, audience, found)
            kept = checks.check_state(published, actor, module, state)
            identity = _identity(published, module)
            if store.count_views(conn, identity, actor.user_id or 0) >= checks.MAX_VIEWS:
                raise InvalidInputError(checks.TOO_MANY, limit=checks.MAX_VIEWS)
            now = self._clock()
            id = store.insert_view(
                conn,
                module=identity,
                owner_id=actor.user_id,
                label=named,
                audience=audience,
                created_at=now,
                modified_at=now,
                **store.state_values(kept),
            )
            store.replace_receivers(conn, id, found if audience == "shared" else ())
            return id

        return self._models.write(work)

    def change(self, actor: Actor, module: str, id: int, state: ViewState) -> None:
        """Let a view show something else. Raises NotFoundError view.E001, ForbiddenError view.E004, access.E003,
        ExpressionError."""
        view = self.get(actor, module, id)

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            checks.check_change(published, actor, view)
            kept = checks.check_state(published, actor, module, state)
            store.update_view(conn, id, self._clock(), **store.state_values(kept))

        self._models.write(work)

    def rename(
        self, actor: Actor, module: str, id: int, label: str, *, audience: str, receivers: Sequence[Receiver] = ()
    ) -> None:
        """Give it another name and another audience. Raises as `create` and `change` do."""
        view, named = self.get(actor, module, id), checks.check_label(label)

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            checks.check_change(published, actor, view)
            found = _those_there(conn, published, receivers)
            if audience != view.audience or audience == "shared":
                checks.check_audience(published, actor, audience, found)
            store.update_view(conn, id, self._clock(), label=named, audience=audience)
            store.replace_receivers(conn, id, found if audience == "shared" else ())

        self._models.write(work)

    def delete(self, actor: Actor, module: str, id: int) -> None:
        """Raises NotFoundError view.E001, ForbiddenError view.E004."""
        view = self.get(actor, module, id)

        def work(conn: sa.Connection, published: PublishedModel) -> None:
            checks.check_change(published, actor, view)
            store.delete_view(conn, _identity(published, module), id)

        self._models.write(work)

    def begin_with(self, actor: Actor, module: str, key: str) -> None:
        """Let the list begin with this view, for the actor alone; "" with the one of the layout again."""

        def work(conn: sa.Connection, identity: str, user: int) -> None:
            store.forget_first(conn, user, identity)
            if key:
                store.change_habit(conn, user, identity, key, {"first": True})

        self._arrange(actor, module, work)

    def order(self, actor: Actor, module: str, keys: Sequence[str]) -> None:
        """Let the tabs stand in this order, for the actor alone."""

        def work(conn: sa.Connection, identity: str, user: int) -> None:
            for place, key in enumerate(dict.fromkeys(keys)):
                store.change_habit(conn, user, identity, key[:60], {"position": place})

        self._arrange(actor, module, work)

    def widen(self, actor: Actor, module: str, key: str, widths: Mapping[str, int]) -> None:
        """How wide the columns of a view are for the actor, in rem; what is too narrow or too wide is left out."""
        kept = {name: width for name, width in widths.items() if width in _WIDTHS and len(name) <= 120}
        values = {"widths": json.dumps(dict(list(kept.items())[: checks.MAX_COLUMNS]))}
        self._arrange(
            actor, module, lambda conn, identity, user: store.change_habit(conn, user, identity, key[:60], values)
        )

    def _arrange(self, actor: Actor, module: str, work: Callable[[sa.Connection, str, int], None]) -> None:
        def arrange(conn: sa.Connection, published: PublishedModel) -> None:
            require(published, actor, module, "view")
            if actor.user_id is not None:
                work(conn, _identity(published, module), actor.user_id)

        self._models.write(arrange)


def _identity(published: PublishedModel, module: str) -> str:
    return published.model.modules[module].identity


def _those_there(conn: sa.Connection, published: PublishedModel, receivers: Sequence[Receiver]) -> tuple[Receiver, ...]:
    known = store.known_principals(conn, [each.principal for each in receivers if each.principal is not None])
    return tuple(
        each
        for each in receivers
        if (each.principal in known if each.principal is not None else each.role in published.model.roles)
    )

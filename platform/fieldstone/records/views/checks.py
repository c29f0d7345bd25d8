"""What a view may say, and to whom."""

from __future__ import annotations

from dataclasses import replace

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, ForbiddenError, InvalidInputError
from fieldstone.metadata.setup_reach import reach_of_roles
from fieldstone.records.access.paths import readable_path
from fieldstone.records.filters import compile_where
from fieldstone.records.sorting import MAX_TERMS
from fieldstone.records.views.view import AUDIENCES, Receiver, SavedView, ViewState
from fieldstone.storage.published import PublishedModel

NO_VIEW = declare(
    "view.E001", "There is no such view.", "It may have been deleted, or is not shared with you any more."
)
NO_NAME = declare("view.E002", "A view needs a name of at most {limit} characters.", "Give it one.")
NOT_PUBLIC = declare(
    "view.E003", "Only whoever may open Setup can show a view to everybody.", "Share it with teams or roles instead."
)
NOT_YOURS = declare("view.E004", "You may not change the view {label}.", "Save it as a view of your own.")
TOO_MANY = declare("view.E005", "You have {limit} views of this list already.", "Delete one that you do not need.")
NO_AUDIENCE = declare("view.E006", "A view is private, shared or public, not {audience}.", "Choose one of them.")
NOBODY = declare("view.E007", "There is nobody to share the view with.", "Choose people, teams or roles.")

MAX_LABEL, MAX_VIEWS, MAX_COLUMNS, MAX_DISPLAY = 80, 100, 50, 300


def may_publish_views(published: PublishedModel, actor: Actor) -> bool:
    """Whether somebody may make views for everybody: an administrator, or one whose role shapes modules."""
    return actor.is_admin or reach_of_roles(published.model.roles, actor.roles).has("structure")


def check_label(label: str) -> str:
    """The name without blanks around it. Raises InvalidInputError view.E002."""
    found = " ".join(label.split())
    if not found or len(found) > MAX_LABEL or not found.isprintable():
        raise InvalidInputError(NO_NAME, limit=MAX_LABEL, field="label")
    return found


def check_audience(published: PublishedModel, actor: Actor, audience: str, receivers: tuple[Receiver, ...]) -> None:
    """Raises InvalidInputError view.E006, view.E007, ForbiddenError view.E003."""
    if audience not in AUDIENCES:
        raise InvalidInputError(NO_AUDIENCE, audience=audience)
    if audience == "public" and not may_publish_views(published, actor):
        raise ForbiddenError(NOT_PUBLIC)
    if audience == "shared" and not receivers:
        raise InvalidInputError(NOBODY, field="receivers")


def check_state(published: PublishedModel, actor: Actor, module: str, state: ViewState) -> ViewState:
    """The state as it can be kept: names that are none are left out. Raises ExpressionError and ForbiddenError for a
    filter that does not compile or names a hidden field."""
    compile_where(published, actor, module, state.filter)
    return replace(
        state,
        columns=tuple(name for name in state.columns if _is_known(published, actor, module, name))[:MAX_COLUMNS],
        sort=tuple(term for term in state.sort if _is_known(published, actor, module, _name_of(term)))[:MAX_TERMS],
        display=state.display[:MAX_DISPLAY],
        grouped=state.grouped if _is_known(published, actor, module, state.grouped) else "",
    )


def check_change(published: PublishedModel, actor: Actor, view: SavedView) -> None:
    """Raises ForbiddenError view.E004."""
    if not view.may_change:
        raise ForbiddenError(NOT_YOURS, label=view.label)


def _name_of(term: str) -> str:
    return term.removeprefix("-").removeprefix("order(").removesuffix(")")


def _is_known(published: PublishedModel, actor: Actor, module: str, name: str) -> bool:
    try:
        readable_path(published, actor, module, name)
    except FieldstoneError:
        return False
    return True

"""A condition of an editor as rows of field, operator and value, and back: the builder that lists have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.rows import Condition, Group, from_rows, to_rows
from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.web.condition_reading import read_group
from fieldstone.web.condition_rows import MARKS, ConditionGroup, ConditionRows, is_shown
from fieldstone.web.conditions import Filter
from fieldstone.web.current import current_actor, current_model, current_published
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext
from fieldstone.web.rights import rights_on
from fieldstone.web.setup.expressions.places import Place
from fieldstone.web.show import Shower
from fieldstone.web.words import explain


@dataclass(frozen=True, kw_only=True)
class Rows:
    """`group` None: rows cannot show it, `why` says why not. `module` is the published one, which they are about."""

    module: DescribedModule | None = None
    group: ConditionGroup | None = None
    why: str = ""


def find_rows(place: Place, source: str) -> Rows:
    """The rows of a condition; of an empty one a row to begin with."""
    module = _published(place)
    if module is None:
        return Rows(why=gettext("Rows can be used once the module is published and you may see it."))
    try:
        group = to_rows(source, place.scope)
    except ExpressionError:
        return Rows(why=gettext("Mend the expression first: rows can show only one that is right."))
    if group is None:
        return Rows(
            why=gettext("It compares in a way that rows do not have, such as with a calculation or a function.")
        )
    if not is_shown(group):
        return Rows(why=gettext("Its groups lie deeper in each other than rows can show."))
    for condition in _conditions(group):
        field = module.find(condition.field)
        if field is None:
            return Rows(
                why=gettext("Rows cannot show %(field)s: it is not published, or hidden.", field=condition.field)
            )
        if condition.operator not in (MARKS if field.path == "id" else field.type.operators):
            return Rows(why=gettext("Rows have no such comparison for %(field)s.", field=field.label))
    shower = Shower(current_model(), current_actor())
    Filter(module, source, group, shower)  # learns what records and people among the values are called
    rows = ConditionRows(module, shower)
    shown = rows.group(group)
    return Rows(module=module, group=shown if shown.items else replace(shown, items=[rows.blank()]))


def write_rows(place: Place, sent: MultiDict[str, str]) -> tuple[str | None, list[str]]:
    """The expression that sent rows say, and what is wrong with some; None when nothing comes of them."""
    module = _published(place)
    if module is None:
        return None, []
    group, problems = read_group(module, sent)
    try:
        return from_rows(group, place.scope) if group.items else "", problems
    except (ExpressionError, InvalidInputError, ForbiddenError) as error:
        return None, [*problems, explain(error)]


def _published(place: Place) -> DescribedModule | None:
    if place.module not in current_model().modules or not rights_on(place.module).view:
        return None
    return describe(current_published(), place.module, current_actor())


def _conditions(group: Group) -> Iterator[Condition]:
    for item in group.items:
        if isinstance(item, Group):
            yield from _conditions(item)
        else:
            yield item

"""One list view as a form: conditions in rows or as an expression, columns, order; and what is sent back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.rows import from_rows
from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.system_fields import any_field_names, find_any_field
from fieldstone.web.condition_reading import read_group
from fieldstone.web.condition_rows import ConditionGroup, ConditionRows, is_shown
from fieldstone.web.conditions import read_filter, scope_of
from fieldstone.web.current import current_actor, current_model, current_published
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.i18n import gettext
from fieldstone.web.rights import rights_on
from fieldstone.web.setup.about_module import AboutModule
from fieldstone.web.show import Shower
from fieldstone.web.words import explain

SORTS = 3
_NOT_LISTED = frozenset({"id", "version", "deleted_at"})


@dataclass(frozen=True, kw_only=True)
class Builder:
    """The conditions in rows; `module` is the published one, whose records they are about."""

    module: DescribedModule
    group: ConditionGroup


@dataclass(frozen=True, kw_only=True)
class Sort:
    place: int
    path: str
    descending: bool


def find_builder(about: AboutModule, where: str) -> Builder | None:
    """None where only an expression can say it: for what rows cannot show, and for modules and fields that are not
    published yet or that the reader may not see."""
    if about.name not in current_model().modules or not rights_on(about.name).view:
        return None
    module = describe(current_published(), about.name, current_actor())
    shower = Shower(current_model(), current_actor())
    group = read_filter(module, where, shower).group
    if group is None or not is_shown(group):
        return None
    rows = ConditionRows(module, shower)
    shown = rows.group(group)
    return Builder(module=module, group=shown if shown.items else replace(shown, items=[rows.blank()]))


def read_where(about: AboutModule, problems: list[str]) -> str:
    """The filter that the form says; what is wrong with its rows is added to the problems."""
    if "filter" in request.form:
        return request.form["filter"].strip()
    if "row" not in request.form or not find_builder(about, ""):
        return ""
    module = describe(current_published(), about.name, current_actor())
    found, wrong = read_group(module, request.form)
    problems.extend(wrong)
    try:
        return from_rows(found, scope_of(current_published(), about.name)) if found.items else ""
    except (ExpressionError, InvalidInputError, ForbiddenError) as error:
        problems.append(explain(error))
        return ""


def read_entry(about: AboutModule, problems: list[str]) -> dict[str, Any]:
    """What `put_view` takes, but the name."""
    sent, known = request.form, {name for name, _label in fields_of(about)}
    label = " ".join(sent.get("label", "").split())
    if not label:
        problems.append(gettext("A view needs a label."))
    paths = [(sent.get(f"sort.{place}", ""), f"down.{place}" in sent) for place in range(SORTS)]
    return {
        "label": label,
        "filter": read_where(about, problems),
        "columns": [name for name in sent.getlist("columns") if name in known or "." in name],
        "sort": [f"-{path}" if down else path for path, down in dict(paths).items() if path],
        "default": "default" in sent,
    }


def fields_of(about: AboutModule) -> list[tuple[str, str]]:
    """(name, label) of what a list may show."""
    return [(name, about.field(name)) for name in any_field_names(about.module) if name not in _NOT_LISTED]


def column_rows(about: AboutModule, chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
    """(name, label, whether it is shown), those that are shown first, in order."""
    labels = dict(fields_of(about))
    rest = [name for name in labels if name not in chosen]
    shown = [(name, labels.get(name) or _path(about, name), True) for name in chosen]
    return [*shown, *((name, labels[name], False) for name in rest)]


def sort_rows(sort: Sequence[str]) -> list[Sort]:
    paths = [*sort[:SORTS], *[""] * (SORTS - len(sort))]
    return [
        Sort(place=place, path=path.removeprefix("-"), descending=path.startswith("-"))
        for place, path in enumerate(paths)
    ]


def _path(about: AboutModule, path: str) -> str:
    """The label of a path through lookups."""
    labels: list[str] = []
    module: ModuleDef | None = about.module
    for step in path.split("."):
        field = find_any_field(module, step) if module else None
        labels.append(AboutModule(about.model, module).field(step) if module and field else step)
        following: Mapping[str, ModuleDef] = about.model.modules
        module = following.get(field.to[0]) if field and len(field.to) == 1 else None
    return " › ".join(labels)

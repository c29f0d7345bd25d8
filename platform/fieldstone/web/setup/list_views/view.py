"""The addresses of a module's list views for everybody: /setup/modules/<module>/views/."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.views import order_views, put_view, remove_view, views_of, with_views
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.about_module import AboutModule, module_of_draft
from fieldstone.web.setup.drafting import draft_document, try_edit
from fieldstone.web.setup.languages import typed_words, with_language_words, words_under
from fieldstone.web.setup.list_views.form import column_rows, fields_of, find_builder, read_entry, sort_rows
from fieldstone.web.setup.view import Page, back_to, change, form
from fieldstone.web.setup.view import later as _
from fieldstone.web.setup.workflows.words import word_condition
from fieldstone.web.toasts import toast

_EMPTY: dict[str, Any] = {"label": "", "filter": "", "columns": [], "sort": [], "default": False}


class ListViewsView(Page):
    @form()
    def index(self, module: str) -> ResponseReturnValue:
        """All views; a POST puts their tabs in order."""
        about = module_of_draft(module)
        problems: list[str] = []
        if request.method == "POST":
            names = request.form.getlist("view")
            views = about.model.layouts[module].views
            # What every module has without saying so is said where it is given a place.
            fresh = {name: {"label": views[name].label} for name in names if name in views}
            step = gettext("List views of %(name)s", name=about.plural)
            problems = _tried(
                about, step, lambda data: order_views(with_views(data, {**fresh, **views_of(data)}), names)
            )
            if not problems:
                return back_to(_home(about))
        views = about.model.layouts[module].views
        said = views_of(draft_document(_path(about)))
        return self.render(
            "setup/list_views/list.html", module=about, problems=problems,
            views=[
                (view, _label(about, view.name, view.label), view.name in said, word_condition(module, view.filter))
                for view in views.values()
            ],
        )  # fmt: skip

    @form("/add-view")
    def add(self, module: str) -> ResponseReturnValue:
        return self._one(module_of_draft(module), "", dict(_EMPTY))

    @form("/<name>")
    def edit(self, module: str, name: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        view = about.model.layouts[module].views.get(name) or abort(404)
        own = views_of(draft_document(_path(about))).get(name, {})
        said = {
            "label": view.label, "filter": view.filter, "columns": list(own.get("columns") or ()),
            "sort": list(view.sort), "default": view.default,
        }  # fmt: skip
        return self._one(about, name, said)

    @change("/<name>/remove")
    def remove(self, module: str, name: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        view = about.model.layouts[module].views.get(name) or abort(404)
        step = gettext("Removed: %(name)s", name=_label(about, name, view.label))
        problems = _tried(about, step, lambda data: remove_view(data, name))
        if problems:
            return self.render("setup/problems.html", title=view.label, problems=problems, back=_home(about))
        return back_to(_home(about))

    def _one(self, about: AboutModule, name: str, said: dict[str, Any]) -> ResponseReturnValue:
        problems: list[str] = []
        written = "written" in request.args
        if request.method == "POST":
            entry = read_entry(about, problems)
            written = "filter" in request.form
            if not problems:
                problems = _save(about, name, entry)
            if not problems:
                return back_to(_home(about))
            said = entry
        builder = None if written else find_builder(about, said["filter"])
        rows = find_builder(about, said["filter"]) is not None
        shown = said["columns"] or list(about.model.layouts[about.name].columns)
        return self.render(
            "setup/list_views/view.html", module=about, name=name, said=said, problems=problems, builder=builder,
            columns=column_rows(about, shown), sorts=sort_rows(said["sort"]),
            sortable=fields_of(about), can_be_rows=rows, own_columns=bool(said["columns"]),
            title=_label(about, name, said["label"]) if name else gettext("New list view"),
        )  # fmt: skip


def _save(about: AboutModule, name: str, entry: dict[str, Any]) -> list[str]:
    path = _path(about)
    if "own_columns" not in request.form:
        entry = {**entry, "columns": []}

    typed = typed_words("view")

    def save(layers: Sequence[Layer]) -> Layer:
        data = {"module": about.name, **read_effective(layers, path)}
        saved, wanted = put_view(data, name, **entry)
        site = patch_document(layers, path, wanted)
        said = with_site_layer(layers, site)
        return with_language_words(said, words_under(f"view.{about.name}.{saved}", typed))

    step = gettext("List view %(name)s", name=entry["label"])
    problems = try_edit(step, save, path)
    if not problems:
        toast(step)
    return problems


def _tried(about: AboutModule, step: str, edited: Callable[[dict[str, Any]], dict[str, Any]]) -> list[str]:
    path = _path(about)

    def change(layers: Sequence[Layer]) -> Layer:
        return patch_document(layers, path, edited({"module": about.name, **read_effective(layers, path)}))

    problems = try_edit(step, change, path)
    if not problems:
        toast(step)
    return problems


def _label(about: AboutModule, name: str, label: str) -> str:
    return about.model.text(f"view.{about.name}.{name}", current_language(), label)


def _path(about: AboutModule) -> str:
    return f"layouts/{about.name}.yaml"


def _home(about: AboutModule) -> str:
    return f"{about.url}views/"


def list_views_view() -> ListViewsView:
    return ListViewsView(_("List views"), endpoint="list_views", url="/setup/modules/<module>/views")

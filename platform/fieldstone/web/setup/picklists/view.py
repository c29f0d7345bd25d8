"""The addresses of picklists: /setup/picklists/, and those of the values of one field."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.picklists import new_picklist, own_place, shared_place
from fieldstone.changes.editing.whole import remove_document
from fieldstone.fields.definition import PicklistValueDef
from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.metadata.documents import PICKLIST
from fieldstone.metadata.schemas.picklist import COLOURS
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.about_module import module_of_draft, role_choices
from fieldstone.web.setup.categories import DATA
from fieldstone.web.setup.drafting import draft_model, try_edit
from fieldstone.web.setup.languages import other_languages
from fieldstone.web.setup.picklists.options_page import (
    field_or_404,
    find_conditions,
    find_matrix,
    save_conditions,
    save_matrix,
    source_choices,
)
from fieldstone.web.setup.picklists.rows import colour_words, meaning_words
from fieldstone.web.setup.picklists.usage import is_own, using_fields
from fieldstone.web.setup.picklists.values_page import ValuesPage
from fieldstone.web.setup.removed import removed_rows, restored
from fieldstone.web.setup.view import Page, back_to, change, form, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast

HOME = "/setup/picklists/"


class _Values(Page):
    """What the pages of values have in common, shared or not."""

    def _values(self, page: ValuesPage, problems: list[str], **more: Any) -> ResponseReturnValue:
        uses = using_fields(draft_model(), page.place.name)
        return self.render(
            "setup/picklists/values.html", page=page, title=page.label, rows=page.rows(), problems=problems, uses=uses,
            colours=colour_words(), hues=COLOURS, meanings=meaning_words(), roles=role_choices(),
            translated=other_languages(), **more,
        )  # fmt: skip

    def _after(self, page: ValuesPage, problems: list[str], **more: Any) -> ResponseReturnValue:
        return self._values(page, problems, **more) if problems else back_to(page.url)

    def _removal(self, page: ValuesPage, key: str, **more: Any) -> ResponseReturnValue:
        if key not in page.values:
            abort(404)
        problems: list[str] = []
        if request.method == "POST":
            problems = page.remove(key, request.form.get("instead", ""))
            if not problems:
                return back_to(page.url)
        return self.render(
            "setup/picklists/remove.html", page=page, key=key, label=page.value_label(key), problems=problems,
            loss=page.loss(key), uses=using_fields(draft_model(), page.place.name),
            others=[(each, page.value_label(each)) for each in page.values if each != key], **more,
        )  # fmt: skip


class PicklistsView(_Values):
    @show()
    def index(self) -> ResponseReturnValue:
        return self._index([])

    @change("/new")
    def create(self) -> ResponseReturnValue:
        label = " ".join(request.form.get("label", "").split())
        lines = request.form.get("lines", "").splitlines()[:500]
        if not label or not any(line.strip() for line in lines):
            return self._index([gettext("A picklist needs a label and at least one value.")])
        name = name_from(label, draft_model().picklists)
        step = gettext("New picklist: %(name)s", name=label)
        problems = try_edit(step, lambda layers: new_picklist(layers, name, label, lines), shared_place(name).path)
        if problems:
            return self._index(problems)
        toast(step)
        return back_to(f"{HOME}{name}")

    @form("/<name>")
    def values(self, name: str) -> ResponseReturnValue:
        page = _shared(name)
        own = is_own(draft_model(), name)
        if own is not None:
            return back_to(f"/setup/modules/{own[0]}/fields/{own[1]}/values/")
        return self._after(page, page.save()) if request.method == "POST" else self._values(page, [])

    @change("/<name>/add")
    def add(self, name: str) -> ResponseReturnValue:
        page = _shared(name)
        return self._after(page, page.add())

    @change("/<name>/values/<key>/rename")
    def rename(self, name: str, key: str) -> ResponseReturnValue:
        page = _shared(name)
        return self._after(page, page.rename(key))

    @form("/<name>/values/<key>/remove")
    def remove(self, name: str, key: str) -> ResponseReturnValue:
        return self._removal(_shared(name), key)

    @change("/<name>/remove")
    def remove_picklist(self, name: str) -> ResponseReturnValue:
        page = _shared(name)
        step = gettext("Removed: %(name)s", name=page.label)
        problems = try_edit(step, lambda layers: remove_document(layers, page.place.path), page.place.path)
        if problems:
            return self._values(page, problems)
        toast(step)
        return back_to(HOME)

    @change("/<name>/restore")
    def restore(self, name: str) -> ResponseReturnValue:
        return restored(PICKLIST, name, HOME)

    def _index(self, problems: list[str]) -> ResponseReturnValue:
        model = draft_model()
        shared, own = [], []
        for each in model.picklists.values():
            uses = using_fields(model, each.name)
            if is_own(model, each.name) is None:
                label = model.text(f"picklist.{each.name}.label", current_language(), each.label)
                shared.append((each, label, uses))
            else:
                own.append((each, uses[0]))
        return self.render(
            "setup/picklists/list.html", problems=problems, value_label=_value_label, removed=removed_rows(PICKLIST),
            shared=sorted(shared, key=lambda row: row[1]),
            own=sorted(own, key=lambda row: (row[1].module_label, row[1].field_label)),
        )  # fmt: skip


class OwnValuesView(_Values):
    """The values of one field, and what they offer beside another one."""

    @form()
    def index(self, module: str, field: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        found = field_or_404(about, field)
        if found.picklist != inline_picklist(module, field):
            return back_to(f"{HOME}{found.picklist}")
        page = _own(module, field)
        more = {"module": about}
        return self._after(page, page.save(), **more) if request.method == "POST" else self._values(page, [], **more)

    @change("/add")
    def add(self, module: str, field: str) -> ResponseReturnValue:
        page = _own(module, field)
        return self._after(page, page.add(), module=module_of_draft(module))

    @change("/<key>/rename")
    def rename(self, module: str, field: str, key: str) -> ResponseReturnValue:
        page = _own(module, field)
        return self._after(page, page.rename(key), module=module_of_draft(module))

    @form("/<key>/remove")
    def remove(self, module: str, field: str, key: str) -> ResponseReturnValue:
        return self._removal(_own(module, field), key, module=module_of_draft(module))

    @change("/share")
    def share(self, module: str, field: str) -> ResponseReturnValue:
        page = _own(module, field)
        name, problems = page.share()
        return self._values(page, problems, module=module_of_draft(module)) if problems else back_to(f"{HOME}{name}")


class OptionsView(Page):
    @form()
    def index(self, module: str, field: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        found = field_or_404(about, field)
        source = request.values.get("source", found.depends_on)
        matrix = find_matrix(about, found, source)
        problems: list[str] = []
        if request.method == "POST":
            is_when = request.form.get("part") == "conditions"
            problems = save_conditions(about, found) if is_when else save_matrix(about, found, matrix)
            if not problems:
                return back_to(f"/setup/modules/{module}/fields/{field}/options/")
        return self.render(
            "setup/picklists/options.html", module=about, field=found, label=about.field(field), matrix=matrix,
            sources=source_choices(about, field), problems=problems, conditions=find_conditions(about, found),
        )  # fmt: skip


def _value_label(picklist: str, value: PicklistValueDef) -> str:
    return draft_model().text(f"picklist.{picklist}.{value.key}", current_language(), value.label)


def _shared(name: str) -> ValuesPage:
    return ValuesPage(shared_place(name), f"{HOME}{name}")


def _own(module: str, field: str) -> ValuesPage:
    field_or_404(module_of_draft(module), field)
    return ValuesPage(own_place(module, field), f"/setup/modules/{module}/fields/{field}/values")


def picklists_view() -> PicklistsView:
    return PicklistsView(_("Picklists"), DATA, endpoint="picklists", menu_icon_type="bi", menu_icon_value="list-ul")


def own_values_view() -> OwnValuesView:
    url = "/setup/modules/<module>/fields/<field>/values"
    return OwnValuesView(_("Values"), endpoint="own_values", url=url)


def options_view() -> OptionsView:
    return OptionsView(_("What it offers"), endpoint="options", url="/setup/modules/<module>/fields/<field>/options")

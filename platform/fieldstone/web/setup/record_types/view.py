"""The addresses of a module's record types: /setup/modules/<module>/record-types/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.record_types import (
    add_record_type,
    change_record_type,
    order_record_types,
    remove_record_type,
)
from fieldstone.changes.editing.stages import with_required
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.definitions import RecordTypeDef
from fieldstone.metadata.layers import Layer
from fieldstone.web.current import current_model
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.about_module import AboutModule, module_of_draft, role_choices
from fieldstone.web.setup.drafting import try_edit
from fieldstone.web.setup.languages import typed_words, with_language_words
from fieldstone.web.setup.picklists.usage import loss_of
from fieldstone.web.setup.record_types.pipeline import (
    asked_fields,
    chosen_values,
    offered_values,
    stage_field,
    stages_of,
)
from fieldstone.web.setup.view import Page, back_to, change, form
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast


class RecordTypesView(Page):
    @form()
    def index(self, module: str) -> ResponseReturnValue:
        """All types; a POST puts them in order."""
        about = module_of_draft(module)
        problems: list[str] = []
        if request.method == "POST":
            names = request.form.getlist("type")
            step = gettext("Record types of %(name)s", name=about.plural)
            problems = _tried(about, step, lambda data: order_record_types(data, names))
            if not problems:
                return back_to(_home(about))
        return self._index(about, problems)

    @change("/new")
    def create(self, module: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        label = " ".join(request.form.get("label", "").split())
        if not label:
            return self._index(about, [gettext("A record type needs a label.")])
        name, _data = add_record_type({"record_types": dict.fromkeys(about.module.record_types)}, label)
        step, like = gettext("New record type: %(name)s", name=label), request.form.get("like", "")
        problems = _tried(about, step, lambda data: add_record_type(data, label, like)[1])
        return self._index(about, problems) if problems else back_to(f"{_home(about)}{name}")

    @form("/required-fields")
    def required(self, module: str) -> ResponseReturnValue:
        """Which fields are needed at which stage, for one type or for all."""
        about = module_of_draft(module)
        kind, stage = request.values.get("type", ""), stage_field(about)
        if (kind and kind not in about.module.record_types) or not stage:
            abort(404)
        stages, rows = stages_of(about, kind), asked_fields(about, kind)
        problems: list[str] = []
        if request.method == "POST":
            ticked = {row.name: request.form.getlist(f"at.{row.name}") for row in rows if not row.own}
            order = [key for key, _label in stages_of(about)]
            step = gettext("Fields that stages of %(name)s ask for", name=about.plural)
            problems = _tried(about, step, lambda data: with_required(data, stage, kind, ticked, order))
            if not problems:
                return back_to(f"{_home(about)}required-fields?type={kind}")
        return self.render(
            "setup/record_types/required.html", module=about, kind=kind, stages=stages, rows=rows, problems=problems,
            types=[(name, about.record_type(name)) for name in about.module.record_types], stage=about.field(stage),
        )  # fmt: skip

    @form("/<name>")
    def edit(self, module: str, name: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        kind = about.module.record_types.get(name) or abort(404)
        problems: list[str] = []
        if request.method == "POST":
            problems = _save(about, kind)
            if not problems:
                return back_to(f"{_home(about)}{name}")
        layout = f"{about.url}layout/"
        return self.render(
            "setup/record_types/edit.html", module=about, kind=kind, label=about.record_type(name), problems=problems,
            offered=offered_values(about, kind), roles=role_choices(),
            has_stages=bool(stage_field(about)),
            variants=[each for each in about.model.layouts[module].variants.values() if each.record_type == name],
            layout_url=layout if self.console.leads(layout) else "",
        )  # fmt: skip

    @form("/<name>/remove")
    def remove(self, module: str, name: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        others = [each for each in about.module.record_types if each != name]
        if name not in about.module.record_types:
            abort(404)
        known = current_model().modules.get(module)
        published = known is not None and name in known.record_types

        def gone(instead: str) -> Any:
            return lambda layers: remove_record_type(layers, module, name, instead=instead, published=published)

        label, problems = about.record_type(name), list[str]()
        if request.method == "POST":
            instead = request.form.get("instead", "")
            if instead and instead not in others:
                abort(400)
            step = gettext("Removed: %(name)s", name=label)
            problems = try_edit(step, gone(instead), f"modules/{module}.yaml")
            if not problems:
                toast(step)
                return back_to(_home(about))
        return self.render(
            "setup/record_types/remove.html", module=about, name=name, label=label, problems=problems,
            others=[(each, about.record_type(each)) for each in others],
            loss=loss_of("record_type", f"{module}.{name}", gone(""), gone(others[0]) if others else None),
        )  # fmt: skip

    def _index(self, about: AboutModule, problems: list[str]) -> ResponseReturnValue:
        roles = dict(role_choices())

        def who(kind: RecordTypeDef) -> list[str]:
            return [roles.get(each, each) for each in kind.roles or ()]

        return self.render(
            "setup/record_types/list.html", module=about, problems=problems, has_stages=bool(stage_field(about)),
            types=[
                (name, about.record_type(name), stages_of(about, name), who(kind))
                for name, kind in about.module.record_types.items()
            ],
        )  # fmt: skip


def _save(about: AboutModule, kind: RecordTypeDef) -> list[str]:
    label = " ".join(request.form.get("label", "").split())
    if not label:
        return [gettext("A record type needs a label.")]
    offered = offered_values(about, kind)
    empty = [row.label for row in offered if not request.form.getlist(f"offers.{row.name}")]
    if empty:
        return [gettext("%(name)s has to offer at least one value.", name=each) for each in empty]
    picklists = chosen_values(offered, {row.name: request.form.getlist(f"offers.{row.name}") for row in offered})
    chosen = request.form.getlist("roles")
    roles = chosen or ([] if kind.roles == () else None)
    words = typed_words(f"record_type.{about.name}.{kind.name}")
    path = f"modules/{about.name}.yaml"

    def save(layers: Sequence[Layer]) -> Layer:
        data = read_effective(layers, path)
        wanted = change_record_type(data, kind.name, label=label, picklists=picklists, roles=roles)
        site = patch_document(layers, path, wanted)
        return with_language_words(with_site_layer(layers, site), words)

    step = gettext("Record type %(name)s", name=label)
    problems = try_edit(step, save, path)
    if not problems:
        toast(step)
    return problems


def _tried(about: AboutModule, step: str, edited: Any) -> list[str]:
    path = f"modules/{about.name}.yaml"
    problems = try_edit(step, lambda layers: patch_document(layers, path, edited(read_effective(layers, path))), path)
    if not problems:
        toast(step)
    return problems


def _home(about: AboutModule) -> str:
    return f"{about.url}record-types/"


def record_types_view() -> RecordTypesView:
    return RecordTypesView(_("Record types"), endpoint="record_types", url="/setup/modules/<module>/record-types")

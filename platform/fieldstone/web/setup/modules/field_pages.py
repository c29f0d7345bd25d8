"""Pages about the fields of a module: all of them, a new one, one with every property."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.fields import copied_field, order_fields, remove_field, with_field
from fieldstone.changes.editing.modules import module_path, translation_path
from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.translations import with_field_words
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.fields.base import FieldType
from fieldstone.metadata.layers import Layer
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.drafting import draft_model, try_edit
from fieldstone.web.setup.modules.consequences import consequences_of, occurring_values
from fieldstone.web.setup.modules.field_places import block_choices, put_places, read_places
from fieldstone.web.setup.modules.field_rows import field_rows, field_state, find_former, former_rows
from fieldstone.web.setup.modules.module_pages import name_problem
from fieldstone.web.setup.modules.said import SaidModule, field_label_of, field_words_of, get_said
from fieldstone.web.setup.modules.usage import uses_of
from fieldstone.web.setup.property_form import PropertyGroup, property_groups, read_properties, read_words, word_rows
from fieldstone.web.setup.type_words import type_groups, type_icon, type_label
from fieldstone.web.setup.view import back_to, change, form, show
from fieldstone.web.toasts import toast

Words = Mapping[str, Mapping[str, str]]


class FieldPages:
    """Mixed into the view of modules."""

    render: Any
    _refused: Any

    @show("/<module>/fields/")
    def fields(self, module: str) -> ResponseReturnValue:
        said = get_said(module)
        return self.render(
            "setup/modules/fields.html", module=said, tab="fields", rows=field_rows(said), former=former_rows(said),
        ), 200  # fmt: skip

    @change("/<module>/fields/order")
    def order(self, module: str) -> ResponseReturnValue:
        """The order of all fields, as lists and forms that say none themselves show them."""
        said, names = get_said(module), request.form.getlist("name")
        problems = try_edit(
            gettext("%(name)s: order of the fields", name=said.plural),
            lambda layers: patch_document(layers, said.path, order_fields(read_effective(layers, said.path), names)),
            said.path,
        )
        if problems:
            return self._answer(said, problems)
        toast(gettext("Kept in your draft"))
        return back_to(f"{said.url}fields/")

    @form("/<module>/fields/new")
    def add_field(self, module: str) -> ResponseReturnValue:
        """A type to choose, and with `type` the properties of the new field."""
        said = get_said(module)
        chosen = (request.form if request.method == "POST" else request.args).get("type", "")
        field_type = draft_model().field_types.find(chosen)
        if field_type is None:
            page: str = self.render(
                "setup/modules/field_types.html", module=said, tab="fields", groups=type_groups(draft_model()),
                helps={each.name: gettext(each.help) if each.help else "" for each in draft_model().field_types},
            )  # fmt: skip
            return page, 200
        problems: list[str] = []
        entry: dict[str, Any] = {"type": field_type.name}
        places = read_places(request.form)
        name = request.form.get("name", "").strip()
        if request.method == "POST":
            entry = read_properties(request.form, field_type, entry)
            taken = said.data.get("fields") or {}
            label = str(entry.get("label") or "")
            name = name or name_from(label, taken)
            problem = name_problem(name, taken) if label or name else gettext("A label is needed.")
            problems = [problem] if problem else try_edit(
                gettext("New field: %(name)s", name=label or name),
                lambda layers: put_places(
                    layers, _put(layers, module, name, entry, read_words(request.form)), module, name, places
                ),
                said.path,
            )  # fmt: skip
            if not problems:
                toast(gettext("%(name)s is in your draft", name=label or name))
                return back_to(f"{said.url}fields/")
        return self._field_page(said, "", field_type, entry, problems, name)

    @form("/<module>/fields/<name>")
    def field(self, module: str, name: str) -> ResponseReturnValue:
        said, entry = _get_field(module, name)
        field_type = draft_model().field_types.find(str(entry.get("type")))
        if field_type is None:
            abort(404)
        problems: list[str] = []
        if request.method == "POST":
            wanted = read_properties(request.form, field_type, entry)
            problems = try_edit(
                gettext("%(module)s: %(field)s", module=said.plural, field=field_words_of(said, entry, name)),
                lambda layers: _put(layers, module, name, wanted, read_words(request.form)),
                said.path,
            )
            if not problems:
                toast(gettext("Kept in your draft"))
                return back_to(f"{said.url}fields/{name}")
            entry = wanted
        return self._field_page(said, name, field_type, entry, problems, name)

    def _field_page(
        self, said: SaidModule, name: str, field_type: FieldType, entry: Mapping[str, Any], problems: list[str],
        typed: str,
    ) -> ResponseReturnValue:  # fmt: skip
        model = draft_model()
        groups = property_groups(field_type, entry, model=model, module=said.name, name=name)
        page: str = self.render(
            "setup/modules/field.html", module=said, tab="fields", name=name, typed=typed, entry=entry,
            label=field_words_of(said, entry, name), field_type=field_type, icon_name=type_icon(field_type.name),
            type_label=type_label(model, field_type.name), help=gettext(field_type.help) if field_type.help else "",
            groups=_without_type(groups), rows=word_rows(model, said.name, name),
            blocks=block_choices(said), places=read_places(request.form),
            problems=problems, uses=_uses(said.name, name) if name else [],
            changed=bool(name and field_state(said, name)),
        )  # fmt: skip
        return page if request.method == "POST" else (page, 200)

    @show("/<module>/fields/<name>/effects")
    def effects(self, module: str, name: str) -> ResponseReturnValue:
        """What the draft means for the records; a piece of the field's page, which asks for it."""
        get_said(module)
        found = consequences_of(f"{module}.{name}")
        return render_template("setup/modules/effects.html", found=found), 200

    @form("/<module>/fields/<name>/type")
    def change_type(self, module: str, name: str) -> ResponseReturnValue:
        """Another type: chosen, its consequences read, then kept in the draft."""
        said, entry = _get_field(module, name)
        field_type = draft_model().field_types.find(request.values.get("type", ""))
        if field_type is None:
            page: str = self.render(
                "setup/modules/retype.html", module=said, tab="fields", name=name,
                label=field_words_of(said, entry, name), groups=type_groups(draft_model()), now=entry.get("type"),
                type_label=type_label(draft_model(), str(entry.get("type"))),
            )  # fmt: skip
            return page, 200
        wanted = read_properties(request.form, field_type, entry)
        if "values" in field_type.attributes and not wanted.keys() & {"values", "picklist"}:
            wanted |= occurring_values(said, name)
        problems: list[str] = []
        if request.form.get("sure") == "1":
            label = type_label(draft_model(), field_type.name)
            problems = try_edit(
                gettext("%(field)s becomes %(type)s", field=field_words_of(said, entry, name), type=label),
                lambda layers: _put(layers, module, name, wanted, {}),
                said.path,
            )  # fmt: skip
            if not problems:
                toast(gettext("Kept in your draft"))
                return back_to(f"{said.url}fields/{name}")
        found = consequences_of(f"{module}.{name}", lambda layers: _put(layers, module, name, wanted, {}))
        model = draft_model()
        needed = field_type.required_attributes | {"picklist", "values", "result"}
        groups = property_groups(field_type, wanted, model=model, module=module, name=name)
        asked = [each for group in groups for each in group.properties if each.name in needed]
        page = self.render(
            "setup/modules/retype_effects.html", module=said, tab="fields", name=name,
            label=field_words_of(said, entry, name), found=found,
            problems=problems, type=field_type.name, type_label=type_label(model, field_type.name),
            now=type_label(model, str(entry.get("type"))), asked=asked,
        )  # fmt: skip
        return page, 200

    @change("/<module>/fields/<name>/rename")
    def rename_field(self, module: str, name: str) -> ResponseReturnValue:
        said, _entry = _get_field(module, name)
        new = request.form.get("new", "").strip()
        problem = name_problem(new, said.data["fields"])
        problems = [problem] if problem else try_edit(
            gettext("%(old)s is now called %(new)s", old=name, new=new),
            lambda layers: rename_in_site(layers, "field", f"{module}.{name}", f"{module}.{new}"),
            said.path,
        )  # fmt: skip
        if problems:
            return self._answer(said, problems, f"{said.url}fields/{name}")
        toast(gettext("%(old)s is now called %(new)s", old=name, new=new))
        return back_to(f"{said.url}fields/{new}")

    @change("/<module>/fields/<name>/copy")
    def copy_field(self, module: str, name: str) -> ResponseReturnValue:
        said, entry = _get_field(module, name)
        label = gettext("%(label)s, copy", label=field_label_of(entry, name))
        new = name_from(f"{name} copy", said.data["fields"])
        problems = try_edit(
            gettext("New field: %(name)s", name=label),
            lambda layers: _put(layers, module, new, copied_field(entry, label), {}, after=name),
            said.path,
        )
        if problems:
            return self._answer(said, problems, f"{said.url}fields/{name}")
        toast(gettext("%(name)s is in your draft", name=label))
        return back_to(f"{said.url}fields/{new}")

    @form("/<module>/fields/<name>/remove")
    def remove_field(self, module: str, name: str) -> ResponseReturnValue:
        """What uses it and what becomes of its values, then the removal."""
        said, entry = _get_field(module, name)
        problems: list[str] = []
        if request.method == "POST":
            problems = try_edit(
                gettext("Removed: %(name)s", name=field_words_of(said, entry, name)),
                lambda layers: remove_field(layers, module, name),
                said.path,
            )
            if not problems:
                toast(
                    gettext(
                        "%(name)s is out of use in your draft; its values stay", name=field_words_of(said, entry, name)
                    )
                )
                return back_to(f"{said.url}fields/")
        page: str = self.render(
            "setup/modules/field_remove.html", module=said, tab="fields", name=name,
            label=field_words_of(said, entry, name), problems=problems, uses=uses_of("field", f"{module}.{name}"),
            found=consequences_of(f"{module}.{name}", lambda layers: remove_field(layers, module, name)),
        )  # fmt: skip
        return page

    @change("/<module>/fields/<name>/restore")
    def restore_field(self, module: str, name: str) -> ResponseReturnValue:
        """A field that is gone, as it was when it was last there."""
        said = get_said(module)
        former = find_former(said, name)
        if former is None:
            abort(404)
        problems = try_edit(
            gettext("Restored: %(name)s", name=former.label),
            lambda layers: _put(layers, module, name, former.entry, {}),
            said.path,
        )
        if problems:
            return self._answer(said, problems)
        toast(gettext("%(name)s is back, with its values, once you publish", name=former.label))
        return back_to(f"{said.url}fields/{name}")

    def _answer(self, said: SaidModule, problems: list[str], back: str = "") -> ResponseReturnValue:
        answer: ResponseReturnValue = self._refused(said.plural, problems, back or f"{said.url}fields/")
        return answer


def _put(
    layers: Sequence[Layer], module: str, name: str, entry: Mapping[str, Any], words: Words, *, after: str | None = None
) -> Layer:
    """The site layer with a field and with its words in other languages."""
    path = module_path(module)
    site = patch_document(layers, path, with_field(read_effective(layers, path), name, entry, after))
    for language, said in words.items():
        below = with_site_layer(layers, site)
        data = {"language": language, **read_effective(below, translation_path(language))}
        site = patch_document(below, translation_path(language), with_field_words(data, module, name, said))
    return site


def _get_field(module: str, name: str) -> tuple[SaidModule, dict[str, Any]]:
    said = get_said(module)
    entry = (said.data.get("fields") or {}).get(name)
    return said, dict(entry) if isinstance(entry, dict) else abort(404)


def _without_type(groups: Sequence[PropertyGroup]) -> list[PropertyGroup]:
    """The type is changed on a page of its own, where its consequences are read first."""
    return [replace(group, properties=[each for each in group.properties if each.name != "type"]) for group in groups]


def _uses(module: str, name: str) -> list[tuple[str, str, str, str]]:
    """(icon, kind of document, thing, address) of what uses a field, each once."""
    found = uses_of("field", f"{module}.{name}")
    return list(dict.fromkeys((use.icon, use.where, use.what, use.url) for use in found))

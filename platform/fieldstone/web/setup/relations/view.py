"""The addresses of a module's relations: /setup/modules/<module>/relations/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.relations import (
    ANY,
    Link,
    change_link,
    new_lookup,
    new_many,
    order_related,
    remove_link,
    with_attribute,
    with_related,
    without_attribute,
)
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.about_module import AboutModule, module_of_draft, modules_of_draft
from fieldstone.web.setup.drafting import draft_document, draft_model, try_edit
from fieldstone.web.setup.languages import together, typed_words, with_language_words
from fieldstone.web.setup.modules.consequences import consequences_of
from fieldstone.web.setup.relations.sides import Side, deleting_words, find_link, list_order, relation_rows, sides_of
from fieldstone.web.setup.type_words import type_label
from fieldstone.web.setup.view import Page, back_to, change, form
from fieldstone.web.setup.view import later as _
from fieldstone.web.toasts import toast

_KINDS = ("many_to_one", "one_to_many", "many_to_many", "one_to_one", "any")
_ATTRIBUTES = ("text", "integer", "decimal", "percent", "money", "date", "datetime", "checkbox", "picklist")
"""Types that a field of a link may have here."""


class RelationsView(Page):
    @form()
    def index(self, module: str) -> ResponseReturnValue:
        """All relations of a module; a POST puts its related lists in order."""
        about = module_of_draft(module)
        problems: list[str] = []
        if request.method == "POST":
            names, shown = request.form.getlist("list"), request.form.getlist("show")
            path = f"layouts/{module}.yaml"

            def order(layers: Sequence[Layer]) -> Layer:
                data = {"module": module, **read_effective(layers, path)}
                return patch_document(layers, path, order_related(data, names, shown))

            problems = _tried(gettext("Related lists of %(name)s", name=about.plural), order, path)
            if not problems:
                return back_to(f"{about.url}relations/")
        return self._index(about, problems)

    @change("/new")
    def create(self, module: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        kind, to = request.form.get("kind", ""), request.form.get("to", "")
        label, there = (" ".join(request.form.get(name, "").split()) for name in ("label", "there"))
        model = draft_model()
        if kind not in _KINDS or (kind != "any" and to not in model.modules):
            abort(400)
        if not label or (kind in ("one_to_many", "many_to_many") and not there):
            return self._index(about, [gettext("Both sides need a label.")])
        source, target = (model.modules[to], module) if kind == "one_to_many" else (about.module, to)
        # Seen from here, a one-to-many relation has the list here and the lookup there.
        here, far = (there, label) if kind == "one_to_many" else (label, there)
        path = f"modules/{source.name}.yaml"
        taken = {*source.fields, *source.relations}

        def add(layers: Sequence[Layer]) -> Layer:
            data = read_effective(layers, path)
            if kind == "many_to_many":
                other = model.modules[to]
                _name, made = new_many(
                    data, taken, {*other.fields, *other.relations}, label=here, to=to, reverse_label=far
                )
            else:
                _name, made = new_lookup(
                    data, taken, label=here, to=ANY if kind == "any" else target, reverse_label=far,
                    unique=kind == "one_to_one", on_delete=request.form.get("on_delete", ""),
                )  # fmt: skip
            return patch_document(layers, path, made)

        problems = _tried(gettext("New relation: %(name)s", name=label), add, path)
        return self._index(about, problems) if problems else back_to(f"{about.url}relations/")

    @form("/<name>")
    def edit(self, module: str, name: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        link = find_link(about, name)
        problems: list[str] = []
        if request.method == "POST":
            problems = _save(link, about)
            if not problems:
                return back_to(f"{about.url}relations/{name}")
        return self._edit(about, name, link, problems)

    @change("/<name>/attributes")
    def attribute(self, module: str, name: str) -> ResponseReturnValue:
        """One field more of the link, or one less (`remove`)."""
        about = module_of_draft(module)
        link = find_link(about, name)
        if not link.many:
            abort(404)
        label, kind, gone = (request.form.get(key, "").strip() for key in ("label", "type", "remove"))
        values = {name_from(line): line.strip() for line in request.form.get("lines", "").splitlines() if line.strip()}
        if not gone and (not label or kind not in _ATTRIBUTES or (kind == "picklist" and not values)):
            return self._edit(about, name, link, [gettext("A field needs a label, and a picklist at least one value.")])
        field: dict[str, Any] = {"type": kind, "values": values} if kind == "picklist" else {"type": kind}

        def put(layers: Sequence[Layer]) -> Layer:
            data = read_effective(layers, link.path)
            entry = link.entry(data)
            made = without_attribute(entry, gone) if gone else with_attribute(entry, label, field)
            return patch_document(layers, link.path, link.with_entry(data, made))

        step = gettext("Removed: %(name)s", name=gone) if gone else gettext("New field: %(name)s", name=label)
        problems = _tried(step, put, link.path)
        return self._edit(about, name, link, problems) if problems else back_to(f"{about.url}relations/{name}")

    @form("/<name>/remove")
    def remove(self, module: str, name: str) -> ResponseReturnValue:
        about = module_of_draft(module)
        link = find_link(about, name)
        problems: list[str] = []
        label = _label(link)

        def gone(layers: Sequence[Layer]) -> Layer:
            return remove_link(layers, link)

        if request.method == "POST":
            problems = _tried(gettext("Removed: %(name)s", name=label), gone, link.path)
            if not problems:
                return back_to(f"{about.url}relations/")
        return self.render(
            "setup/relations/remove.html", module=about, name=name, label=label, problems=problems,
            found=consequences_of(f"{link.module}.{link.name}", gone),
        )  # fmt: skip

    def _index(self, about: AboutModule, problems: list[str]) -> ResponseReturnValue:
        return self.render(
            "setup/relations/list.html", module=about, rows=relation_rows(about), lists=list_order(about),
            problems=problems, deleting=deleting_words(), others=modules_of_draft(),
        )  # fmt: skip

    def _edit(self, about: AboutModule, name: str, link: Link, problems: list[str]) -> ResponseReturnValue:
        model = draft_model()
        blank = {"label": "", "reverse_label": "", "on_delete": "", "unique": False}
        entry = blank | link.entry(draft_document(link.path))
        source = AboutModule(model, model.modules[link.module])
        attributes = source.module.relations[link.name].attributes.values() if link.many else ()
        return self.render(
            "setup/relations/edit.html", module=about, name=name, link=link, entry=entry, label=_label(link),
            source=source, sides=sides_of(link, about), problems=problems, deleting=deleting_words(),
            text_key=_text_key(link), far_sides=_far(link, sides_of(link, about)),
            attributes=[(each.name, each.label, type_label(model, each.type)) for each in attributes],
            types=[(each, type_label(model, each)) for each in _ATTRIBUTES],
        )  # fmt: skip


def _save(link: Link, about: AboutModule) -> list[str]:
    """What the page says of a link and of its related lists, as one step."""
    sent = request.form
    label = " ".join(sent.get("label", "").split())
    if not label:
        return [gettext("Both sides need a label.")]
    sides = sides_of(link, about)
    far = [typed_words(f"relation.{each.module.name}.{each.relation}", str(each.number)) for each in _far(link, sides)]
    words = together(typed_words(_text_key(link)), *far)

    def save(layers: Sequence[Layer]) -> Layer:
        data = read_effective(layers, link.path)
        changes: dict[str, Any] = {"label": label, "reverse_label": " ".join(sent.get("reverse_label", "").split())}
        if not link.many:
            on_delete = sent.get("on_delete", "clear")
            changes |= {"on_delete": "" if on_delete == "clear" else on_delete, "unique": "unique" in sent}
        entry = link.entry(data)
        if "reverse_label" not in sent:
            del changes["reverse_label"]
        site = patch_document(layers, link.path, link.with_entry(data, change_link(entry, **changes)))
        for side in sides:
            site = _with_side(with_site_layer(layers, site), side)
        return with_language_words(with_site_layer(layers, site), words)

    return _tried(gettext("Relation %(name)s", name=label), save, link.path)


def _with_side(layers: Sequence[Layer], side: Side) -> Layer:
    """The site layer with a related list as the form says it: what is as before is not said."""
    sent, path = request.form, f"layouts/{side.module.name}.yaml"
    known = {name for name, _label, _shown in side.columns}
    columns = [name for name in sent.getlist(f"columns.{side.number}") if name in known]
    sort = sent.get(f"sort.{side.number}", "")
    down = f"down.{side.number}" in sent
    shown = f"shown.{side.number}" in sent
    before = [name for name, _label, is_shown in side.columns if is_shown]
    if shown == side.shown and columns == before and (sort, down and bool(sort)) == (side.sort, side.descending):
        return layers[-1]
    data = {"module": side.module.name, **read_effective(layers, path)}
    ordered = [f"-{sort}" if down else sort] if sort in known else []
    return patch_document(layers, path, with_related(data, side.relation, shown=shown, columns=columns, sort=ordered))


def _text_key(link: Link) -> str:
    """Of the label here, for translations."""
    return f"relation.{link.module}.{link.name}" if link.many else f"field.{link.module}.{link.name}.label"


def _far(link: Link, sides: Sequence[Side]) -> list[Side]:
    """The related lists whose label is the one on the other side."""
    return [each for each in sides if (each.module.name, each.relation) != (link.module, link.name) or not link.many]


def _label(link: Link) -> str:
    model = draft_model()
    source = AboutModule(model, model.modules[link.module])
    return source.relation(link.name) if link.many else source.field(link.name)


def _tried(step: str, edit: Any, path: str) -> list[str]:
    problems = try_edit(step, edit, path)
    if not problems:
        toast(step)
    return problems


def relations_view() -> RelationsView:
    return RelationsView(_("Relations"), endpoint="relations", url="/setup/modules/<module>/relations")

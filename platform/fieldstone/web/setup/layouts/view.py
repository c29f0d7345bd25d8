"""The pages of the layout editor: the editor itself, and what htmx asks of it."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldstone.changes.editing.layouts import remove_variant, start_variant
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.kernel.errors import ConflictError, MetadataError
from fieldstone.web.current import current_model
from fieldstone.web.htmx import with_event
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.numbers import whole_number
from fieldstone.web.people import role_label
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.drafting import current_draft, edit_draft
from fieldstone.web.setup.layouts.canvas import Section, hidden_units, sections
from fieldstone.web.setup.layouts.editor import PARTS, VARIED, Editor
from fieldstone.web.setup.layouts.operations import read_operation
from fieldstone.web.setup.layouts.panels import new_field, panel
from fieldstone.web.setup.type_words import type_groups
from fieldstone.web.setup.view import Page, back_to, change, show
from fieldstone.web.setup.view import later as _
from fieldstone.web.setup.words import module_plural
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

PART_WORDS = {
    "page": _("Page"), "head": _("Head"), "quick": _("Quick create"), "list": _("List"), "board": _("Board"),
    "calendar": _("Calendar"), "related": _("Related lists"),
}  # fmt: skip


class LayoutView(Page):
    def is_visible(self) -> bool:
        return False  # a layout is reached from its module

    @show("/layouts/")
    def index(self) -> ResponseReturnValue:
        """The layouts of all modules."""
        modules = [(name, module_plural(name), module.icon) for name, module in current_model().modules.items()]
        return self.render("setup/layouts/all.html", modules=modules, title=gettext("Layouts"))

    @show("/modules/<module>/layout/")
    def edit(self, module: str) -> ResponseReturnValue:
        """The editor. `record_type` and `role` say whose layout is wanted; it is that of all while they have none."""
        kind, role = request.args.get("record_type", ""), request.args.get("role", "")
        editor = _open(module, request.args)
        wanted = next(
            (
                each.name
                for each in editor.model.layouts[module].variants.values()
                if (each.record_type, each.role) == (kind, role)
            ),
            "",
        )
        if wanted and editor.part in VARIED:
            editor = Editor(module, editor.part, wanted, editor.draft)
        return self.render("setup/layouts/editor.html", **self._shown(editor), kind=kind, role=role)

    @show("/modules/<module>/layout/panel")
    def panel(self, module: str) -> ResponseReturnValue:
        """The properties of what is chosen."""
        return self._panel(_open(module, request.args), request.args.get("item", ""))

    @show("/modules/<module>/layout/new")
    def new(self, module: str) -> ResponseReturnValue:
        """A dialog that asks for a new field."""
        editor, kind = _open(module, request.args), request.args.get("type", "")
        if kind not in editor.model.field_types:
            abort(404)
        shown = new_field(editor, kind)
        return self.render("setup/layouts/new.html", editor=editor, **shown, place=request.args)

    @change("/modules/<module>/layout/do")
    def do(self, module: str) -> ResponseReturnValue:
        """One step of the draft, and what looks otherwise after it."""
        before = _open(module, request.form)
        shown = sections(before)
        try:
            operation = read_operation(before, request.form)
            edit_draft(operation.label, operation.change, turn=request.form.get("turn", type=whole_number))
        except (ConflictError, MetadataError) as error:
            g.pop("draft", None)
            return self._answer(_open(module, request.form), None, trouble=explain(error))
        after = _open(module, request.form)
        again, named = _needs_panel(before, after), _named_block(after, operation.item)
        return self._answer(after, shown, item=operation.item, again=again, named=named)

    @change("/modules/<module>/layout/variant")
    def start(self, module: str) -> ResponseReturnValue:
        """A layout of its own for a record type, a role or both, as a copy of that of all."""
        editor = _open(module, request.form)
        kind, role = request.form.get("record_type", ""), request.form.get("role", "")
        if (kind and kind not in editor.module.record_types) or (role and role not in editor.model.roles):
            abort(400)
        label = " · ".join(
            words for words in (self._kind_label(editor, kind), role_label(role) if role else "") if words
        )
        if kind or role:
            edit_draft(
                gettext("Own layout for %(name)s", name=label),
                lambda layers: patch_document(
                    layers,
                    editor.path,
                    start_variant(
                        read_effective(layers, editor.path) or {"module": module}, editor.fields, label,
                        record_type=kind, role=role,
                    )[0],
                ),
            )  # fmt: skip
            toast(gettext("%(name)s has a layout of its own in your draft", name=label))
        return back_to(f"{editor.url}?part={editor.part}&record_type={kind}&role={role}")

    @change("/modules/<module>/layout/variant/remove")
    def remove(self, module: str) -> ResponseReturnValue:
        editor = _open(module, request.form)
        variant = editor.model.layouts[module].variants.get(editor.variant) or abort(404)
        edit_draft(
            gettext("Remove the layout for %(name)s", name=variant.label),
            lambda layers: patch_document(
                layers, editor.path, remove_variant(read_effective(layers, editor.path), variant.name)
            ),
        )
        toast(gettext("The layout for %(name)s is removed in your draft", name=variant.label))
        return redirect(f"{editor.url}?part={editor.part}", 303)

    def _answer(
        self,
        editor: Editor,
        before: list[Section] | None,
        *,
        item: str = "",
        again: bool = False,
        named: str = "",
        trouble: str = "",
    ) -> ResponseReturnValue:
        """Only what looks otherwise: single cards, or the whole canvas when there are others or in another order.
        `named`: what the block of the panel is called from now on; somebody may be typing in it."""
        shown = self._shown(editor)
        now: list[Section] = shown["sections"]
        known = {card: None for section in before or () for card in section.cards}
        whole = before is None or _outline(before) != _outline(now)
        cards = [] if whole else [card for section in now for card in section.cards if card not in known]
        again = again or editor.part in ("board", "calendar")
        body = self.render(
            "setup/layouts/answer.html", **shown, whole=whole, cards=cards, item=item, named=named, trouble=trouble,
            panel_body=Markup(self._panel(editor, item)) if again else "",
        )  # fmt: skip
        detail = {"item": item, "chosen": item if again or named else ""}
        return with_event(body, "fs-layout-done", detail)

    def _panel(self, editor: Editor, item: str) -> str:
        template, shown = panel(editor, item)
        return self.render(template, editor=editor, item=item, **shown)

    def _shown(self, editor: Editor) -> dict[str, Any]:
        draft = editor.draft
        variants = editor.model.layouts[editor.name].variants
        return {
            "editor": editor, "sections": sections(editor), "hidden": hidden_units(editor), "draft": draft,
            "types": type_groups(editor.model) if editor.part == "page" else [], 
            "parts": [(name, str(PART_WORDS[name])) for name in PARTS], "varied": editor.part in VARIED,
            "kinds": [(each, self._kind_label(editor, each)) for each in editor.module.record_types],
            "roles": [(each, role_label(each)) for each in editor.model.roles], "variants": variants,
            "variant": variants.get(editor.variant), "part_panel": panel(editor, "")[1],
            "undo": draft.steps[draft.position - 1].label if draft.can_undo else "",
            "redo": draft.steps[draft.position].label if draft.can_redo else "",
            "errors": sum(1 for each in editor.problems if each.severity == "error"),
            "warnings": sum(1 for each in editor.problems if each.severity != "error"),
        }  # fmt: skip

    def _kind_label(self, editor: Editor, name: str) -> str:
        kind = editor.module.record_types.get(name)
        key = f"record_type.{editor.name}.{name}"
        return editor.model.text(key, current_language(), kind.label) if kind else ""


LayoutView._default_view = "index"  # Flask-Admin takes the view at "/", which is that of another page here


def _open(module: str, asked: Any) -> Editor:
    return Editor(module, asked.get("part", ""), asked.get("variant", ""), current_draft())


def _needs_panel(before: Editor, after: Editor) -> bool:
    """Whether the panel asks for something else now: another type has other properties, a picklist other defaults."""
    if request.form.get("do") == "field":
        name = request.form.get("name", "")
        shapes = [_shape(each, name) for each in (before, after)]
        return shapes[0] != shapes[1]
    return request.form.get("do") in ("related", "new", "add_block", "add_tab")


def _named_block(after: Editor, item: str) -> str:
    """The name that a block has just got, "" for one that keeps its own."""
    kind, _, name = item.partition(":")
    old = request.form.get("name", "")
    return name if kind == "block" == request.form.get("do") and old not in after.layout.blocks else ""


def _shape(editor: Editor, name: str) -> list[tuple[Any, ...]]:
    groups = panel(editor, f"field:{name}")[1].get("groups", ())
    return [(each.name, each.kind, tuple(each.choices), each.scope) for group in groups for each in group.properties]


def _outline(found: list[Section]) -> list[tuple[str, ...]]:
    """Which cards stand where; a canvas with another outline is drawn anew."""
    return [(section.zone, section.label, *(card.zone for card in section.cards)) for section in found]


def layout_view() -> LayoutView:
    return LayoutView(
        _("Layouts"), SITE, endpoint="layouts", url="/setup", menu_icon_type="bi", menu_icon_value="columns"
    )

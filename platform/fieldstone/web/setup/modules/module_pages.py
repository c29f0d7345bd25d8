"""Pages about whole modules: all of them, a new one, one with what it is called and what uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.modules import (
    NewModule,
    copy_module,
    create_module,
    describe_module,
    module_path,
    remove_module,
    removed_modules,
    translation_path,
    with_module_words,
)
from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.removal import remove_with_parts, restore_with_parts
from fieldstone.changes.editing.starting_kinds import STARTING_KINDS
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.kernel.names import is_name, is_reserved
from fieldstone.metadata.builders.modules import NAME_TYPES
from fieldstone.metadata.layers import Layer
from fieldstone.web.i18n import LANGUAGES, current_language, gettext
from fieldstone.web.setup.drafting import draft_document, draft_layers, draft_model, try_edit
from fieldstone.web.setup.modules.icons import find_icons
from fieldstone.web.setup.modules.listing import module_rows, removed_rows
from fieldstone.web.setup.modules.said import OTHER_LANGUAGES, SaidModule, field_words_of, get_said
from fieldstone.web.setup.modules.usage import uses_of
from fieldstone.web.setup.view import back_to, change, form, show
from fieldstone.web.toasts import toast

HOME = "/setup/modules/"


class ModulePages:
    """Mixed into the view of modules."""

    render: Any

    @show()
    def index(self) -> ResponseReturnValue:
        return self.render("setup/modules/list.html", rows=module_rows(), removed=removed_rows()), 200

    @form("/new")
    def new(self) -> ResponseReturnValue:
        """A module of a starting kind, or with `like` a copy of another."""
        said = _typed(request.form) if request.method == "POST" else _typed(request.args)
        problems: list[str] = []
        source = get_said(said["like"]) if said["like"] else None
        if request.method == "POST":
            wanted = _wanted(said, problems)
            if not problems:
                problems = try_edit(
                    gettext("New module: %(name)s", name=wanted.label),
                    lambda layers: _created(layers, said, wanted),
                    module_path(wanted.name),
                )
                if not problems:
                    toast(gettext("%(name)s is in your draft", name=wanted.plural))
                    return back_to(f"{HOME}{wanted.name}/fields/")
        return self._new_page(said, source, problems)

    def _new_page(self, said: Mapping[str, str], source: SaidModule | None, problems: list[str]) -> ResponseReturnValue:
        page: str = self.render(
            "setup/modules/new.html", said=said, source=source, problems=problems, kinds=STARTING_KINDS.values(),
            groups=group_choices(), other_languages=_languages(),
        )  # fmt: skip
        return page

    @show("/icons")
    def icons(self) -> ResponseReturnValue:
        """The icons that have what was typed in their names; a piece of a page."""
        return render_template("setup/modules/icons.html", names=find_icons(request.args.get("q", "")[:60])), 200

    @form("/<module>/")
    def one(self, module: str) -> ResponseReturnValue:
        said = get_said(module)
        data, problems = said.data, list[str]()
        words = {language: _module_words(language, module) for language in OTHER_LANGUAGES}
        if request.method == "POST":
            data = describe_module(said.data, _attributes())
            words = {language: _words_of(request.form, language) for language in OTHER_LANGUAGES}
            problems = try_edit(
                gettext("%(name)s: what it is called", name=said.plural),
                lambda layers: _described(layers, module, data, words),
                said.path,
            )
            if not problems:
                toast(gettext("Kept in your draft"))
                return back_to(said.url)
        fields = said.data.get("fields") or {}
        page: str = self.render(
            "setup/modules/module.html", module=said, data=data, tab="module", problems=problems,
            groups=group_choices(), other_languages=_languages(), words=words,
            name_fields=[(name, field_words_of(said, each, name)) for name, each in fields.items() if _can_name(each)],
            uses=uses_of("module", module),
        )  # fmt: skip
        return page if request.method == "POST" else (page, 200)

    @change("/<module>/rename")
    def rename(self, module: str) -> ResponseReturnValue:
        """Another name in the documents."""
        said, new = get_said(module), request.form.get("new", "").strip()
        problem = name_problem(new, draft_model().modules)
        problems = [problem] if problem else try_edit(
            gettext("%(old)s is now called %(new)s", old=module, new=new),
            lambda layers: rename_in_site(layers, "module", module, new),
            said.path,
        )  # fmt: skip
        if problems:
            return self._problems(said, problems)
        toast(gettext("%(old)s is now called %(new)s", old=module, new=new))
        return back_to(f"{HOME}{new}/")

    @form("/<module>/remove")
    def remove(self, module: str) -> ResponseReturnValue:
        """What goes with it, and the removal."""
        said = get_said(module)
        problems: list[str] = []
        if request.method == "POST":
            parts = request.form.get("parts") == "1"
            problems = try_edit(
                gettext("Removed: %(name)s", name=said.plural),
                lambda layers: remove_with_parts(layers, module) if parts else remove_module(layers, module),
                said.path,
            )
            if not problems:
                toast(gettext("%(name)s is out of use in your draft; its records stay", name=said.plural))
                return back_to(HOME)
        page: str = self.render(
            "setup/modules/remove.html", module=said, tab="module", problems=problems, uses=uses_of("module", module),
        )  # fmt: skip
        return page

    @change("/<module>/restore")
    def restore(self, module: str) -> ResponseReturnValue:
        if module not in removed_modules(draft_layers()):
            abort(404)
        label = str(removed_modules(draft_layers())[module].get("plural") or module)
        problems = try_edit(
            gettext("Restored: %(name)s", name=label),
            lambda layers: restore_with_parts(layers, module),
            module_path(module),
        )
        if problems:
            return self._refused(label, problems, HOME)
        toast(gettext("%(name)s is back, with its records, once you publish", name=label))
        return back_to(f"{HOME}{module}/")

    def _problems(self, said: SaidModule, problems: list[str]) -> ResponseReturnValue:
        return self._refused(said.plural, problems, said.url)

    def _refused(self, title: str, problems: list[str], back: str) -> ResponseReturnValue:
        page: str = self.render("setup/problems.html", title=title, problems=problems, back=back)
        return page


def group_choices() -> list[tuple[str, str]]:
    """(name, label) of the groups of the navigation."""
    model = draft_model()
    return [
        (group.name, model.text(f"group.{group.name}", current_language(), group.label))
        for group in model.app.groups.values()
    ]


def name_problem(name: str, taken: Mapping[str, object]) -> str:
    """Why something cannot be called so, "" when it can."""
    if not is_name(name):
        return gettext("A name in small letters, digits and _ is needed.")
    if is_reserved(name):
        return gettext("%(name)s means something else already.", name=name)
    return gettext("There is one called %(name)s already.", name=name) if name in taken else ""


def _typed(sent: Mapping[str, str]) -> dict[str, str]:
    keys = ["kind", "like", "label", "plural", "name", "group", "icon", "prefix"]
    keys += [f"w.{language}.{part}" for language in OTHER_LANGUAGES for part in ("label", "plural")]
    said = {key: sent.get(key, "").strip()[:200] for key in keys}
    said["kind"] = said["kind"] if said["kind"] in STARTING_KINDS else "plain"
    return said


def _wanted(said: Mapping[str, str], problems: list[str]) -> NewModule:
    label = said["label"]
    taken = {*draft_model().modules, *removed_modules(draft_layers())}
    name = said["name"] or name_from(label, taken)
    if not label:
        problems.append(gettext("A label is needed: what one record is called."))
    elif problem := name_problem(name, dict.fromkeys(taken)):
        problems.append(problem)
    plural = said["plural"] or (f"{label}s" if label.isascii() else label)
    words: dict[str, dict[str, str]] = {}
    for language in OTHER_LANGUAGES:
        mine = said[f"w.{language}.label"]
        if mine:
            words[language] = {"label": mine, "plural": said[f"w.{language}.plural"] or mine}
    return NewModule(
        name=name, label=label, plural=plural, group=said["group"], icon=said["icon"], prefix=said["prefix"],
        words=words,
    )  # fmt: skip


def _created(layers: Sequence[Layer], said: Mapping[str, str], wanted: NewModule) -> Layer:
    if said["like"]:
        return copy_module(layers, said["like"], wanted, OTHER_LANGUAGES)
    return create_module(layers, said["kind"], wanted, OTHER_LANGUAGES)


def _attributes() -> dict[str, Any]:
    """What the form of a module's page says."""
    sent = request.form
    wanted: dict[str, Any] = {
        key: sent.get(key, "").strip() for key in ("label", "plural", "group", "icon", "help", "name_field")
    }
    wanted["hidden"] = True if sent.get("hidden") == "1" else None
    wanted["searchable"] = None if sent.get("searchable") == "1" else False
    prefix, digits = sent.get("prefix", "").strip(), sent.get("digits", "").strip()
    if sent.get("numbered") == "1":
        number = {"prefix": prefix, "digits": int(digits) if digits.isdecimal() else digits}
        wanted["number"] = {key: value for key, value in number.items() if value != ""} or {"digits": 5}
    else:
        wanted["number"] = None
    return wanted


def _described(
    layers: Sequence[Layer], module: str, wanted: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]
) -> Layer:
    site = patch_document(layers, module_path(module), wanted)
    for language, said in words.items():
        path = translation_path(language)
        below = with_site_layer(layers, site)
        data = {"language": language, **read_effective(below, path)}
        site = patch_document(below, path, with_module_words(data, module, said))
    return site


def _words_of(sent: Mapping[str, str], language: str) -> dict[str, str]:
    return {part: sent.get(f"w.{language}.{part}", "").strip() for part in ("label", "plural", "help")}


def _module_words(language: str, module: str) -> dict[str, str]:
    said = (draft_document(translation_path(language)).get("modules") or {}).get(module) or {}
    return {part: str(said.get(part) or "") for part in ("label", "plural", "help")}


def _languages() -> list[tuple[str, str, str]]:
    """(language, what it calls itself, its tag)"""
    return [(language, LANGUAGES[language], language.replace("_", "-")) for language in OTHER_LANGUAGES]


def _can_name(entry: Mapping[str, Any]) -> bool:
    return (entry.get("result") if entry.get("type") == "formula" else entry.get("type")) in NAME_TYPES

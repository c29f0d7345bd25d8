"""Pages about what blocks a save, what counts as a duplicate and which indexes a module keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.modules import module_path
from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.rules import with_duplicates, with_indexes, with_rule
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.drafting import draft_model, try_edit
from fieldstone.web.setup.languages import Words, typed_words, with_language_words, words_under
from fieldstone.web.setup.modules.said import SaidModule, field_words_of, get_said
from fieldstone.web.setup.view import back_to, change, form, show
from fieldstone.web.toasts import toast


class RulePages:
    """Mixed into the view of modules."""

    render: Any

    @show("/<module>/rules/")
    def rules(self, module: str) -> ResponseReturnValue:
        return self._rules_page(get_said(module), []), 200

    @change("/<module>/rules/duplicates")
    def duplicates(self, module: str) -> ResponseReturnValue:
        said = get_said(module)
        match = [name for name in request.form.getlist("match") if name]
        on_match = request.form.get("on_match", "warn")
        return self._kept(
            said, gettext("%(name)s: duplicates", name=said.plural),
            lambda data: with_duplicates(data, match, on_match if on_match in ("warn", "block") else "warn"),
        )  # fmt: skip

    @change("/<module>/rules/indexes")
    def indexes(self, module: str) -> ResponseReturnValue:
        said = get_said(module)
        wanted = [[name for name in request.form.getlist(f"index.{number}") if name] for number in range(50)]
        return self._kept(said, gettext("%(name)s: indexes", name=said.plural), lambda data: with_indexes(data, wanted))

    @form("/<module>/rules/new")
    def add_rule(self, module: str) -> ResponseReturnValue:
        said = get_said(module)
        return self._rule(said, "", {})

    @form("/<module>/rules/<name>")
    def rule(self, module: str, name: str) -> ResponseReturnValue:
        said = get_said(module)
        entry = (said.data.get("rules") or {}).get(name)
        return self._rule(said, name, dict(entry) if isinstance(entry, dict) else abort(404))

    @change("/<module>/rules/<name>/remove")
    def remove_rule(self, module: str, name: str) -> ResponseReturnValue:
        said = get_said(module)
        return self._kept(
            said, gettext("Removed: %(name)s", name=f"{said.plural}, {name}"),
            lambda data: with_rule(data, name, None),
        )  # fmt: skip

    def _rule(self, said: SaidModule, name: str, entry: Mapping[str, Any]) -> ResponseReturnValue:
        problems: list[str] = []
        typed = dict(entry)
        if request.method == "POST":
            typed = {key: request.form.get(key, "").replace("\r\n", "\n").strip() for key in ("if", "message", "field")}
            own = name or name_from(typed["message"][:40], said.data.get("rules") or {})
            words = words_under(f"rule.{said.name}.{own}", typed_words("rule"))
            if not typed["if"] or not typed["message"]:
                problems.append(gettext("A condition and a message are needed."))
            else:
                problems = try_edit(
                    gettext("%(module)s: rule “%(message)s”", module=said.plural, message=typed["message"]),
                    lambda layers: _with_rule(layers, said.name, own, {**entry, **typed}, words),
                    said.path,
                )
            if not problems:
                toast(gettext("Kept in your draft"))
                return back_to(f"{said.url}rules/")
        message = str(entry.get("message") or "")
        page: str = self.render(
            "setup/modules/rule.html", module=said, tab="rules", name=name, typed=typed,
            heading=draft_model().text(f"rule.{said.name}.{name}", current_language(), message),
            problems=problems,
            fields=field_choices(said),
        )  # fmt: skip
        return page if request.method == "POST" else (page, 200)

    def _kept(self, said: SaidModule, label: str, edited: Any) -> ResponseReturnValue:
        problems = try_edit(
            label,
            lambda layers: patch_document(layers, said.path, edited(read_effective(layers, said.path))),
            said.path,
        )
        if problems:
            return self._rules_page(get_said(said.name), problems)
        toast(gettext("Kept in your draft"))
        return back_to(f"{said.url}rules/")

    def _rules_page(self, said: SaidModule, problems: list[str]) -> str:
        model, language = draft_model(), current_language()
        rules = [
            {
                "name": name, "if": rule.get("if", ""), "field": rule.get("field", ""),
                "message": model.text(f"rule.{said.name}.{name}", language, str(rule.get("message", ""))),
            }
            for name, rule in (said.data.get("rules") or {}).items()
            if isinstance(rule, dict)
        ]  # fmt: skip
        page: str = self.render(
            "setup/modules/rules.html", module=said, tab="rules", rules=rules, fields=field_choices(said),
            duplicates=said.data.get("duplicates") or {}, indexes=said.data.get("indexes") or [], problems=problems,
        )  # fmt: skip
        return page


def field_choices(said: SaidModule) -> list[tuple[str, str]]:
    """(name, label) of the module's fields."""
    return [(name, field_words_of(said, entry, name)) for name, entry in (said.data.get("fields") or {}).items()]


def _with_rule(layers: Sequence[Layer], module: str, name: str, rule: Mapping[str, Any], words: Words) -> Layer:
    path = module_path(module)
    site = patch_document(layers, path, with_rule(read_effective(layers, path), name, rule))
    return with_language_words(with_site_layer(layers, site), words)

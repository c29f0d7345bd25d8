"""Sharing: what is in reach beyond the scopes of rights, edited in the draft."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.site_patch import rename_in_site
from fieldstone.kernel.names import is_name
from fieldstone.metadata.definitions import SharingRuleDef
from fieldstone.web.i18n import gettext
from fieldstone.web.reasons import rule_label
from fieldstone.web.setup.categories import ACCESS
from fieldstone.web.setup.draft_words import module_plural
from fieldstone.web.setup.drafting import draft_model, keep_edit
from fieldstone.web.setup.sharing_form import (
    PATH,
    changed_rule,
    default_words,
    module_rows,
    party_groups,
    party_key,
    party_words,
    read_rule,
    with_modules,
    with_rule,
)
from fieldstone.web.setup.view import Page, change, form
from fieldstone.web.setup.view import later as _

HOME = "/setup/sharing/"


class SharingView(Page):
    @form()
    def index(self) -> ResponseReturnValue:
        problems: list[str] = []
        if request.method == "POST":
            words = gettext("Sharing of whole modules")
            answer = keep_edit(words, with_modules(request.form), PATH, HOME, problems)
            if answer is not None:
                return answer
        rules = [
            {
                "name": rule.name, "label": rule_label(rule.name, rule.label), "module": module_plural(rule.module),
                "icon": draft_model().modules[rule.module].icon, "where": rule.where,
                "owners": party_words(rule.owners) if rule.owners else "",
                "to": [party_words(each) for each in rule.to], "edit": rule.access == "edit",
            }
            for rule in draft_model().sharing.rules.values()
        ]  # fmt: skip
        return self.render(
            "setup/sharing.html", rules=rules, rows=module_rows(), defaults=default_words(), problems=problems
        )

    @form("/rules/add")
    def add(self) -> ResponseReturnValue:
        name, problems = request.form.get("name", "").strip(), []
        if request.method == "POST":
            if not is_name(name) or not request.form.get("label", "").strip():
                problems.append(gettext("A name in small letters, digits and _ is needed, and a label."))
            elif name in draft_model().sharing.rules:
                problems.append(gettext("There is one called %(name)s already.", name=name))
            else:
                words = gettext("New: %(name)s", name=request.form["label"])
                answer = keep_edit(words, with_rule(name, changed_rule({}, request.form)), PATH, HOME, problems)
                if answer is not None:
                    return answer
        return self._render_rule(None, problems)

    @form("/rules/<name>")
    def edit(self, name: str) -> ResponseReturnValue:
        rule = _get(name)
        problems: list[str] = []
        if request.method == "POST":
            edit = with_rule(name, changed_rule(read_rule(name), request.form))
            answer = keep_edit(rule_label(name, rule.label), edit, PATH, f"{HOME}rules/{name}", problems)
            if answer is not None:
                return answer
        return self._render_rule(rule, problems)

    @change("/rules/<name>/rename")
    def rename(self, name: str) -> ResponseReturnValue:
        """Another name in the documents."""
        rule, new, problems = _get(name), request.form.get("new", "").strip(), []
        if not is_name(new):
            problems.append(gettext("A name in small letters, digits and _ is needed."))
        elif new in draft_model().sharing.rules:
            problems.append(gettext("There is one called %(name)s already.", name=new))
        else:
            words = gettext("%(old)s is now called %(new)s", old=name, new=new)
            answer = keep_edit(
                words,
                lambda layers: rename_in_site(layers, "sharing_rule", name, new),
                PATH,
                f"{HOME}rules/{new}",
                problems,
            )
            if answer is not None:
                return answer
        return self._problems(rule, problems)

    @change("/rules/<name>/remove")
    def remove(self, name: str) -> ResponseReturnValue:
        rule, problems = _get(name), list[str]()
        words = gettext("Removed: %(name)s", name=rule_label(name, rule.label))
        return keep_edit(words, with_rule(name, None), PATH, HOME, problems) or self._problems(rule, problems)

    def _render_rule(self, rule: SharingRuleDef | None, problems: list[str]) -> ResponseReturnValue:
        """With what was typed, where it comes back."""
        sent = request.form if request.method == "POST" else None
        said: dict[str, Any] = {"label": "", "name": "", "module": "", "from": "", "where": "", "access": "read"}
        to: list[str] = []
        if rule is not None:
            said |= {
                "label": rule.label, "name": rule.name, "module": rule.module, "where": rule.where,
                "from": party_key(rule.owners) if rule.owners else "", "access": rule.access,
            }  # fmt: skip
            to = [party_key(each) for each in rule.to]
        if sent is not None:
            said |= {key: sent[key] for key in said if key in sent}
            to = sent.getlist("to")
        return self.render(
            "setup/sharing_rule.html", rule=rule, said=said, to=to, parties=party_groups(rule), problems=problems,
            modules=[(name, module_plural(name)) for name in draft_model().modules],
            title=rule_label(rule.name, rule.label) if rule else gettext("New sharing rule"),
        )  # fmt: skip

    def _problems(self, rule: SharingRuleDef, problems: list[str]) -> ResponseReturnValue:
        return self.render(
            "setup/problems.html", title=rule_label(rule.name, rule.label), problems=problems,
            back=f"{HOME}rules/{rule.name}",
        )  # fmt: skip


def _get(name: str) -> SharingRuleDef:
    return draft_model().sharing.rules.get(name) or abort(404)


def sharing_view() -> SharingView:
    return SharingView(_("Sharing"), ACCESS, endpoint="sharing", menu_icon_type="bi", menu_icon_value="signpost-split")

"""Sharing as its document says it, changed by forms: defaults and records that follow others, and single rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_entry, patch_lines, read_effective
from fieldstone.metadata.definitions import Party, SharingRuleDef
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.rights import EVERY_MODULE, SHARED, SHARED_ACCESS
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.draft_words import field_label, module_plural, role_label
from fieldstone.web.setup.drafting import draft_document, draft_model

PATH = "metadata/sharing.yaml"
_KINDS = ("role", "subtree", "team")


@dataclass(frozen=True, kw_only=True)
class ModuleRow:
    """What is shared of a module. `default` is "" where it is that of the first row; `lookups`: (name, label);
    `follows` the one by which its records come with others; `portal` the paths in words."""

    module: str
    label: str
    icon: str
    default: str
    follows: str
    lookups: Sequence[tuple[str, str]]
    portal: Sequence[str]


def default_words() -> dict[str, str]:
    return {
        "private": gettext("Private"), "read": gettext("Everybody views all"), "edit": gettext("Everybody edits all"),
    }  # fmt: skip


def access_words() -> dict[str, str]:
    return {"read": gettext("View"), "edit": gettext("View and edit")}


def module_rows() -> list[ModuleRow]:
    """The one for modules that are not named first."""
    sharing = draft_model().sharing
    rows = [
        ModuleRow(
            module=EVERY_MODULE, label=gettext("All other modules"), icon="asterisk", follows="", lookups=(),
            default=sharing.defaults.get(EVERY_MODULE, "private"), portal=(),
        )
    ]  # fmt: skip
    for name, module in draft_model().modules.items():
        lookups = [each.name for each in module.fields.values() if each.type == "lookup"]
        rows.append(
            ModuleRow(
                module=name, label=module_plural(name), icon=module.icon, default=sharing.defaults.get(name, ""),
                follows=sharing.inherit.get(name, ""), lookups=[(each, field_label(name, each)) for each in lookups],
                portal=[_path_words(name, path) for path in sharing.portal.get(name, ())],
            )
        )  # fmt: skip
    return rows


def with_modules(form: Mapping[str, str]) -> Edit:
    """The edit that says what the form says of defaults and of records that follow others."""
    known = (EVERY_MODULE, *draft_model().modules)
    lookups = {row.module: [name for name, _label in row.lookups] for row in module_rows()}

    def change(layers: Sequence[Layer]) -> Layer:
        data = read_effective(layers, PATH)
        defaults = _chosen(data.get("defaults") or {}, known, form, "default", SHARED)
        layer = patch_lines(layers, PATH, "defaults", defaults)
        inherit = dict(data.get("inherit") or {})
        for module, names in lookups.items():
            if f"follows.{module}" in form:
                inherit.pop(module, None)
                if form[f"follows.{module}"] in names:
                    inherit[module] = form[f"follows.{module}"]
        return patch_lines(with_site_layer(layers, layer), PATH, "inherit", inherit)

    return change


def read_rule(name: str) -> dict[str, Any]:
    """What the documents of the draft say of it."""
    return dict((draft_document(PATH).get("rules") or {}).get(name) or {})


def with_rule(name: str, wanted: Mapping[str, Any] | None) -> Edit:
    """The edit that makes a rule what is `wanted`; None removes it."""
    return lambda layers: patch_entry(layers, PATH, "rules", name, wanted)


def changed_rule(data: Mapping[str, Any], form: MultiDict[str, str]) -> dict[str, Any]:
    """`data`, which says a rule, with what the form of its page says."""
    wanted = {key: value for key, value in data.items() if key not in ("from", "where", "access", "label")}
    label = form.get("label", "").strip()
    found: dict[str, Any] = {"label": label} if label else {}
    found["module"] = form.get("module", "")
    owners = _party(form.get("from", ""))
    if owners:
        found["from"] = owners
    where = form.get("where", "").replace("\r\n", "\n").strip()
    if where:
        found["where"] = where
    found["to"] = [party for text in form.getlist("to") if (party := _party(text))]
    access = form.get("access", "")
    if access in SHARED_ACCESS and (access != "read" or "access" in data):
        found["access"] = access
    return found | {key: value for key, value in wanted.items() if key not in found}


def party_key(party: Party) -> str:
    """As a form holds it."""
    return f"{party.kind}:{party.name}"


def party_words(party: Party) -> str:
    if party.kind == "role":
        return role_label(party.name)
    if party.kind == "subtree":
        return gettext("%(name)s and below", name=role_label(party.name))
    return gettext("Team %(name)s", name=party.name)


def party_groups(rule: SharingRuleDef | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, [(key, words)]): everybody that something can be shared with; teams that a rule names and that are
    gone are among them."""
    roles = draft_model().roles
    teams = [team.name for team in current_site().accounts.list_teams() if team.active]
    named = [party.name for party in (*(rule.to if rule else ()), *_owners(rule)) if party.kind == "team"]
    teams += [name for name in dict.fromkeys(named) if name not in teams]
    return [
        (gettext("Roles"), [(f"role:{name}", role_label(name)) for name in roles]),
        (gettext("Roles and those below"), [
            (f"subtree:{name}", party_words(Party(kind="subtree", name=name))) for name in roles
        ]),
        (gettext("Teams, with those below"), [(f"team:{name}", name) for name in teams]),
    ]  # fmt: skip


def _owners(rule: SharingRuleDef | None) -> Iterator[Party]:
    if rule is not None and rule.owners is not None:
        yield rule.owners


def _party(text: str) -> dict[str, str]:
    kind, _separator, name = text.partition(":")
    return {kind: name} if kind in _KINDS and name else {}


def _chosen(
    before: Mapping[str, Any], known: Sequence[str], form: Mapping[str, str], part: str, choices: Sequence[str]
) -> dict[str, Any]:
    """`before` with what a form says of the modules that it shows."""
    wanted = dict(before)
    for module in known:
        value = form.get(f"{part}.{module}")
        if value in choices and not (module == EVERY_MODULE and value == "private" and module not in before):
            wanted[module] = value
        elif value == "":
            wanted.pop(module, None)
    return wanted


def _path_words(module: str, path: Sequence[str]) -> str:
    """The lookups that lead to what a user of a portal stands for."""
    if not path:
        return gettext("the record itself")
    words, here = [], module
    for step in path:
        field = draft_model().modules[here].fields.get(step)
        words.append(field_label(here, step) if field is not None else step)
        if field is None or len(field.to) != 1 or field.to[0] not in draft_model().modules:
            break
        here = field.to[0]
    return " → ".join(words)

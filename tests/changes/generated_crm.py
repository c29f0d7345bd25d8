"""Random small CRMs that compile, and what separates two of them: versions of a base, and sites over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from fieldstone.metadata.documents import find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.writer import write_document
from metadata.example import patch_between

Documents = dict[str, dict[str, Any]]
Traits = Mapping[str, int]
"""What a CRM is like: each trait is a number, whose meaning is below."""

_FIELDS = ("a", "b", "c", "d", "e")
_VALUES = ("p", "q", "r", "s")
_TYPES: Sequence[Mapping[str, Any]] = (
    {"type": "text", "max_length": 40},
    {"type": "text", "default": "x"},
    {"type": "integer", "min": 1},
    {"type": "integer", "min": 5, "max": 9},
    {"type": "integer", "max": 3},
    {"type": "money", "index": True},
    {"type": "date"},
    {"type": "checkbox"},
    {"type": "picklist", "values": {"p": "P", "q": {"label": "Q", "colour": "red"}}},
    {"type": "picklist", "values": {"q": "Q", "r": "R"}, "default": "r"},
    {"type": "picklist", "picklist": "stage"},
    {"type": "lookup", "to": "organization", "reverse": "ours"},
    {"type": "formula", "result": "text", "expression": "concat(name, 'x')"},
)
_COMMON: Sequence[Mapping[str, Any]] = (
    {}, {}, {"label": "One"}, {"label": "Two", "help": "h"}, {"help": "i", "visible_when": "name != ''"},
)  # fmt: skip

_TRAITS = (
    *(f"{field}:{part}" for field in _FIELDS for part in ("there", "type", "common")),
    *(f"value:{value}" for value in _VALUES),
    *("rule", "rule:field", "rule:value", "type", "view:v", "view:w", "block:x", "block:y", "columns", "workflow:k"),
    *("workflow:l", "app", "role", "visit", "plural", "number", "email", "profile", "kept", "shared", "default"),
)


@dataclass(frozen=True, kw_only=True)
class Versions:
    """`then` and `now` are versions of a base. `site` patches `then`."""

    then: list[Layer]
    now: list[Layer]
    site: Layer


@dataclass(frozen=True, kw_only=True)
class TwoSites:
    """Two layers of a site's own over one base."""

    base: Layer
    first: Layer
    second: Layer


@st.composite
def versions(draw: st.DrawFn) -> Versions:
    then = draw(_traits())
    now = {**then, **draw(_changes())}
    return Versions(
        then=[_layer("standard", _documents(then))],
        now=[_layer("standard", _documents(now))],
        site=_site(draw, then),
    )


@st.composite
def two_sites(draw: st.DrawFn) -> TwoSites:
    base = draw(_traits())
    return TwoSites(base=_layer("standard", _documents(base)), first=_site(draw, base), second=_site(draw, base))


def _site(draw: st.DrawFn, traits: Traits) -> Layer:
    """Patches of the documents of these traits."""
    base, wanted = _documents(traits), _documents({**traits, **draw(_changes())})
    patches = {path: _patch(path, base.get(path), wanted.get(path), draw) for path in {**base, **wanted}}
    return _layer("site", {path: patch for path, patch in patches.items() if patch is not None})


def _traits() -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries({trait: st.integers(0, 30) for trait in _TRAITS})


def _changes() -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(_TRAITS), st.integers(0, 30), min_size=3, max_size=9)


def _layer(name: str, documents: Mapping[str, dict[str, Any]]) -> Layer:
    return Layer(name=name, documents={path: write_document(data) for path, data in sorted(documents.items())})


def _patch(path: str, base: Any, wanted: Any, draw: st.DrawFn) -> dict[str, Any] | None:
    """None when the site says nothing. A document cannot be removed as a whole."""
    kind = find_kind(path)
    assert kind is not None
    if wanted is None:
        return None
    patch: dict[str, Any] = patch_between(base or {}, wanted)
    if not patch:
        return None
    for key, entry in patch.get("fields", {}).items():
        if isinstance(entry, dict) and base and "type" in entry and draw(st.booleans()):
            others = [name for name in base["fields"] if name != key and patch["fields"].get(name, "") is not None]
            entry["after"] = draw(st.sampled_from(["", *others]))
    return patch if kind.file else {kind.key: wanted[kind.key], **patch}


def _documents(traits: Traits) -> Documents:
    """Everything that is referred to is there, so that the documents compile."""
    fields: dict[str, Any] = {"name": {"type": "text", "required": True}}
    for name in _FIELDS:
        if traits[f"{name}:there"] % 4:
            kind = dict(_TYPES[traits[f"{name}:type"] % len(_TYPES)])
            if kind.get("reverse"):
                kind["reverse"] = f"{kind['reverse']}_{name}"
            fields[name] = {**kind, **_COMMON[traits[f"{name}:common"] % len(_COMMON)]}
    fields["stage"] = {"type": "picklist", "picklist": "stage"}
    values = {name: _value(name, traits[f"value:{name}"]) for name in _VALUES if traits[f"value:{name}"] % 3}
    values = values or {"p": "P"}
    names, keys = list(fields), list(values)
    deal: dict[str, Any] = {"module": "deal", "fields": fields}
    if traits["plural"] % 3:
        deal["plural"] = ("", "Deals", "Sales")[traits["plural"] % 3]
    if traits["number"] % 2:
        deal["number"] = {"prefix": f"D{traits['number'] % 5}-", "digits": traits["number"] % 3 + 3}
    if traits["rule"] % 2:
        condition = f"stage == '{_pick(keys, traits['rule:value'])}' and is_empty({_pick(names, traits['rule:field'])})"
        deal["rules"] = {"r": {"if": condition, "message": f"m{traits['rule'] % 5}"}}
    if traits["type"] % 3:
        deal["record_types"] = {"standard": {"picklists": {"stage": _some(keys, traits["type"])}}}
    documents = {
        "modules/organization.yaml": {"module": "organization", "fields": {"name": {"type": "text"}}},
        "modules/deal.yaml": deal,
        "metadata/picklists/stage.yaml": {"picklist": "stage", "values": values},
        "metadata/app.yaml": {"app": {"name": f"A{traits['app'] % 3}", "currency": ("EUR", "USD")[traits["app"] % 2]}},
        "metadata/roles.yaml": _people(traits, names),
        "metadata/sharing.yaml": _sharing(traits, names),
        "layouts/deal.yaml": _layout(traits, names, keys),
        "workflows/deal.yaml": {"module": "deal", "workflows": _workflows(traits, names)},
    }
    if traits["visit"] % 2:
        visit = {"name": {"type": "text"}, "deal": {"type": "lookup", "to": "deal", "reverse": "visits"}}
        documents["modules/visit.yaml"] = {"module": "visit", "plural": f"V{traits['visit'] % 7}", "fields": visit}
        documents["layouts/visit.yaml"] = {"module": "visit", "list": {"columns": ["deal", "name"]}}
    if traits["email"] % 2:
        subject = f"{{{{ record.{_pick(names, traits['email'])} }}}}"
        documents["metadata/emails/hi.yaml"] = {"email": "hi", "module": "deal", "subject": subject, "body": "b"}
    return documents


_RIGHTS: Sequence[Any] = (["view"], ["view", "edit"], {"view": "all", "edit": "team"}, {"view": "own"}, {"edit": "own"})


def _people(traits: Traits, names: Sequence[str]) -> dict[str, Any]:
    role: dict[str, Any] = {"modules": {"deal": _RIGHTS[traits["role"] % len(_RIGHTS)]}}
    if traits["kept"] % 3:
        # The name of a record cannot be hidden.
        role["fields"] = {"deal": {_pick(names[1:], traits["kept"]): ("read", "hidden")[traits["kept"] % 2]}}
    documents: dict[str, Any] = {"roles": {"rep": role}}
    if traits["profile"] % 2:
        role["profiles"] = ["p"]
        scope = ("own", "team", "all")[traits["profile"] % 3]
        documents["profiles"] = {"p": {"scope": scope, "modules": {"organization": ["view"]}}}
    return documents


def _sharing(traits: Traits, names: Sequence[str]) -> dict[str, Any]:
    documents: dict[str, Any] = {"defaults": {"*": ("private", "read")[traits["default"] % 2]}}
    if traits["default"] % 3:
        documents["defaults"]["deal"] = ("private", "read", "edit")[traits["default"] % 3]
    if traits["shared"] % 2:
        where = f"not is_empty({_pick(names, traits['shared'])})"
        rule = {"module": "deal", "where": where, "to": [{"role": "rep"}]}
        documents["rules"] = {"r": {**rule, "access": ("read", "edit")[traits["shared"] % 3 % 2]}}
    return documents


def _value(name: str, trait: int) -> Any:
    return ("P", {"label": name.upper()}, {"colour": "red"}, {"label": "Other", "colour": "blue"})[trait % 4]


def _layout(traits: Traits, names: Sequence[str], keys: Sequence[str]) -> dict[str, Any]:
    views = {
        name: {
            "label": f"L{traits[f'view:{name}'] % 3}",
            "filter": f"not is_empty({_pick(names, traits[f'view:{name}'])}) or stage == '{keys[-1]}'",
            **({"default": True} if traits[f"view:{name}"] % 7 == place else {}),
        }
        for place, name in enumerate(("v", "w"))
        if traits[f"view:{name}"] % 3
    }
    blocks = {
        name: {"fields": _some(names, traits[f"block:{name}"])} for name in ("x", "y") if traits[f"block:{name}"] % 3
    }
    page = {"record": {"blocks": blocks}} if blocks else {}
    views = views if sum(bool(view.get("default")) for view in views.values()) < 2 else {}
    return {"module": "deal", **page, "list": {"columns": _some(names, traits["columns"]), "views": views}}


def _workflows(traits: Traits, names: Sequence[str]) -> dict[str, Any]:
    return {
        name: {
            "on": ("created", "saved")[traits[f"workflow:{name}"] % 2],
            "if": f"is_empty({_pick(names, traits[f'workflow:{name}'])})",
            "do": [{"email": {"to": ["owner"], "subject": f"s{traits[f'workflow:{name}'] % 4}"}}],
        }
        for name in ("k", "l")
        if traits[f"workflow:{name}"] % 4
    }


def _pick(names: Sequence[str], trait: int) -> str:
    return names[trait % len(names)]


def _some(names: Sequence[str], trait: int) -> list[str]:
    chosen = [name for place, name in enumerate(names) if (trait >> place % 4) % 2]
    return chosen or [names[0]]

"""A small CRM in YAML, and a way to compile it with changes: what most tests of metadata start from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.fields.registry import built_in_field_types
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import Compilation, compile_model
from fieldstone.metadata.layers import Layer

FIELD_TYPES = built_in_field_types()
TRIGGERS = (
    "created", "updated", "saved", "becomes_true", "deleted", "stage_entered", "linked", "schedule", "manual",
    "webhook",
)  # fmt: skip
EXPRESSION = {"type": ["string", "number", "boolean", "null"]}
ACTIONS: Mapping[str, Mapping[str, Any]] = {
    "set_fields": {"type": "object", "additionalProperties": EXPRESSION, "minProperties": 1},
    "create_record": {
        "type": "object",
        "properties": {"module": {"type": "string"}, "values": {"type": "object"}},
        "required": ["module", "values"],
        "additionalProperties": False,
    },
    "wait": {"type": "object", "properties": {"for": {"type": "object"}}, "additionalProperties": False},
    "email": {
        "type": "object",
        "properties": {
            "to": {"type": "array", "items": {"type": "string"}},
            "template": {"type": "string"},
            "subject": {"type": "string"},
            "body": {"type": "string"},
        },
        "required": ["to"],
        "additionalProperties": False,
    },
}

APP = """\
app:
  name: Test
  zone: Asia/Shanghai
  groups:
    sales: {label: Sales}
"""
STAGE = """\
picklist: stage
default: open
values:
  open: {label: Open, colour: blue, meaning: open}
  won: {label: Won, colour: green, meaning: won}
  lost: Lost
"""
ORGANIZATION = """\
module: organization
group: sales
fields:
  name: {type: text, required: true}
  industry: {type: picklist, values: {it: IT, retail: Retail}}
  parent: {type: lookup, to: self}
  revenue: {type: money}
"""
DEAL = """\
module: deal
plural: Deals
group: sales
number: {prefix: D-, digits: 4}
fields:
  name: {type: text, required: true, max_length: 80}
  organization: {type: lookup, to: organization, reverse: deals, reverse_label: Our deals}
  amount: {type: money, min: 0, index: true}
  chance: {type: percent}
  stage: {type: picklist, picklist: stage, required: true, track_duration: true}
  close_date: {type: date}
  forecast:
    type: formula
    result: money
    expression: amount * chance / 100
rules:
  won_needs_amount:
    if: stage == 'won' and is_empty(amount)
    message: A won deal needs an amount
    field: amount
"""
BASE: Mapping[str, str] = {
    "metadata/app.yaml": APP,
    "metadata/picklists/stage.yaml": STAGE,
    "modules/organization.yaml": ORGANIZATION,
    "modules/deal.yaml": DEAL,
}


def layer(documents: Mapping[str, str], name: str = "site") -> Layer:
    return Layer(name=name, documents=documents)


def compile_layers(*layers: Layer, catalogue: Catalogue | None = None) -> Compilation:
    return compile_model(
        layers,
        field_types=FIELD_TYPES,
        catalogue=catalogue or Catalogue(),
        actions=ACTIONS,
        triggers=TRIGGERS,
    )


def compile_base(catalogue: Catalogue | None = None, /, **documents: str) -> Compilation:
    """The base documents with some replaced or added: `modules_deal=…` stands for modules/deal.yaml."""
    added = {_path(key): text for key, text in documents.items()}
    return compile_layers(layer({**BASE, **added}), catalogue=catalogue)


def with_site(**documents: str) -> Compilation:
    """The base documents as the standard layer, and these over it as the site's."""
    site = {_path(key): text for key, text in documents.items()}
    return compile_layers(layer(BASE, "standard"), layer(site))


def _path(key: str) -> str:
    folder, _, name = key.partition("_")
    if folder == "metadata":
        kind, _, rest = name.partition("_")
        return (
            f"metadata/{kind}/{rest}.yaml"
            if kind in ("picklists", "emails", "translations")
            else f"metadata/{name}.yaml"
        )
    return f"{folder}/{name}.yaml"


def codes(compilation: Compilation) -> list[str]:
    return [found.code for found in compilation.diagnostics]


def places(compilation: Compilation) -> list[str]:
    """Code and place of every diagnostic: "field.E011 modules/deal.yaml:3:4"."""
    return [f"{found.code} {found.location}" for found in compilation.diagnostics]


def patch_between(base: Any, wanted: Any) -> Any:
    """The patch that turns `base` into `wanted`: the inverse of merging."""
    patch: dict[str, Any] = {key: None for key in base if key not in wanted}
    for key, value in wanted.items():
        if key not in base:
            patch[key] = value
        elif isinstance(value, dict) and isinstance(base[key], dict):
            inner = patch_between(base[key], value)
            if inner:
                patch[key] = inner
        elif base[key] != value:
            patch[key] = value
    return patch

"""What explains a value: each layer's saying, removals, defaults."""

# ruff: noqa: E501  (examples are easier to read on one line)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fieldstone.metadata.addresses import find_address
from fieldstone.metadata.explanation import Explanation, find_explanation
from metadata.example import BASE, compile_layers, layer

PLUGIN = {
    "modules/deal.yaml": "module: deal\nfields:\n  amount: {label: Sum}\n  chance: {help: In per cent}\nplural: Sales\n",
    "modules/visit.yaml": "module: visit\nfields:\n  name: {type: text}\n",
    "layouts/visit.yaml": "module: visit\nlist: {views: {mine: {label: Mine}}}\n",
}
SITE = {
    "modules/deal.yaml": "module: deal\nfields:\n  amount: {label: Value, index: null}\n  close_date: null\n",
    "metadata/picklists/stage.yaml": "picklist: stage\nvalues: {won: {label: Closed}}\n",
}
LAYERS = (layer(BASE, "standard"), layer(PLUGIN, "plugin:sales"), layer(SITE))


def explain(path: str, layers: tuple[Any, ...] = LAYERS) -> Explanation:
    found = find_explanation(compile_layers(*layers).get_model(), layers, path)
    assert found is not None
    return found


def said(path: str) -> list[tuple[str, Any]]:
    return [(f"{each.layer} {each.file}:{each.line}", each.removes or each.value) for each in explain(path).sayings]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("deal.amount.label", [("site modules/deal.yaml:3", "Value"), ("plugin:sales plugins/sales/modules/deal.yaml:3", "Sum")]),
        ("deal.amount.index", [("site modules/deal.yaml:3", "modules.deal.fields.amount.index"), ("standard standard/modules/deal.yaml:8", True)]),
        ("deal.close_date.type", [("site modules/deal.yaml:4", "modules.deal.fields.close_date"), ("standard standard/modules/deal.yaml:11", "date")]),
        ("deal.close_date", [("site modules/deal.yaml:4", "modules.deal.fields.close_date"), ("standard standard/modules/deal.yaml:11", {"type": "date"})]),
        ("deal.plural", [("plugin:sales plugins/sales/modules/deal.yaml:5", "Sales"), ("standard standard/modules/deal.yaml:2", "Deals")]),
        ("visit.name.type", [("plugin:sales plugins/sales/modules/visit.yaml:3", "text")]),
        ("layouts.visit.list.views.mine.label", [("plugin:sales plugins/sales/layouts/visit.yaml:2", "Mine")]),
        ("picklists.stage.values.lost.label", [("standard standard/metadata/picklists/stage.yaml:6", "Lost")]),
        ("app.zone", [("standard standard/metadata/app.yaml:3", "Asia/Shanghai")]),
        ("deal.amount.required", []),
    ],
)  # fmt: skip
def test_each_layer_is_heard_the_winner_first(path: str, expected: list[tuple[str, Any]]) -> None:
    assert said(path) == expected


DEFAULTS: Mapping[str, Any] = {
    "deal.amount.required": False,
    "deal.amount.index": False,
    "deal.chance.label": "Chance",
    "deal.name.default": None,
    "deal.icon": "circle",
    "deal.indexes": [],
    "organization.industry.values.it.colour": "gray",
    "picklists.stage.values.won.active": True,
    "picklists.stage.label": "Stage",
    "layouts.deal.list.views.all.label": "All sales",
    "layouts.deal.record.path": "stage",
    "layouts.deal.kanban": None,
    "app.week_start": 0,
    "app.groups.sales.modules": [],
}


@pytest.mark.parametrize("path", DEFAULTS)
def test_what_no_layer_sets_has_its_default(path: str) -> None:
    found = explain(path)
    assert found.is_default
    assert found.default == DEFAULTS[path]


def test_what_is_set_or_gone_has_no_default() -> None:
    assert not explain("deal.rules.won_needs_amount.field").is_default
    assert not explain("deal.close_date.type").is_default


@pytest.mark.parametrize(
    "path",
    ["deal.amount.indx", "deal.amount.identity", "deal.amount.picklist", "deal.nothing", "nothing", "", "app..name", "deal.amount.label.x", "layouts.none.list", "modules"],
)  # fmt: skip
def test_what_there_is_not_is_not_explained(path: str) -> None:
    assert find_explanation(compile_layers(*LAYERS).get_model(), LAYERS, path) is None


def test_workflows_roles_and_emails_have_defaults() -> None:
    documents = {
        "workflows/deal.yaml": "module: deal\nworkflows: {w: {on: saved, do: [{email: {to: [owner], subject: s}}]}}\n",
        "metadata/roles.yaml": "roles: {rep: {modules: {deal: [view]}}}\n",
        "metadata/emails/hi.yaml": "email: hi\nsubject: s\nbody: b\n",
    }
    layers = (layer(BASE, "standard"), layer(documents))
    wanted = {
        "workflows.deal.workflows.w.if": "",
        "workflows.deal.workflows.w.when": "after_save",
        "workflows.deal.workflows.w.active": True,
        "roles.rep.scope": "all",
        "emails.hi.label": "Hi",
    }
    assert {path: explain(path, layers).default for path in wanted} == wanted


def test_a_key_is_an_address_and_back() -> None:
    for key in ("modules.deal", "modules.deal.fields.amount.label", "app.name", "roles.rep.scope", "app"):
        address = find_address(key)
        assert address is not None
        assert address.key == key
    assert find_address("nothing.at.all") is None

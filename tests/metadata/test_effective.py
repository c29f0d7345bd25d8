"""The effective documents stand alone: one layer that says what all layers said together."""

from __future__ import annotations

from dataclasses import fields

import pytest

from fieldstone.extensions.host import PluginHost
from fieldstone.kernel.errors import MetadataError
from fieldstone.metadata.canonical import canonical_text
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.effective import effective_documents
from fieldstone.metadata.layers import standard_layer
from fieldstone.metadata.model import AppModel
from fieldstone.runtime.registries import Registries
from metadata.example import BASE, compile_layers, layer

SITE = {
    "modules/deal.yaml": (
        "module: deal\nlabel: Chance\nfields:\n  chance: null\n  forecast: {expression: amount / 2, after: name}\n"
        "  visits: {type: integer, after: ''}\nrules: {won_needs_amount: null}\n"
    ),
    "modules/visit.yaml": "module: visit\nfields:\n  name: {type: text}\n  deal: {type: lookup, to: deal}\n",
    "metadata/picklists/stage.yaml": "picklist: stage\nvalues:\n  lost: null\n  stuck: {label: Stuck, after: open}\n",
    "metadata/app.yaml": "app:\n  name: Ours\n",
    "metadata/translations/zh_CN.yaml": "language: zh_CN\nmodules:\n  deal: {label: 商机}\n",
    "layouts/deal.yaml": "module: deal\nlist:\n  columns: [name, amount]\n",
}
_OF_ITS_TEXTS = ("hash", "provenance")


def assert_same_model(one: AppModel, other: AppModel) -> None:
    """But for where it was written."""
    for each in fields(AppModel):
        if each.name not in _OF_ITS_TEXTS:
            assert getattr(one, each.name) == getattr(other, each.name), each.name
            if each.name in ("modules", "layouts", "picklists"):
                assert list(getattr(one, each.name)) == list(getattr(other, each.name))
    for name, module in one.modules.items():
        assert list(module.fields) == list(other.modules[name].fields)


def test_removed_moved_and_changed_entries_are_as_they_came_out() -> None:
    layers = [layer(BASE, "standard"), layer(SITE)]
    written = effective_documents(layers)
    assert written["metadata/picklists/stage.yaml"] == (
        "picklist: stage\ndefault: open\nvalues:\n  open:\n    label: Open\n    colour: blue\n    meaning: open\n"
        "  stuck:\n    label: Stuck\n  won:\n    label: Won\n    colour: green\n    meaning: won\n"
    )
    assert list(written) == sorted({*BASE, *SITE})
    assert all(canonical_text(text) == text for text in written.values())
    assert effective_documents([layer(written, "standard")]) == written


def test_the_effective_documents_alone_compile_to_the_same_model() -> None:
    layers = [layer(BASE, "standard"), layer(SITE)]
    whole = compile_layers(*layers)
    alone = compile_layers(layer(effective_documents(layers)), catalogue=whole.catalogue)
    assert_same_model(whole.get_model(), alone.get_model())
    assert list(alone.catalogue) == list(whole.catalogue)
    assert not list(alone.diagnostics)


def test_so_do_those_of_the_standard_crm_with_a_site_over_it() -> None:
    registries = Registries(PluginHost())
    site = {
        "modules/opportunity.yaml": "module: opportunity\nfields:\n  visits: {type: integer, after: name}\n",
        "metadata/app.yaml": "app: {name: Ours}\n",
    }
    layers = [standard_layer(), layer(site)]
    whole = registries.compile(layers, Catalogue())
    alone = registries.compile([layer(effective_documents(layers), "standard")], whole.catalogue)
    assert_same_model(whole.get_model(), alone.get_model())
    assert list(alone.catalogue) == list(whole.catalogue)


def test_layers_with_problems_are_refused() -> None:
    with pytest.raises(MetadataError):
        effective_documents([layer({"modules/deal.yaml": "module: ["})])

"""A small base in two versions under a site, and what an upgrade makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.changes.upgrade.documents import merged_documents
from fieldstone.changes.upgrade.mending import merge_upgrade
from fieldstone.changes.upgrade.merge import MergedSite, merge_site
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.compiler import Compilation
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from metadata.example import BASE, DEAL, compile_layers, layer

DEAL_PATH, STAGE_PATH, LAYOUT_PATH = "modules/deal.yaml", "metadata/picklists/stage.yaml", "layouts/deal.yaml"
WORKFLOW_PATH = "workflows/deal.yaml"
LAYOUT = """\
module: deal
record:
  blocks:
    main: {label: Main, fields: [name, organization]}
    money: {label: Money, fields: [amount, chance]}
list:
  columns: [name, amount, stage]
  views:
    open: {label: Open, filter: stage == 'open'}
"""
WORKFLOW = """\
module: deal
workflows:
  chase: {on: updated, if: amount > 5, do: [{set_fields: {chance: "50"}}]}
"""
STANDARD: Mapping[str, str] = {**BASE, LAYOUT_PATH: LAYOUT, WORKFLOW_PATH: WORKFLOW}


def standard(**changed: str | None) -> list[Layer]:
    """The base with documents replaced, added, or (None) taken away; `deal=` stands for modules/deal.yaml."""
    paths = {"deal": DEAL_PATH, "stage": STAGE_PATH, "layout": LAYOUT_PATH, "workflow": WORKFLOW_PATH}
    documents = {**STANDARD, **{paths.get(key, f"modules/{key}.yaml"): text for key, text in changed.items()}}
    return [layer({path: text for path, text in documents.items() if text is not None}, "standard")]


def site(**documents: str) -> Layer:
    paths = {"deal": DEAL_PATH, "stage": STAGE_PATH, "layout": LAYOUT_PATH, "workflow": WORKFLOW_PATH}
    return layer({paths.get(key, f"modules/{key}.yaml"): text for key, text in documents.items()})


def compile_all(layers: Sequence[Layer]) -> Compilation:
    return compile_layers(*layers)


def upgrade(now: list[Layer], own: Layer) -> MergedSite:
    """Merged, mended where needed; what comes out compiles and is settled."""
    merged = merge_upgrade(standard(), now, own, compile_all)
    assert not list(compile_layers(*now, merged.site).diagnostics.errors)
    assert merge_site(now, now, merged.site) == MergedSite(site=merged.site)
    assert merge_upgrade(now, now, merged.site, compile_all) == MergedSite(site=merged.site)
    return merged


def patch(merged: MergedSite | Layer, path: str = DEAL_PATH) -> Any:
    text = (merged if isinstance(merged, Layer) else merged.site).documents[path]
    root = parse_document(text, path, Diagnostics())
    assert root is not None
    return root.data()


def effective(*layers: Layer) -> dict[str, Any]:
    paths = {path for layer in layers for path in layer.documents}
    return {path: document.data for path, document in merged_documents(layers, paths).items()}


def brief(merged: MergedSite) -> list[tuple[str, Any, Any, Any]]:
    return [(each.key, each.base_then, each.base_now, each.site) for each in merged.conflicts]


SMALLER = DEAL.replace("  chance: {type: percent}\n", "").replace("amount * chance / 100", "amount")
"""The deal without its chance."""
LESS: Mapping[str, str] = {
    "deal": SMALLER, "layout": LAYOUT.replace(", chance", ""), "workflow": WORKFLOW.replace("chance", "amount"),
}  # fmt: skip


def at(data: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        data = data[step]
    return data


STANDARD_TEXTS = {"deal": DEAL, "layout": LAYOUT, "workflow": WORKFLOW}

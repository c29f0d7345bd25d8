"""Where a new field is to be shown, as its form asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from fieldstone.changes.editing.places import with_places
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.documents import LAYOUT, MODULE, document_path
from fieldstone.metadata.layers import Layer
from fieldstone.web.i18n import current_language
from fieldstone.web.setup.drafting import draft_model
from fieldstone.web.setup.modules.said import SaidModule
from fieldstone.web.setup.property_form import PREFIX


@dataclass(frozen=True, kw_only=True)
class FieldPlaces:
    """`block` "": behind the others, as the layout puts it by itself. `quick`: in the short form, which is the field's
    own property too, for layouts that name no fields for it."""

    block: str = ""
    quick: bool = False
    listed: bool = False


def block_choices(said: SaidModule) -> list[tuple[str, str]]:
    """(name, title) of the blocks of the record page."""
    model = draft_model()
    blocks = model.layouts[said.name].blocks if said.name in model.layouts else {}
    return [
        (each.name, model.text(f"block.{said.name}.{each.name}", current_language(), each.label))
        for each in blocks.values()
    ]


def read_places(form: MultiDict[str, str]) -> FieldPlaces:
    quick = form.getlist(f"{PREFIX}quick_create")[-1:] == ["1"]
    return FieldPlaces(block=form.get("at.block", ""), quick=quick, listed="at.list" in form)


def put_places(layers: Sequence[Layer], site: Layer, module: str, name: str, places: FieldPlaces) -> Layer:
    """The site layer `site`, which has the field already, with the field at its places too."""
    layout = draft_model().layouts.get(module)
    if layout is None or places == FieldPlaces():
        return site
    made, path = with_site_layer(layers, site), document_path(LAYOUT, module)
    fields = list(read_effective(made, document_path(MODULE, module)).get("fields") or {})
    said = read_effective(made, path) or {"module": module}
    data = with_places(
        said,
        fields,
        name,
        block=places.block if places.block in layout.blocks else "",
        quick_create=list(layout.quick_create) if places.quick and "quick_create" in said else None,
        columns=list(layout.columns) if places.listed else None,
    )
    return patch_document(made, path, data)

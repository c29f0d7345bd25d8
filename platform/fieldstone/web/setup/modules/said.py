"""What pages about a module read of the draft: documents first, so that they work while the draft has problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, g, redirect, request

from fieldstone.changes.editing.modules import module_path
from fieldstone.changes.rollback import SITE
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.model import AppModel
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.i18n import LANGUAGES, current_language
from fieldstone.web.setup.drafting import draft_document, draft_layers, draft_model

LAYER_ICONS = {"platform": "cpu", "standard": "box", SITE: "house"}
OTHER_LANGUAGES = tuple(language for language in LANGUAGES if language != "en")
"""Languages that words are typed in besides those of the documents."""


@dataclass(frozen=True, kw_only=True)
class SaidModule:
    """A module of the draft. `published` is its name there, "" for a new one; `layer` the lowest that has it."""

    name: str
    label: str
    plural: str
    icon: str
    data: dict[str, Any]
    layer: str
    published: str

    @property
    def url(self) -> str:
        return f"/setup/modules/{self.name}/"

    @property
    def path(self) -> str:
        return module_path(self.name)


def find_said(name: str) -> SaidModule | None:
    """A module of the draft that is in use; None when there is none."""
    data = draft_document(module_path(name)) if name.replace("_", "").isalnum() else {}
    if not data:
        return None
    model, language = draft_model(), current_language()
    label = str(data.get("label") or name)
    plural = str(data.get("plural") or label)
    path = module_path(name)
    return SaidModule(
        name=name, label=model.text(f"module.{name}.label", language, label),
        plural=model.text(f"module.{name}.plural", language, plural), icon=str(data.get("icon") or "circle"), data=data,
        layer=next((layer.name for layer in draft_layers() if path in layer.documents), SITE),
        published=published_name(model, name),
    )  # fmt: skip


def get_said(name: str) -> SaidModule:
    """The same; the page does not exist when there is none. Whoever comes from the records of a module that the draft
    calls otherwise is led there."""
    found = find_said(name)
    if found is not None:
        return found
    published = current_model().modules.get(name)
    renamed = published and next(
        (each.name for each in draft_model().modules.values() if each.identity == published.identity), None
    )
    if renamed and request.method == "GET":
        abort(redirect(request.path.replace(f"/{name}/", f"/{renamed}/", 1), 303))
    return abort(404)


def field_label_of(entry: Mapping[str, Any], name: str) -> str:
    """The label of a field's entry; one that has none is called after its name."""
    return str(entry.get("label") or name.replace("_", " ").capitalize())


def field_words_of(said: SaidModule, entry: Mapping[str, Any], name: str) -> str:
    """The label in the reader's language."""
    return draft_model().text(f"field.{said.name}.{name}.label", current_language(), field_label_of(entry, name))


def published_name(model: AppModel, name: str) -> str:
    """What a module of the draft is called in the published model, "" when it is not there."""
    module = model.modules.get(name)
    if module is None:
        return name if name in current_model().modules else ""
    published = _published_names()
    return published.get(module.identity, "")


def _published_names() -> dict[str, str]:
    if "published_names" not in g:
        g.published_names = {module.identity: module.name for module in current_model().modules.values()}
    found: dict[str, str] = g.published_names
    return found


def count_records(module: str) -> str:
    """How many records there are in words, as far as the person reaches them; "" for what is not published."""
    if not module:
        return ""
    try:
        found = current_records().count(current_actor(), module, quick=True)
    except FieldstoneError:
        return ""
    return f"{found.value:,}" if found.exact else f"{found.value:,}+"

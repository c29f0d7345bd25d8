"""What the draft says of a module and its layout, with the words and problems of it, for one part of the editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort

from fieldstone.changes.drafts.draft import Draft
from fieldstone.changes.editing.layouts import arrangement, page_of
from fieldstone.changes.site_patch import read_effective
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.documents import LAYOUT, MODULE, document_path
from fieldstone.metadata.layout_definitions import LayoutDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.web.current import current_model, current_site
from fieldstone.web.i18n import current_language, gettext
from fieldstone.web.setup.preview_places import place_of
from fieldstone.web.setup.property_choices import field_words
from fieldstone.web.words import word_diagnostic_whole

PARTS = ("page", "head", "quick", "list", "board", "calendar", "related")
VARIED = ("page", "head", "quick", "related")
"""Parts that a variant may say otherwise."""

_MOST_PROBLEMS = 50


@dataclass(frozen=True, kw_only=True)
class ProblemLine:
    """A problem of the draft in words; `item` is the field or block that it is about, "" when none is drawn."""

    severity: str
    text: str
    item: str = ""


class Editor:
    """`draft` is read once: what is drawn belongs together. Aborts with 404 for a module or part that is not there."""

    def __init__(self, module: str, part: str, variant: str, draft: Draft) -> None:
        drafts = current_site().drafts
        layers = drafts.layers(draft)
        compilation = drafts.compile(draft)
        self.draft = draft
        self.name = module
        self.part = part if part in PARTS else "page"
        self.path = document_path(LAYOUT, module)
        self.module_path = document_path(MODULE, module)
        self.model: AppModel = compilation.built or current_model()
        self.module: ModuleDef = self.model.modules.get(module) or abort(404)
        self.data = read_effective(layers, self.path)
        self.fields = list(self.module.fields)
        self.variant = variant if variant in (self.data.get("variants") or {}) and self.part in VARIED else ""
        self._diagnostics: Sequence[Diagnostic] = list(compilation.diagnostics)
        self._layers = layers

    @property
    def url(self) -> str:
        return f"/setup/modules/{self.name}/layout/"

    @property
    def key(self) -> str:
        """Under which the layers say what the record page is like."""
        own = f".variants.{self.variant}" if self.variant else ""
        return f"layouts.{self.name}{own}.record"

    @property
    def back(self) -> str:
        """The page to leave to: the records, or Setup for a module that is not published yet."""
        return f"/m/{self.name}" if self.name in current_model().modules else f"/setup/modules/{self.name}/"

    @property
    def preview(self) -> str:
        """The page that shows this part."""
        return place_of(self.url, {"part": self.part})

    @property
    def layout(self) -> LayoutDef:
        """Complete, as records are shown by it; as far as the documents can be built."""
        whole = self.model.layouts[self.name]
        found = whole.variants.get(self.variant)
        return found.layout if found else whole

    @cached_property
    def page(self) -> dict[str, Any]:
        """What the document says of the record page."""
        return page_of(self.data, self.variant)

    @cached_property
    def arranged(self) -> tuple[dict[str, list[str]], list[str]]:
        return arrangement(self.page, self.fields)

    @cached_property
    def module_data(self) -> Mapping[str, Any]:
        return read_effective(self._layers, self.module_path)

    @property
    def plural(self) -> str:
        return self._text(f"module.{self.name}.plural", self.module.plural)

    @property
    def label(self) -> str:
        return self._text(f"module.{self.name}.label", self.module.label)

    def said(self, field: str) -> dict[str, Any]:
        """The entry of a field in the documents."""
        return dict((self.module_data.get("fields") or {}).get(field) or {})

    def field(self, name: str) -> FieldDef | None:
        return find_any_field(self.module, name)

    def field_label(self, name: str) -> str:
        return field_words(self.model, self.module, name)

    def block_label(self, name: str) -> str:
        block = self.layout.blocks.get(name)
        return self._text(f"block.{self.name}.{name}", block.label if block else name)

    def tab_label(self, name: str) -> str:
        tab = self.layout.tabs.get(name)
        return self._text(f"tab.{self.name}.{name}", tab.label if tab else name)

    def relation_label(self, name: str) -> str:
        shown, relation = self.layout.related.get(name), self.module.relations.get(name)
        if relation is None:
            return self._text(f"relation.{self.name}.{name}", shown.label if shown else name)
        return self.model.relation_label(self.name, relation, current_language(), shown.label if shown else "")

    def is_new(self, field: str) -> bool:
        """Whether it is not published yet."""
        published = current_model().modules.get(self.name)
        return published is None or find_any_field(published, field) is None

    @cached_property
    def problems(self) -> list[ProblemLine]:
        """Those of the module and its layout first; of others the errors are counted."""
        own, elsewhere = [], 0
        for each in self._diagnostics:
            if each.path.partition(".")[0] == self.name or each.location.file.endswith((self.path, self.module_path)):
                text = word_diagnostic_whole(each, self.path)
                own.append(ProblemLine(severity=each.severity, text=text, item=self._item_of(each.path)))
            elif each.severity == "error":
                elsewhere += 1
        if elsewhere:
            text = gettext("Other documents of your draft have problems too: %(count)s.", count=elsewhere)
            own.append(ProblemLine(severity="error", text=text))
        return sorted(own, key=lambda each: each.severity != "error")[:_MOST_PROBLEMS]

    @cached_property
    def bad(self) -> frozenset[str]:
        """The keys of the fields and blocks that something is wrong with."""
        return frozenset(each.item for each in self.problems if each.item and each.severity == "error")

    def _item_of(self, path: str) -> str:
        steps = path.split(".")[1:]
        if steps[:1] == ["variants"]:
            steps = steps[2:]
        if steps[:1] == ["fields"] and len(steps) > 1:
            return f"field:{steps[1]}"
        if steps[:2] == ["record", "blocks"] and len(steps) > 2:
            return f"block:{steps[2]}"
        return f"related:{steps[2]}" if steps[:2] == ["record", "related"] and len(steps) > 2 else ""

    def _text(self, key: str, default: str) -> str:
        return self.model.text(key, current_language(), default)

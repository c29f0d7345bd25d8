"""The page of the values of one picklist, wherever these stand, and what is done there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort, request

from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.picklists import (
    ValuesPlace,
    add_values,
    change_values,
    edit_values,
    remove_value,
    rename_value,
    share_values,
    values_of,
    with_default,
    with_values,
)
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import read_effective
from fieldstone.metadata.layers import Layer
from fieldstone.web.current import current_model
from fieldstone.web.i18n import current_language, gettext, ngettext
from fieldstone.web.setup.drafting import draft_document, draft_model, try_edit
from fieldstone.web.setup.languages import together, typed_words, with_language_words
from fieldstone.web.setup.picklists.rows import ValueRow, read_changes, read_words, value_rows
from fieldstone.web.setup.picklists.usage import Loss, loss_of
from fieldstone.web.toasts import toast

_MOST_LINES = 500


@dataclass(frozen=True)
class ValuesPage:
    """`url` is its address, with a slash at the end."""

    place: ValuesPlace
    url: str

    @cached_property
    def holder(self) -> dict[str, Any]:
        """What the draft says. 404 where there is none."""
        found = self.place.holder(draft_document(self.place.path))
        return found if found.get("values") else abort(404)

    @cached_property
    def values(self) -> dict[str, dict[str, Any]]:
        return values_of(self.holder)

    @cached_property
    def label(self) -> str:
        model, place = draft_model(), self.place
        if place.field:
            field = model.modules[place.module].fields.get(place.field)
            fallback = field.label if field else place.field
            return model.text(f"field.{place.module}.{place.field}.label", current_language(), fallback)
        known = model.picklists.get(place.name)
        return model.text(f"picklist.{place.name}.label", current_language(), known.label if known else place.name)

    def rows(self) -> list[ValueRow]:
        known = current_model().picklists.get(self.place.name)
        return value_rows(self.values, self.holder.get("default"), self.place.name, draft_model(), known)

    def value_label(self, key: str) -> str:
        fallback = str(self.values.get(key, {}).get("label") or key)
        return draft_model().text(f"picklist.{self.place.name}.{key}", current_language(), fallback)

    def save(self) -> list[str]:
        """Everything on the page, as one step. The problems, if any."""
        problems: list[str] = []
        changes = read_changes(request.form, self.values, problems)
        if problems:
            return problems
        place, default = self.place, request.form.get("default", "")
        words = together(read_words(request.form, self.values, place.name), typed_words(f"picklist.{place.name}.label"))
        label = " ".join(request.form.get("picklist_label", "").split())

        def change(layers: Sequence[Layer]) -> Layer:
            holder = place.holder(read_effective(layers, place.path))
            wanted = with_values(holder, change_values(values_of(holder), changes))
            if "default" in request.form and default != str(wanted.get("default", "")):
                wanted = with_default(wanted, default)
            if label and not place.field:
                wanted["label"] = label
            return with_language_words(with_site_layer(layers, edit_values(layers, place, wanted)), words)

        return self._done(gettext("Values of %(name)s", name=self.label), change)

    def add(self) -> list[str]:
        """The pasted lines."""
        place, lines = self.place, request.form.get("lines", "").splitlines()[:_MOST_LINES]
        more = len(add_values(self.values, lines)) - len(self.values)
        if not more:
            return [gettext("Type at least one new value, one on each line.")]

        def change(layers: Sequence[Layer]) -> Layer:
            holder = place.holder(read_effective(layers, place.path))
            return edit_values(layers, place, with_values(holder, add_values(values_of(holder), lines)))

        step = ngettext("%(num)s value added to %(name)s", "%(num)s values added to %(name)s", more, name=self.label)
        return self._done(step, change)

    def rename(self, key: str) -> list[str]:
        """Another key."""
        new = request.form.get("new", "").strip()
        if new in self.values:
            return [gettext("There is one called %(name)s already.", name=new)]
        published = self._is_published(key)
        step = gettext("%(old)s is now called %(new)s", old=key, new=new)
        return self._done(step, lambda layers: rename_value(layers, self.place, key, new, published=published))

    def removal(self, key: str, instead: str) -> Edit:
        if instead and (instead not in self.values or instead == key):
            abort(400)
        published = self._is_published(key)
        return lambda layers: remove_value(layers, self.place, key, instead=instead, published=published)

    def loss(self, key: str) -> Loss:
        """What removing a value does."""
        other = next((each for each in self.values if each != key), "")
        replaced = self.removal(key, other) if other else None
        return loss_of("picklist_value", f"{self.place.name}.{key}", self.removal(key, ""), replaced)

    def remove(self, key: str, instead: str) -> list[str]:
        words = {"old": self.value_label(key), "new": self.value_label(instead)}
        step = gettext("%(old)s merged into %(new)s", **words) if instead else gettext("Removed: %(old)s", **words)
        return self._done(step, self.removal(key, instead))

    def share(self) -> tuple[str, list[str]]:
        """The name of the picklist that a field's own values have become, and the problems."""
        label = " ".join(request.form.get("label", "").split())
        name = name_from(label, draft_model().picklists) if label else ""
        if not name:
            return "", [gettext("%(key)s needs a label.", key=gettext("The picklist"))]
        known = current_model().picklists.get(self.place.name)
        if known and any(value.stored not in ("", value.key) for value in known.values.values()):
            # Records hold the keys that values began with, and only this picklist knows which are meant.
            return "", [gettext("Values with changed keys cannot be shared: records hold the keys they began with.")]
        place = self.place
        step = gettext("Values of %(name)s are shared", name=self.label)
        return name, self._done(step, lambda layers: share_values(layers, place.module, place.field, name, label))

    def _is_published(self, key: str) -> bool:
        known = current_model().picklists.get(self.place.name)
        return known is not None and key in known.values

    def _done(self, step: str, change: Callable[[Sequence[Layer]], Layer]) -> list[str]:
        problems = try_edit(step, change, self.place.path)
        if not problems:
            toast(step)
        return problems

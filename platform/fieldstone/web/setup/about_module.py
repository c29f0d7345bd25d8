"""A module as the editors of Setup show it: by the words of the draft."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import abort

from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.web.i18n import current_language
from fieldstone.web.setup.drafting import draft_model


@dataclass(frozen=True)
class AboutModule:
    """`module` is of the `model` of the draft."""

    model: AppModel
    module: ModuleDef

    @property
    def name(self) -> str:
        return self.module.name

    @property
    def icon(self) -> str:
        return self.module.icon

    @property
    def url(self) -> str:
        return f"/setup/modules/{self.name}/"

    @cached_property
    def label(self) -> str:
        return self._text(f"module.{self.name}.label", self.module.label)

    @cached_property
    def plural(self) -> str:
        return self._text(f"module.{self.name}.plural", self.module.plural)

    def field(self, name: str) -> str:
        """The label of a field, of a system one too."""
        field = self.module.fields.get(name)
        if field is None:
            system = find_any_field(self.module, name)
            return self._text(f"system.{name}", system.label if system else name)
        return self._text(f"field.{self.name}.{name}.label", field.label)

    def value(self, picklist: str, key: str) -> str:
        known = self.model.picklists.get(picklist)
        value = known.values.get(key) if known else None
        return self._text(f"picklist.{picklist}.{key}", value.label if value else key)

    def record_type(self, name: str) -> str:
        kind = self.module.record_types.get(name)
        return self._text(f"record_type.{self.name}.{name}", kind.label if kind else name)

    def relation(self, name: str) -> str:
        known = self.module.relations.get(name)
        return self.model.relation_label(self.name, known, current_language()) if known else name

    def _text(self, key: str, fallback: str) -> str:
        return self.model.text(key, current_language(), fallback)


def module_of_draft(name: str) -> AboutModule:
    """404 for one that the draft has not."""
    model = draft_model()
    return AboutModule(model, model.modules.get(name) or abort(404))


def modules_of_draft() -> list[AboutModule]:
    model = draft_model()
    return sorted((AboutModule(model, module) for module in model.modules.values()), key=lambda each: each.plural)


def role_choices() -> list[tuple[str, str]]:
    """(role, label), as the draft has them."""
    model = draft_model()
    return [
        (role.name, model.text(f"role.{role.name}", current_language(), role.label)) for role in model.roles.values()
    ]

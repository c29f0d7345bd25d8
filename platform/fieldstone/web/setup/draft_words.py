"""What modules, fields, roles and profiles are called in the draft, as every editor names them; what is only
published, and in the draft no more, by its published name."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.metadata.model import AppModel
from fieldstone.web.current import current_model
from fieldstone.web.i18n import current_language
from fieldstone.web.setup.drafting import draft_model


def module_label(name: str) -> str:
    """One record of a module: Opportunity."""
    for model in _models():
        if name in model.modules:
            return model.text(f"module.{name}.label", current_language(), model.modules[name].label)
    return name


def module_plural(name: str) -> str:
    """A module as a whole: Opportunities."""
    for model in _models():
        if name in model.modules:
            return model.text(f"module.{name}.plural", current_language(), model.modules[name].plural)
    return name


def field_label(module: str, name: str) -> str:
    for model in _models():
        known = model.modules.get(module)
        if known is not None and name in known.fields:
            return model.text(f"field.{module}.{name}.label", current_language(), known.fields[name].label)
    return name


def role_label(name: str) -> str:
    for model in _models():
        if name in model.roles:
            return model.text(f"role.{name}", current_language(), model.roles[name].label)
    return name


def profile_label(name: str) -> str:
    for model in _models():
        if name in model.profiles:
            return model.text(f"profile.{name}", current_language(), model.profiles[name].label)
    return name


def _models() -> Iterator[AppModel]:
    yield draft_model()
    yield current_model()

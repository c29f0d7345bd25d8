"""Modules and their fields as Setup names them: all there are, whatever the person may see of the records."""

from __future__ import annotations

from fieldstone.web.current import current_model
from fieldstone.web.i18n import current_language


def module_label(name: str) -> str:
    """One record of a module: Opportunity."""
    module = current_model().modules[name]
    return current_model().text(f"module.{name}.label", current_language(), module.label)


def module_plural(name: str) -> str:
    """A module as a whole: Opportunities."""
    module = current_model().modules[name]
    return current_model().text(f"module.{name}.plural", current_language(), module.plural)


def field_label(module: str, name: str) -> str:
    field = current_model().modules[module].fields[name]
    return current_model().text(f"field.{module}.{name}.label", current_language(), field.label)

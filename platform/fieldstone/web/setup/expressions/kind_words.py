"""What an expression gives, in words."""

from __future__ import annotations

from fieldstone.expressions.types import ValueType
from fieldstone.metadata.model import AppModel
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.draft_words import module_label


def kind_words(found: ValueType, model: AppModel) -> str:
    """text, a number, a date …; for a reference what it refers to."""
    if found.kind == "reference":
        named = [module_label(target) for target in found.targets if target in model.modules]
        return gettext("a reference to %(module)s", module=", ".join(named)) if named else gettext("a person or a team")
    words = {
        "text": gettext("text"), "number": gettext("a number"), "boolean": gettext("true or false"),
        "date": gettext("a date"), "datetime": gettext("a date-time"), "time": gettext("a time"),
        "choice": gettext("a picklist value"), "list": gettext("a list"), "json": gettext("JSON"),
        "empty": gettext("empty"),
    }  # fmt: skip
    return words.get(found.kind, found.kind)

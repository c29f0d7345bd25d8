"""What the draft says of workflows and e-mail templates, and how the modules and fields of the draft are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.cache import CompilationCache
from fieldstone.metadata.documents import EMAIL, WORKFLOW
from fieldstone.metadata.merged import MergedDocuments, merge_layers
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.web.i18n import current_language
from fieldstone.web.setup.drafting import draft_layers, draft_model, once_for_draft

_PARSED = CompilationCache(2_000)
_SYSTEM = ("owner", "created_at", "created_by", "modified_at", "modified_by")
_DEEPEST = 3

Plain = dict[str, Any]


def workflow_documents() -> dict[str, Plain]:
    """Module → its document of workflows, in the draft."""
    return {each.name: dict(each.root.data()) for each in _merged().of_kind(WORKFLOW)}


def email_documents() -> dict[str, Plain]:
    """Name → the document of a template, in the draft."""
    return {each.name: dict(each.root.data()) for each in _merged().of_kind(EMAIL)}


def _merged() -> MergedDocuments:
    return once_for_draft("documents", lambda draft: merge_layers(draft_layers(), _PARSED, Diagnostics()))


def module_name(name: str) -> str:
    """What one record of a module is called."""
    module = draft_model().modules.get(name)
    return draft_model().text(f"module.{name}.label", current_language(), module.label) if module else name


def module_plural_name(name: str) -> str:
    module = draft_model().modules.get(name)
    return draft_model().text(f"module.{name}.plural", current_language(), module.plural) if module else name


def module_choices() -> list[tuple[str, str]]:
    return [(name, module_plural_name(name)) for name in draft_model().modules]


def fields_of(module: str) -> list[FieldDef]:
    """The fields of a module of the draft, then those of the system that people look at."""
    found = draft_model().modules.get(module)
    if found is None:
        return []
    system = (find_any_field(found, name) for name in _SYSTEM if name not in found.fields)
    return [*found.fields.values(), *(field for field in system if field is not None)]


def field_name(module: str, path: str) -> str:
    """A field, or a path through lookups, in the words of the reader: Organization › Industry."""
    model, words, here = draft_model(), list[str](), module
    for part in path.split(".")[:_DEEPEST]:
        found = model.modules.get(here)
        field = find_any_field(found, part) if found else None
        if found is None or field is None:
            return path
        key = f"field.{here}.{part}.label" if part in found.fields else f"system.{part}"
        words.append(model.text(key, current_language(), field.label))
        here = field.to[0] if len(field.to) == 1 else ""
    return " › ".join(words)


def field_choices(module: str) -> list[tuple[str, str]]:
    return [(field.name, field_name(module, field.name)) for field in fields_of(module)]


def settable_choices(module: str) -> list[tuple[str, str]]:
    """The fields that a step may set."""
    types = draft_model().field_types
    return [
        (field.name, field_name(module, field.name))
        for field in fields_of(module)
        if not types[field.type].computed and (field.name == "owner" or field.name not in _SYSTEM)
    ]


def merge_fields(module: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, [(what a text says, words)]): what a mail about a record can name, lookups of one module included."""
    model = draft_model()
    if module not in model.modules:
        return []
    groups = [(module_name(module), list(_merge_own(module, "record.")))]
    for field in fields_of(module):
        if field.type == "lookup" and len(field.to) == 1 and field.to[0] in model.modules:
            beyond = list(_merge_own(field.to[0], f"record.{field.name}."))
            groups.append((f"{field_name(module, field.name)} ›", beyond))
    return groups


def _merge_own(module: str, prefix: str) -> Iterator[tuple[str, str]]:
    for field in fields_of(module):
        if field.type != "secret":
            yield f"{{{{ {prefix}{field.name} }}}}", field_name(module, field.name)


def workflow_title(module: str, name: str, entry: Mapping[str, Any]) -> str:
    """What a workflow is called in the language of the reader."""
    label = str(entry.get("label") or name.replace("_", " ").capitalize())
    return draft_model().text(f"workflow.{module}.{name}", current_language(), label)

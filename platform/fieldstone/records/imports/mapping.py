"""Which column of a file goes into which field: guessed from the header, checked when chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.folding import fold
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS
from fieldstone.records.access import can_edit_field, require_editable
from fieldstone.storage.published import PublishedModel

UNKNOWN_COLUMN = declare(
    "import.E010", "The file has no column {column}.", "Its columns are: {columns}. Did you mean {nearest}?"
)
UNKNOWN_FIELD = declare("import.E011", "{module} has no field {field}.", "Did you mean {nearest}?")
NOT_IMPORTABLE = declare("import.E012", "The field {field} cannot be imported.", "It is worked out by the system.")
FIELD_TWICE = declare("import.E013", "Two columns go into the field {field}: {columns}.", "Choose one of them.")
NOTHING_MAPPED = declare(
    "import.E014",
    "No column of the file goes into a field of {module}.",
    "Say which, for example --map {column}=name.",
)
UNMAPPED_KEY = declare("import.E015", "The key {field} gets no column.", "Map a column to it, or choose another key.")
UNMAPPED_VALUES = declare(
    "import.E016",
    "Values are mapped for the field {field}, which gets no column.",
    "Map a column to it: --map COLUMN={field}.",
)

_WORDS = re.compile(r"[^\w]+", re.UNICODE)
_SYNONYMS = {
    "owner": ("sales agent", "agent", "assigned to", "salesperson", "sales rep", "负责人", "所有者"),
    "stage": ("deal stage", "sales stage", "opportunity stage"),
    "amount": ("close value", "value", "deal value", "deal amount"),
    "organization": ("account", "account name", "company", "customer", "client", "公司", "客户名称"),
    "external_id": ("opportunity id", "id", "deal id", "external key"),
    "unit_price": ("sales price", "price", "list price"),
    "industry": ("sector",),
    "annual_revenue": ("revenue", "turnover"),
    "founded": ("year established", "established", "year founded"),
    "parent": ("subsidiary of", "parent account", "member of"),
    "country": ("office location", "location"),
    "name": ("full name", "title", "名称", "姓名"),
    "phone": ("telephone", "tel", "phone number"),
    "email": ("e mail", "mail", "email address"),
}
"""Field name → headers met in exports of other systems, folded, words separated by a space."""


def importable_fields(model: AppModel, module: ModuleDef) -> dict[str, FieldDef]:
    """The fields a file may fill, by name: declared ones people can write, and the owner."""
    chosen = {
        name: field
        for name, field in module.fields.items()
        if field.importable and not model.type_of(field).computed and not field.read_only
    }
    chosen["owner"] = SYSTEM_FIELD_DEFS["owner"]
    if module.record_types:
        chosen["record_type"] = SYSTEM_FIELD_DEFS["record_type"]
    return chosen


def fields_for(published: PublishedModel, actor: Actor, module: ModuleDef) -> dict[str, FieldDef]:
    """The fields a file of this actor may fill."""
    fields = importable_fields(published.model, module)
    return {name: field for name, field in fields.items() if can_edit_field(published, actor, module.name, name)}


def guess_mapping(published: PublishedModel, actor: Actor, module: ModuleDef, header: Sequence[str]) -> dict[str, str]:
    """Column → field for every column of the header; "" where nothing fits. No field is used twice."""
    known = _known_headers(published.model, module, fields_for(published, actor, module))
    taken: set[str] = set()
    guess: dict[str, str] = {}
    for column in header:
        field = known.get(_plain(column), "")
        guess[column] = "" if field in taken else field
        if field:
            taken.add(field)
    return guess


def _known_headers(model: AppModel, module: ModuleDef, fields: Mapping[str, FieldDef]) -> dict[str, str]:
    known: dict[str, str] = {}
    for name in fields:
        for synonym in _SYNONYMS.get(name, ()):
            known.setdefault(_plain(synonym), name)
    if module.name_field in fields:
        for own in (module.name, module.label, f"{module.label} name", *_SYNONYMS.get(module.name, ())):
            known[_plain(own)] = module.name_field
    for name, field in fields.items():
        for text in (field.label, *(_translations(model, module, name))):
            known[_plain(text)] = name
    for name in fields:
        known[_plain(name)] = name
    return known


def _translations(model: AppModel, module: ModuleDef, name: str) -> list[str]:
    key = f"field.{module.name}.{name}.label"
    return [texts[key] for texts in model.texts.values() if key in texts]


def _plain(text: str) -> str:
    return _WORDS.sub(" ", fold(text).replace("_", " ")).strip()


def check_mapping(
    published: PublishedModel,
    actor: Actor,
    module: ModuleDef,
    header: Sequence[str],
    mapping: Mapping[str, str],
    key: str = "",
) -> dict[str, str]:
    """The columns that are used, column → field. Raises InvalidInputError naming what does not fit, ForbiddenError
    for a field that the actor may not change."""
    fields = importable_fields(published.model, module)
    require_editable(published, actor, module.name, filter(None, mapping.values()))
    used: dict[str, str] = {}
    for column, field in mapping.items():
        if not field:
            continue
        if column not in header:
            nearest = next(iter(get_close_matches(column, header, n=1, cutoff=0.3)), header[0] if header else "")
            raise InvalidInputError(UNKNOWN_COLUMN, column=column, columns=", ".join(header), nearest=nearest)
        if field not in fields:
            raise _unknown_field(module, field, fields)
        if field in used.values():
            columns = [each for each, target in mapping.items() if target == field]
            raise InvalidInputError(FIELD_TWICE, field=field, columns=", ".join(columns))
        used[column] = field
    if not used:
        raise InvalidInputError(NOTHING_MAPPED, module=module.label, column=next(iter(header), "COLUMN"))
    if key and key not in used.values():
        raise InvalidInputError(UNMAPPED_KEY, field=key)
    return used


def check_values(
    model: AppModel, module: ModuleDef, used: Mapping[str, str], values: Mapping[str, Mapping[str, str]]
) -> None:
    """Whether values are read as others only where a column is. Raises InvalidInputError."""
    fields = importable_fields(model, module)
    for field in values:
        if field not in fields:
            raise _unknown_field(module, field, fields)
        if field not in used.values():
            raise InvalidInputError(UNMAPPED_VALUES, field=field)


def _unknown_field(module: ModuleDef, field: str, fields: Mapping[str, FieldDef]) -> InvalidInputError:
    if field in module.fields or field in SYSTEM_FIELD_DEFS:
        return InvalidInputError(NOT_IMPORTABLE, field=field)
    nearest = next(iter(get_close_matches(field, fields, n=1, cutoff=0.3)), module.name_field)
    return InvalidInputError(UNKNOWN_FIELD, module=module.label, field=field, nearest=nearest)

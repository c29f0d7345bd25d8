"""Public names in queries (`amount`, `organization.industry`, `address.city`) and what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from fieldstone.expressions.types import ValueType
from fieldstone.fields.base import ColumnSpec, FieldType
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scopes import MAX_HOPS
from fieldstone.metadata.system_fields import any_field_names, find_any_field
from fieldstone.storage.published import PublishedModel

NO_FIELD = declare("query.E001", "{module} has no field {name}.", "Names are exact. The nearest: {nearest}.")

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldPath:
    """`hops` are the lookups to follow from the first module, `module` the one that has `field`.
    `part` is a part of the field (the city of an address) or ""."""

    names: Names
    hops: Names
    module: str
    field: FieldDef
    type: FieldType
    value_type: ValueType
    part: str = ""

    @property
    def text(self) -> str:
        return ".".join(self.names)

    @property
    def specs(self) -> dict[str, ColumnSpec]:
        """Suffix → physical column."""
        return {spec.suffix: spec for spec in self.type.columns(self.field)}


def get_path(
    published: PublishedModel, module: str, text: str, names_of: Callable[[str], Sequence[str]] | None = None
) -> FieldPath:
    """Raises InvalidInputError query.E001, with the nearest name that exists; `names_of` gives those of a module that
    may be told."""
    found = find_path(published, module, tuple(text.split(".")))
    if found is None:
        names = text.split(".")
        owner, depth = _walk(published.model, module, names)
        known = names_of(owner) if names_of else any_field_names(published.model.modules[owner])
        missing = names[min(depth, len(names) - 1)]
        nearest = next(iter(get_close_matches(missing, known, n=1, cutoff=0.4)), "") or ", ".join(known[:5])
        raise InvalidInputError(NO_FIELD, module=owner, name=missing[:80], nearest=nearest)
    return found


def find_path(published: PublishedModel, module: str, names: Names) -> FieldPath | None:
    """What the names stand for, kept with the model; None when there is no such thing."""
    known: dict[tuple[str, Names], FieldPath] = published.cache.setdefault("query.paths", {})
    found = known.get((module, names))
    if found is None:
        found = _find(published.model, module, names)
        if found is not None:
            known[module, names] = found
    return found


def lookup_target(model: AppModel, field: FieldDef) -> str:
    """The module a lookup leads to when it is always the same one, else ""."""
    single = len(field.to) == 1 and field.type == "lookup"
    return field.to[0] if single and field.to[0] in model.modules else ""


def _walk(model: AppModel, module: str, names: list[str]) -> tuple[str, int]:
    """How far the names lead through lookups: the last module and how many names were used."""
    depth = 0
    while depth < min(len(names) - 1, MAX_HOPS):
        field = find_any_field(model.modules[module], names[depth])
        target = lookup_target(model, field) if field else ""
        if not target:
            break
        module, depth = target, depth + 1
    return module, depth


def _find(model: AppModel, module: str, names: Names) -> FieldPath | None:
    owner, depth = _walk(model, module, list(names))
    rest = names[depth:]
    field = find_any_field(model.modules[owner], rest[0])
    if field is None or len(rest) > 2:
        return None
    field_type = model.type_of(field)
    if len(rest) == 1:
        value_type = field_type.value_type(field, model.picklists)
        return FieldPath(names, names[:depth], owner, field, field_type, value_type)
    part = field_type.parts(field).get(rest[1])
    return None if part is None else FieldPath(names, names[:depth], owner, field, field_type, part, rest[1])

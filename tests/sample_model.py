"""A small model made by hand, for tests of the packages below the compiler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fieldstone.expressions.types import TEXT, ValueType
from fieldstone.fields.base import ColumnSpec, FieldType, ParseContext, ShowContext
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.registry import Registry
from fieldstone.metadata.app_definitions import AppDef
from fieldstone.metadata.definitions import DuplicatesDef, ModuleDef, NumberDef, RelationDef, SharingDef
from fieldstone.metadata.model import AppModel


class _SampleType(FieldType):
    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType:
        return TEXT

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        return raw

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        return str(value)

    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        return {}

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ()


class SampleText(_SampleType):
    name = "text"
    label = "Text"

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        sort = (ColumnSpec(suffix="__sort"),) if field.is_name or field.index else ()
        return (ColumnSpec(), ColumnSpec(suffix="__key"), *sort)


class SampleLookup(_SampleType):
    name = "lookup"
    label = "Lookup"

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        if field.to == ("*",):
            return (ColumnSpec(suffix="_module", kind="module"), ColumnSpec(suffix="_id", kind="reference"))
        if len(field.to) == 1:
            return (ColumnSpec(kind="reference", target=field.to[0]),)
        return tuple(ColumnSpec(suffix=f"_{to}", kind="reference", target=to) for to in field.to)


class SampleSimple(_SampleType):
    """A type with one column of its own kind."""

    label = "Simple"

    def __init__(self, name: str, kind: str, scale: int = 0) -> None:
        self.name = name  # type: ignore[misc]
        self._spec = ColumnSpec(kind=kind, scale=scale)

    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        return (self._spec,)


def sample_types() -> Registry[FieldType]:
    simple = (("number", "integer", 0), ("money", "decimal", 4), ("checkbox", "boolean", 0), ("date", "date", 0),
              ("datetime", "datetime", 0), ("time", "time", 0))  # fmt: skip
    types = Registry[FieldType]("field type", [SampleText(), SampleLookup()])
    for name, kind, scale in simple:
        types.register(SampleSimple(name, kind, scale))
    return types


def field(name: str, kind: str = "text", **attributes: Any) -> FieldDef:
    return FieldDef(name=name, type=kind, label=name.title(), column=name, identity=f"f_{name}", **attributes)


def module(name: str, *fields: FieldDef, **attributes: Any) -> ModuleDef:
    """A module whose first text field is its name."""
    named = (replace(fields[0], is_name=True), *fields[1:])
    return ModuleDef(
        name=name, label=name.title(), plural=name.title() + "s", name_field=named[0].name, table=name,
        identity=f"m_{name}", fields={item.name: item for item in named}, **attributes,
    )  # fmt: skip


def model(*modules: ModuleDef, digest: str = "sample") -> AppModel:
    return AppModel(
        hash=digest, app=AppDef(), modules={item.name: item for item in modules}, layouts={}, picklists={},
        workflows={}, roles={}, profiles={}, sharing=SharingDef(), emails={}, texts={}, provenance={},
        field_types=sample_types(),
    )  # fmt: skip


def sales_modules() -> tuple[ModuleDef, ModuleDef]:
    """Organizations and opportunities, with every kind of column, and links between them."""
    competitors = RelationDef(
        name="competitors", kind="many_to_many", to="organization", label="Competitors", table="opp_competitors",
        attributes={"strength": field("strength", "number")}, reverse="competes_in",
    )  # fmt: skip
    competes = RelationDef(
        name="competes_in", kind="many_to_many", to="opportunity", label="Competes in",
        inverse_of=("opportunity", "competitors"),
    )  # fmt: skip
    organization = module(
        "organization", field("name"), field("email", unique=True), field("parent", "lookup", to=("organization",)),
        field("best", "lookup", to=("opportunity",)), duplicates=DuplicatesDef(match=("name", "email")),
        relations={"competes_in": competes},
    )  # fmt: skip
    opportunity = module(
        "opportunity", field("name", index=True), field("organization", "lookup", to=("organization",)),
        field("amount", "money", index=True), field("order", "number"), field("closed", "checkbox"),
        field("close_date", "date"), field("seen_at", "datetime", index=True), field("at", "time"),
        field("about", "lookup", to=("*",)), field("party", "lookup", to=("organization", "principal")),
        field("code", index=True, unique=True), number=NumberDef(prefix="OPP-"), indexes=(("closed", "amount"),),
        relations={"competitors": competitors},
    )  # fmt: skip
    return organization, opportunity

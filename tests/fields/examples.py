"""A field of every type, and contexts to read and word their values with."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.fields.base import FieldType, ParseContext, ShowContext
from fieldstone.fields.definition import FieldDef, PicklistDef, PicklistValueDef
from fieldstone.fields.registry import built_in_field_types

TYPES = built_in_field_types()

STAGES = PicklistDef(
    name="stage",
    label="Stage",
    values={
        "prospecting": PicklistValueDef(key="prospecting", label="Prospecting"),
        "won": PicklistValueDef(key="won", label="Closed won"),
        "lost": PicklistValueDef(key="lost", label="Closed lost"),
        "dormant": PicklistValueDef(key="dormant", label="Asleep, dormant", active=False),
        "twin_a": PicklistValueDef(key="twin_a", label="Twin"),
        "twin_b": PicklistValueDef(key="twin_b", label="twin"),
    },
)
PICKLISTS = {"stage": STAGES}
_RECORDS = {"Kare-Tech": 12, "Anna Snelling": 12}

PARSE = ParseContext(
    zone="Asia/Shanghai",
    picklists=PICKLISTS,
    resolve=lambda target, text: _RECORDS.get(text),
    encrypt=lambda text: f"sealed:{text[::-1]}",
)


def label_of(target: str, record_id: int) -> str:
    return {12: "Anna Snelling" if target == "principal" else "Kare-Tech"}.get(record_id, "")


ENGLISH = ShowContext(picklists=PICKLISTS, zone="Asia/Shanghai", label_of=label_of)
CHINESE = ShowContext(language="zh_CN", zone="Asia/Shanghai", currency="CNY", picklists=PICKLISTS, label_of=label_of)


def make(kind: str, **attributes: object) -> FieldDef:
    """A field as the compiler would give it."""
    return FieldDef(name="sample", type=kind, label="Sample", column="sample", **attributes)  # type: ignore[arg-type]


def variants(field_type: FieldType) -> Iterator[FieldDef]:
    """The fields of a type that differ in columns or values."""
    name = field_type.name
    if name == "lookup":
        for to in (("organization",), ("contact", "organization"), ("*",)):
            yield make(name, to=to)
    elif name in ("picklist", "multi_picklist"):
        yield make(name, picklist="stage")
    elif name == "formula":
        for result in ("text", "integer", "decimal", "percent", "money", "checkbox", "date", "datetime", "duration"):
            yield make(name, result=result, expression="1")
    elif name == "rollup":
        yield make(name, result="integer", relation="lines", function="count")
        yield make(name, result="money", relation="lines", function="sum", of="amount")
    else:
        yield make(name)
        yield make(name, index=True, is_name=name in ("text", "person_name"))


ALL_FIELDS = [field for field_type in TYPES for field in variants(field_type)]
WRITTEN_FIELDS = [field for field in ALL_FIELDS if not TYPES[field.type].computed]


def field_id(field: FieldDef) -> str:
    extra = field.result or "+".join(field.to).replace("*", "any") or ("indexed" if field.index else "")
    return f"{field.type}-{extra}" if extra else field.type

"""Values that a field takes, as people would enter them, and what they are once they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from fieldstone.fields.base import ParseContext
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.model import AppModel

Maker = Callable[[Random, FieldDef, AppModel, int], Any]


def make_value(random: Random, field: FieldDef, model: AppModel, serial: int) -> Any:
    """A value of the field that the model allows, no other value of a unique one; None now and then where it may."""
    if not (field.required or field.unique or field.type == "checkbox") and random.random() < 0.1:
        return None
    return _MAKERS[field.type](random, field, model, serial)


def can_make(field: FieldDef, model: AppModel) -> bool:
    return field.type in _MAKERS and (not field.picklist or bool(model.picklists[field.picklist].values))


def kept_value(field: FieldDef, model: AppModel, raw: Any) -> Any:
    """What the field holds after this was entered."""
    context = ParseContext(currency=model.app.currency, picklists=model.picklists)
    return model.field_types[field.type].parse(field, raw, context)


def _text(random: Random, field: FieldDef, model: AppModel, serial: int) -> str:
    made = random.choice(
        (f"{serial}", f"note {serial}", f"20{serial % 90 + 10}-0{serial % 9 + 1}-11", f"Ünï {serial} 好")
    )
    return (f"{serial}" if field.unique else made)[: field.max_length or 200].strip()


def _number(random: Random, field: FieldDef, model: AppModel, serial: int) -> int:
    if field.unique:
        return serial
    return random.randint(int(field.min or 0), int(field.max or 5_000))


def _decimal(random: Random, field: FieldDef, model: AppModel, serial: int) -> Decimal:
    whole = _number(random, field, model, serial)
    return Decimal(whole) if field.max is not None or field.unique else Decimal(whole) + Decimal("0.5")


def _moment(random: Random, field: FieldDef, model: AppModel, serial: int) -> datetime:
    return datetime(2026, 1, 1, 8, 30, tzinfo=UTC) + timedelta(days=random.randint(0, 400), hours=random.randint(0, 9))


def _day(random: Random, field: FieldDef, model: AppModel, serial: int) -> date:
    return date(2026, 1, 1) + timedelta(days=random.randint(0, 400))


def _choice(random: Random, field: FieldDef, model: AppModel, serial: int) -> str:
    return random.choice(list(model.picklists[field.picklist].values))


_MAKERS: Mapping[str, Maker] = {
    "text": _text,
    "long_text": lambda random, field, model, serial: f"{serial}\nsecond line",
    "integer": _number,
    "decimal": _decimal,
    "money": _decimal,
    "percent": lambda random, field, model, serial: Decimal(random.randint(0, 100)),
    "rating": lambda random, field, model, serial: random.randint(1, 5),
    "checkbox": lambda random, field, model, serial: random.random() < 0.5,
    "date": _day,
    "datetime": _moment,
    "picklist": _choice,
    "multi_picklist": lambda *known: (_choice(*known), _choice(*known)),
    "email": lambda random, field, model, serial: f"person{serial}@example.com",
    "url": lambda random, field, model, serial: f"https://example.com/{serial}",
    "person_name": lambda random, field, model, serial: f"Ann Number{serial}",
    "tags": lambda random, field, model, serial: (f"tag{serial % 7}", f"tag{serial % 11 + 20}"),
}

"""The field types that come with the product, registered as a plugin would register its own."""

from __future__ import annotations

from fieldstone.fields.address import AddressType
from fieldstone.fields.auto_number import AutoNumberType
from fieldstone.fields.base import FieldType
from fieldstone.fields.checkbox import CheckboxType
from fieldstone.fields.colour import ColourType
from fieldstone.fields.computed import FormulaType, RollupType
from fieldstone.fields.country import CountryType
from fieldstone.fields.currency import CurrencyType
from fieldstone.fields.date import DateType
from fieldstone.fields.datetime import DatetimeType
from fieldstone.fields.decimal import DecimalType
from fieldstone.fields.duration import DurationType
from fieldstone.fields.email import EmailType
from fieldstone.fields.integer import IntegerType
from fieldstone.fields.json import JsonType
from fieldstone.fields.language import LanguageType
from fieldstone.fields.long_text import LongTextType, RichTextType
from fieldstone.fields.lookup import LookupType
from fieldstone.fields.money import MoneyType
from fieldstone.fields.multi_picklist import MultiPicklistType
from fieldstone.fields.percent import PercentType
from fieldstone.fields.person_name import PersonNameType
from fieldstone.fields.phone import PhoneType
from fieldstone.fields.picklist import PicklistType
from fieldstone.fields.rating import RatingType
from fieldstone.fields.recurrence import RecurrenceType
from fieldstone.fields.secret import SecretType
from fieldstone.fields.tags import TagsType
from fieldstone.fields.text import TextType
from fieldstone.fields.time import TimeType
from fieldstone.fields.url import UrlType
from fieldstone.fields.user import OwnerType, UserType
from fieldstone.kernel.registry import Registry

_TYPES: tuple[type[FieldType], ...] = (
    TextType, LongTextType, RichTextType, EmailType, PhoneType, UrlType,
    IntegerType, DecimalType, PercentType, MoneyType, RatingType,
    CheckboxType, DateType, DatetimeType, TimeType, DurationType, RecurrenceType,
    PicklistType, MultiPicklistType, TagsType,
    LookupType, UserType, OwnerType,
    AddressType, PersonNameType, ColourType, CountryType, CurrencyType, LanguageType,
    AutoNumberType, JsonType, SecretType,
)  # fmt: skip


def built_in_field_types() -> Registry[FieldType]:
    """A fresh registry, in the order a palette of types shows them. Plugins add to it."""
    types: Registry[FieldType] = Registry("field type", (kind() for kind in _TYPES))
    # These look up the type of their result among all the others, a plugin's included.
    types.register(FormulaType(types))
    types.register(RollupType(types))
    return types

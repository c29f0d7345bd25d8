"""The contract of a field type. One contract test runs over all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from fieldstone.expressions.types import ValueType
from fieldstone.fields.definition import FieldDef, PicklistDef
from fieldstone.kernel.stored_keys import StoredKeys


@dataclass(frozen=True, kw_only=True)
class ColumnSpec:
    """One physical column. Its name is the field's `column` + `suffix`.

    `kind`: text, integer (64 bit), decimal (with `scale`), boolean, date, datetime, time, reference,
    module (the name of a module, stored as its identity).
    `target`: for a reference, the module it points to, "principal" (users and teams), or "" (any module).
    The Python value of each kind is that of `expressions.types`; JSON and lists are stored as text.
    """

    suffix: str = ""
    kind: str = "text"
    scale: int = 0
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class ParseContext:
    """How to read what a person typed. `date_order` is ymd, mdy or dmy (only for text that is not ISO).

    `resolve(target, text)` finds the id of the record (or principal) that a text names, or None;
    without it only ids are accepted by lookups. `currency` is the site's ("" = unknown): an amount
    written with the sign of another one is refused.
    """

    language: str = "en"
    zone: str = "UTC"
    currency: str = ""
    date_order: str = "ymd"
    picklists: Mapping[str, PicklistDef] = field(default_factory=dict)
    resolve: Callable[[str, str], int | None] | None = None
    encrypt: Callable[[str], str] | None = None


@dataclass(frozen=True, kw_only=True)
class ShowContext:
    """How to word a value for a person. `label_of(target, id)` gives the label of a referenced record;
    `text(key, default)` translates (`picklist.sales_stage.won`). `date_format` and `number_format` are those of
    `fields.formats`, "" for the language's own; `currencies` are those in use, offered first."""

    language: str = "en"
    zone: str = "UTC"
    date_format: str = ""
    number_format: str = ""
    currency: str = "USD"
    currencies: tuple[str, ...] = ()
    picklists: Mapping[str, PicklistDef] = field(default_factory=dict)
    label_of: Callable[[str, int], str] | None = None
    text: Callable[[str, str], str] | None = None


class FieldValueError(ValueError):
    """A value that the type cannot take. `code` is declared in `kernel.codes` (`field.E1xx`)."""

    def __init__(self, code: str, /, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


class FieldType(ABC):
    """Behaviour of one type. Instances are stateless and shared; every method takes the field.

    A value is what `parse` gives: None when empty, else the Python value of `value_type` (text str,
    number Decimal or int, date, aware datetime in UTC, time, bool, tuple of str, id as int), or for
    composite types (address, person_name) a plain dict of parts, for a lookup with several targets
    a `RecordRef`, for json any JSON value.
    """

    name: ClassVar[str]
    """As written in YAML."""
    label: ClassVar[str]
    help: ClassVar[str] = ""
    control: ClassVar[str] = "text"
    """The form macro: text, textarea, markdown, email, tel, url, number, money, percent, checkbox, date,
    datetime, time, duration, select, multiselect, tags, lookup, user, owner, address, person_name,
    rating, colour, recurrence, json, secret, static."""
    slot: ClassVar[str] = "extra"
    """Column slot in tables: title sub figure status person date extra."""
    attributes: ClassVar[frozenset[str]] = frozenset()
    """Attributes of FieldDef this type uses beyond the common ones; others are refused by the schema."""
    required_attributes: ClassVar[frozenset[str]] = frozenset()
    computed: ClassVar[bool] = False
    """True for formula, rollup, auto_number: people cannot write it."""
    searchable: ClassVar[bool] = False
    """Whether its text goes to the search index unless the field says otherwise."""
    sortable: ClassVar[bool] = True
    operators: ClassVar[tuple[str, ...]] = ("is_empty", "is_not_empty")
    """Operators of conditions (expressions.rows names them)."""

    @abstractmethod
    def columns(self, field: FieldDef) -> tuple[ColumnSpec, ...]:
        """The physical columns, the main one first. Folded text adds a `__key` column."""

    @abstractmethod
    def value_type(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> ValueType: ...

    @abstractmethod
    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        """The value of what a person, a file or a program sent; None when empty.

        Checks form and the field's own limits (length, range, pattern, picklist), never required.
        Raises FieldValueError. Accepts its own value unchanged: parse(parse(x)) == parse(x).
        """

    def stored_keys(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> StoredKeys | None:
        """How rows hold the keys of a picklist, or None when they hold them as they are."""
        return None

    def parts(self, field: FieldDef) -> Mapping[str, ValueType]:
        """Names that may follow the field with a dot (address.city), with their types."""
        return {}

    def store(self, field: FieldDef, value: Any) -> dict[str, Any]:
        """Column suffix → column value for a value (None clears every column)."""
        return {"": value}

    def load(self, field: FieldDef, columns: Mapping[str, Any]) -> Any:
        """The value, from column suffix → column value. load(store(v)) == v."""
        return columns[""]

    @abstractmethod
    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        """Plain text for people in the context's language; "" for empty."""

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        """Text for a file: unambiguous (ISO dates, plain decimals), read back by `parse`; "" for empty."""
        return "" if value is None else str(value)

    def to_json(self, field: FieldDef, value: Any) -> Any:
        """As the API gives it: decimals as strings, times RFC 3339 UTC. parse takes it back."""
        return value

    def search_text(self, field: FieldDef, value: Any) -> str:
        """The words by which the record is found."""
        return "" if value is None else str(value)

    @abstractmethod
    def api_schema(self, field: FieldDef, picklists: Mapping[str, PicklistDef]) -> dict[str, Any]:
        """JSON Schema of `to_json` (OpenAPI 3.1)."""

    @abstractmethod
    def samples(self, field: FieldDef) -> Sequence[Any]:
        """Raw inputs that parse, at least two different ones where the type has them; for tests and docs."""

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        """Raw inputs that parse refuses."""
        return ()

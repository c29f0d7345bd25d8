"""The two ends of a change of type, and the way between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from fieldstone.fields.base import FieldType
from fieldstone.fields.constraints import tightened_limits
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.definition import FieldDef


class End(NamedTuple):
    """A field with its type: what is left, or what is gone to."""

    field: FieldDef
    type: FieldType

    @property
    def name(self) -> str:
        return self.type.name

    def read(self, raw: Any, context: ConversionContext) -> Any:
        """The value of this end that `raw` stands for. Raises FieldValueError."""
        return self.type.parse(self.field, raw, context.reading)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a value that is not None gets across. `same`: as it is, in the columns it has.
    `exact` is that of `Conversion`. `convert` raises FieldValueError."""

    convert: Callable[[Any, ConversionContext], Any]
    exact: bool = False
    same: bool = False


def keep(value: Any, context: ConversionContext) -> Any:
    return value


SAME = Way(convert=keep, exact=True, same=True)


def read_as_is(new: End, *, exact: bool) -> Way:
    """The new type takes the value of the old one."""
    return Way(convert=new.read, exact=exact)


def fits_as_is(old: End, new: End) -> bool:
    """Whether the columns are the same ones and the new definition has no limit that the old one had not."""
    return old.type.columns(old.field) == new.type.columns(new.field) and not tightened_limits(old.field, new.field)

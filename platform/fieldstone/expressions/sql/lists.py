"""Lists, stored as text with a separator before, between and after their values, and sets of people."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.expressions.sql.elements import ElementWriter
from fieldstone.expressions.sql.keys import stored_key
from fieldstone.expressions.sql.text import escape_like
from fieldstone.expressions.sql.values import Constant, Element, Operand, Value

SEPARATOR = "\x1f"


class ListWriter(ElementWriter):
    def has(self, values: Operand, value: Operand) -> Element:
        assert isinstance(values, Value)
        stored = sa.type_coerce(values.sql, sa.Text())
        if isinstance(value, Constant):
            if value.value is None:
                return sa.false()
            held = value.value if values.keys is None else values.keys.encode(value.value)
            wanted = f"{SEPARATOR}{held}{SEPARATOR}"
            if self.sqlite:
                return sa.func.instr(stored, wanted) > 0
            return stored.like(f"%{escape_like(wanted)}%", escape="\\")
        place = sa.func.instr if self.sqlite else sa.func.strpos
        separator = sa.literal(SEPARATOR, sa.Text())
        item = self.element(value)
        if values.keys is not None:
            item = stored_key(values.keys, item)
        return place(stored, separator.concat(item).concat(separator)) > 0

    def in_my_team(self, principal: Operand) -> Element:
        assert isinstance(principal, Value)
        return principal.sql.in_(sorted(self.context.team))

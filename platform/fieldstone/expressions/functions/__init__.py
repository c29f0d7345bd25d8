"""The functions of the expression language. A plugin adds its own with `FUNCTIONS.register`."""

from __future__ import annotations

from fieldstone.expressions.function import Function
from fieldstone.expressions.functions import access, clocks, dates, emptiness, numbers, patterns, records, text
from fieldstone.kernel.registry import Registry

FUNCTIONS: Registry[Function] = Registry("function")

for _noun in (emptiness, text, patterns, numbers, dates, clocks, records, access):
    for _function in _noun.FUNCTIONS:
        FUNCTIONS.register(_function)

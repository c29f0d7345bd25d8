"""Computed fields that depend on themselves, across modules too."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.dependencies import ComputedField, build_graph
from fieldstone.metadata.documents import MODULE

CYCLE = declare(
    "field.E040",
    "The field depends on itself: {circle}.",
    "Break the circle: let one of these fields be entered instead.",
)


def check_cycles(context: CheckContext, computed: Iterable[ComputedField]) -> None:
    """Reports each circle once, at its first field."""
    for cycle in build_graph(computed).cycles:
        first = cycle[0]
        field = context.modules[first.module].fields[first.field]
        attribute = "expression" if field.type == "formula" else "relation"
        circle = " → ".join(map(str, cycle))
        context.report(CYCLE, MODULE, first.module, "fields", first.field, attribute, circle=circle)

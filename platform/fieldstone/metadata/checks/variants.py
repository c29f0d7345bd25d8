"""Variants of layouts: whom they are for. What they say is checked as the layout itself is."""

from __future__ import annotations

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.documents import LAYOUT
from fieldstone.metadata.layout_definitions import VariantDef
from fieldstone.metadata.nearest import nearest

NO_RECORD_TYPE = declare(
    "layout.E020", "There is no record type {name!r} of {module!r}.", "Closest record types: {known}."
)
NO_ROLE = declare("layout.E021", "There is no role {role!r}.", "Closest roles: {known}.")
FOR_NOBODY = declare(
    "layout.E022", "The variant {name!r} does not say what it is for.", "Give it a `record_type`, a `role`, or both."
)


def check_variant(context: CheckContext, module: str, variant: VariantDef) -> None:
    """Its record type."""
    known = context.modules[module].record_types
    steps = ("variants", variant.name)
    if not variant.record_type and not variant.role:
        context.report(FOR_NOBODY, LAYOUT, module, *steps, name=variant.name)
    elif variant.record_type and variant.record_type not in known:
        found = nearest(variant.record_type, known)
        context.report(
            NO_RECORD_TYPE, LAYOUT, module, *steps, "record_type", name=variant.record_type, module=module, known=found
        )


def check_variants(context: CheckContext) -> None:
    """The roles of all variants: apart, since a check of a module does not see when roles change."""
    for layout in context.model.layouts.values():
        for variant in layout.variants.values():
            if variant.role and variant.role not in context.model.roles:
                known = nearest(variant.role, context.model.roles)
                steps = ("variants", variant.name, "role")
                context.report(NO_ROLE, LAYOUT, layout.module, *steps, role=variant.role, known=known)

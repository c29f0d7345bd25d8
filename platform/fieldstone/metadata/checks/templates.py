"""Text templates: the names they take from the record."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Location
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.nodes import MappingNode, Node, ScalarNode, SequenceNode
from fieldstone.metadata.references.templates import names_used
from fieldstone.metadata.system_fields import any_field_names

UNKNOWN = declare(
    "template.W001", "The text uses record.{name}, which {module!r} does not have.", "Closest names: {known}."
)

EXTRA_NAMES = ("url",)
"""What a record in a template has besides its fields."""


def check_template_names(context: CheckContext, module: str, node: Node, path: tuple[str, ...]) -> None:
    """Every `record.…` inside {{ }} or {% %}, in all the texts below a node."""
    scope = context.scope(module)
    for scalar in _scalars(node):
        for offset, name in names_used(scalar.text):
            steps = tuple(name.split("."))
            if steps[0] not in EXTRA_NAMES and scope.find_type(steps) is None and scope.find_type(steps[:1]) is None:
                known = nearest(name, [*any_field_names(context.modules[module]), *EXTRA_NAMES])
                location: Location = scalar.location_at(offset)
                context.problems.add(UNKNOWN, location, ".".join(path), name=name, module=module, known=known)


def _scalars(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, MappingNode):
        for child in node.entries.values():
            yield from _scalars(child)

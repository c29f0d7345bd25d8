"""Whether a computed field still computes the same: a rename changes its words and none of its values."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.nodes import Arithmetic, Call, Comparison, Literal, Logic, Membership, Name, Node
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef, RelationDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.metadata.system_fields import find_any_field

_ALIKE = ("type", "result", "decimals", "currency", "function")


class Meanings:
    """Compares computed fields of two models by the identities of what they read."""

    def __init__(self, old: AppModel, new: AppModel) -> None:
        self._old = old
        self._new = new

    def is_same(self, before: ModuleDef, known: FieldDef, module: ModuleDef, field: FieldDef) -> bool:
        """`known` of `before` in the old model, `field` of `module` in the new one."""
        if any(getattr(known, name) != getattr(field, name) for name in _ALIKE):
            return False
        if field.type == "formula":
            return self._is_same_text(known.expression, before, field.expression, module)
        then, now = before.relations.get(known.relation), module.relations.get(field.relation)
        if then is None or now is None or _place(self._old, then) != _place(self._new, now):
            return False
        far, near = self._old.modules[then.to], self._new.modules[now.to]
        if known.of or field.of:
            summed = find_any_field(far, known.of), find_any_field(near, field.of)
            if None in summed or summed[0].identity != summed[1].identity:  # type: ignore[union-attr]
                return False
        return self._is_same_text(known.where, far, field.where, near, then, now)

    def _is_same_text(
        self,
        then: str,
        before: ModuleDef,
        now: str,
        module: ModuleDef,
        link_then: RelationDef | None = None,
        link_now: RelationDef | None = None,
    ) -> bool:
        if not then or not now:
            return then == now
        try:
            old = compile_expression(then, _scope(self._old, before, link_then)).root
            new = compile_expression(now, _scope(self._new, module, link_now)).root
        except ExpressionError:
            return False
        nodes = list(_walk(old)), list(_walk(new))
        return len(nodes[0]) == len(nodes[1]) and all(
            self._is_same_node(one, before, other, module) for one, other in zip(*nodes, strict=True)
        )

    def _is_same_node(self, one: Node, before: ModuleDef, other: Node, module: ModuleDef) -> bool:
        if type(one) is not type(other) or len(one.children) != len(other.children):
            return False
        if isinstance(one, Name) and isinstance(other, Name):
            return identities(self._old, before, one.path) == identities(self._new, module, other.path)
        return _traits(one) == _traits(other)


def identities(model: AppModel, module: ModuleDef, path: tuple[str, ...]) -> tuple[str, ...]:
    """What a path names: the identities of the fields on it; a part of a field, and what is no field, by its name."""
    found: list[str] = []
    holder: ModuleDef | None = module
    for name in path:
        field = find_any_field(holder, name) if holder else None
        found.append(field.identity if field else name)
        lookup = field is not None and field.type == "lookup" and len(field.to) == 1
        holder = model.modules.get(field.to[0]) if lookup and field else None
    return tuple(found)


def _scope(model: AppModel, module: ModuleDef, link: RelationDef | None) -> ModuleScope:
    many = link if link and link.kind == "many_to_many" else None
    return ModuleScope(model.modules, module.name, model.picklists, model.field_types, link=many)


def _place(model: AppModel, relation: RelationDef) -> tuple[str, str, str]:
    return relation.identity, relation.kind, model.modules[relation.to].identity


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _traits(node: Node) -> tuple[object, ...]:
    """What makes a node what it is, beside the nodes in it."""
    if isinstance(node, Literal):
        return (type(node.value), node.value)
    if isinstance(node, Arithmetic | Comparison | Logic):
        return (node.operator,)
    if isinstance(node, Membership):
        return node.values
    if isinstance(node, Call):
        return (node.function.name,)
    return ()

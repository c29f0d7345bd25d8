"""The places where expressions stand: what may be named there, and what has to come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.errors import ExpressionError, ExpressionProblem
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.checks.computed import READS_USER
from fieldstone.metadata.checks.fields import expected_kind
from fieldstone.metadata.checks.sharing_conditions import condition_problems
from fieldstone.metadata.definitions import RelationDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.metadata.system_fields import find_any_field


@dataclass(frozen=True, kw_only=True)
class PlaceKind:
    """`old`: the values before the save may be named. `condition`: it is true or false. `stored`: the same for
    everybody, since the value is kept."""

    old: bool = False
    condition: bool = True
    stored: bool = False


KINDS: Mapping[str, PlaceKind] = {
    "formula": PlaceKind(condition=False, stored=True),
    "default": PlaceKind(condition=False),
    "value": PlaceKind(old=True, condition=False),
    "rule": PlaceKind(old=True),
    "condition": PlaceKind(old=True),
    "workflow": PlaceKind(old=True),
    "schedule": PlaceKind(),
    "linked": PlaceKind(),
    "filter": PlaceKind(),
    "rollup": PlaceKind(stored=True),
    "sharing": PlaceKind(stored=True),
}
"""`data-scope` of an editor. condition: visible, required, read-only when, and options when; schedule: a workflow
that no save starts; linked: one that a link in the list `relation` starts; filter: of a list view."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """`module` is the one whose records the names are of: for a rollup the related one."""

    name: str
    kind: PlaceKind
    model: AppModel
    module: str
    scope: ModuleScope
    expected: str | None

    def compile(self, source: str) -> CompiledExpression:
        """Raises ExpressionError with every problem."""
        compiled = compile_expression(source, self.scope, expected=self.expected)
        problems = [ExpressionProblem(code=code, params=params) for code, params in self._problems(compiled)]
        if problems:
            raise ExpressionError(problems)
        return compiled

    def _problems(self, compiled: CompiledExpression) -> Iterator[tuple[str, dict[str, object]]]:
        if self.name == "sharing":
            yield from condition_problems(compiled, self.model.modules[self.module])
        elif self.kind.stored and compiled.uses_user:
            yield READS_USER, {}


def find_place(model: AppModel, asked: Mapping[str, str]) -> Place | None:
    """The place that a form names: `scope`, `module`, `relation` of a rollup or a link, and of a value `field`, whose
    type it has to be, or `expects`, a field type. None when there is no such place."""
    name, module = asked.get("scope", ""), asked.get("module", "")
    kind = KINDS.get(name)
    if kind is None or module not in model.modules:
        return None
    link: RelationDef | None = None
    other = ""
    expected = "boolean" if kind.condition else _expected(model, module, asked)
    if name == "rollup":
        relation = model.modules[module].relations.get(asked.get("relation", ""))
        if relation is None or relation.to not in model.modules:
            return None
        module, link = relation.to, relation if relation.kind == "many_to_many" else None
    elif name in ("linked", "value") and asked.get("relation"):
        linked = model.modules[module].relations.get(asked["relation"])
        other = linked.to if linked is not None else ""
    scope = ModuleScope(model.modules, module, model.picklists, model.field_types, old=kind.old, link=link, other=other)
    return Place(name=name, kind=kind, model=model, module=module, scope=scope, expected=expected)


def _expected(model: AppModel, module: str, asked: Mapping[str, str]) -> str | None:
    known = find_any_field(model.modules[module], asked.get("field", ""))
    wanted = asked.get("expects", "")
    if wanted in model.field_types:
        field = FieldDef(name="value", type=wanted, label="")
        if known is not None and wanted in (known.type, known.result):
            field = replace(known, type=wanted, result="")
    elif known is not None:
        field = known
    else:
        return None
    if field.type in ("formula", "rollup") and not field.result:
        return None
    return expected_kind(model.field_types[field.type].value_type(field, model.picklists))

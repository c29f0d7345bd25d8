"""The conditions of sharing rules: the same for everybody, over the record's own fields, and at any time."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.expressions.function import Function
from fieldstone.expressions.nodes import Call, Node
from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.definitions import Grants, ModuleDef, SharingRuleDef
from fieldstone.metadata.dependencies import DependencyGraph, FieldRef
from fieldstone.metadata.documents import SHARING
from fieldstone.metadata.system_fields import find_any_field

NOT_OWN = declare(
    "sharing.E020",
    "{name!r} is not a field of the record itself.",
    "Name its own fields only; a formula field may bring in what stands in other records.",
)
READS_TIME = declare(
    "sharing.E021",
    "What is shared cannot depend on the time: {what} does.",
    "Compare with fixed dates, or with a field that a scheduled workflow sets.",
)
READS_USER = declare(
    "sharing.E022", "What is shared cannot depend on who asks.", "Say with whom under `to`, and leave the user out."
)
NOT_IN_FILTERS = declare(
    "sharing.E023", "{function}() cannot be used here: lists cannot filter by it.", "Write the condition without it."
)
GIVES_AWAY = declare(
    "sharing.W002",
    "{role!r} may not read {field!r}, but learns something about it by the records that the rule shares.",
    "Let the condition read other fields, or let the role read this one.",
)


def check_condition(context: CheckContext, rule: SharingRuleDef, graph: DependencyGraph) -> None:
    steps = ("rules", rule.name, "where")
    compiled = context.check_expression(
        rule.where, context.scope(rule.module), SHARING, "sharing", *steps, expected="boolean"
    )
    if compiled is None:
        return

    def report(code: str, **params: object) -> None:
        context.report(code, SHARING, "sharing", *steps, **params)

    for code, params in condition_problems(compiled, context.modules[rule.module]):
        report(code, **params)
    for name in sorted(_fields(compiled)):
        if FieldRef(rule.module, name) in graph.volatile:
            report(READS_TIME, what=name)
    for role, field in _given_away(context, rule, compiled, graph):
        report(GIVES_AWAY, role=role, field=field)


def condition_problems(compiled: CompiledExpression, module: ModuleDef) -> Iterator[tuple[str, dict[str, object]]]:
    """Code and parameters of all that a condition of sharing may not read, by itself."""
    if compiled.uses_user:
        yield READS_USER, {}
    for path in sorted(compiled.paths):
        if path[0] != "user" and not _is_own(module, path):
            yield NOT_OWN, {"name": ".".join(path)}
    for function in _functions(compiled.root, set()):
        if function.uses_time:
            yield READS_TIME, {"what": f"{function.name}()"}
        elif function.sql is None and not function.uses_user:
            yield NOT_IN_FILTERS, {"function": function.name}


def _is_own(module: ModuleDef, path: tuple[str, ...]) -> bool:
    field = find_any_field(module, path[0])
    return field is not None and (len(path) == 1 or field.type != "lookup")


def _functions(node: Node, seen: set[str]) -> Iterator[Function]:
    """Those that are called once all is spelled out, each once."""
    if isinstance(node, Call) and node.function.name not in seen:
        seen.add(node.function.name)
        yield node.function
    for child in node.children:
        yield from _functions(child, seen)


def _fields(compiled: CompiledExpression) -> set[str]:
    return {path[0] for path in compiled.paths}


def _given_away(
    context: CheckContext, rule: SharingRuleDef, compiled: CompiledExpression, graph: DependencyGraph
) -> Iterator[tuple[str, str]]:
    """Role and field: those with whom the rule shares and who may not read what it asks about."""
    inputs = {ref.field: item.own for ref, item in graph.computed.items() if ref.module == rule.module}
    read = _with_inputs(context, rule.module, _fields(compiled), inputs)
    for role in dict.fromkeys(party.name for party in rule.to if party.kind != "team"):
        grants = _grants_of(context, role)
        viewing = [given for given in grants if "view" in given.rights_on(rule.module)]
        for field in read:
            access = {given.fields.get(rule.module, {}).get(field, "edit") for given in viewing}
            if access == {"hidden"}:
                yield role, field


def _with_inputs(context: CheckContext, module: str, fields: set[str], inputs: dict[str, tuple[str, ...]]) -> list[str]:
    """The fields, and those that computed ones among them do not keep to themselves."""
    found: dict[str, None] = {}
    left = sorted(fields)
    while left:
        name = left.pop()
        field = context.modules[module].fields.get(name)
        if name not in found and field is not None:
            found[name] = None
            left += [] if field.reveals else inputs.get(name, ())
    return sorted(found)


def _grants_of(context: CheckContext, role: str) -> list[Grants]:
    found = context.model.roles.get(role)
    if found is None:
        return []
    profiles = (context.model.profiles.get(name) for name in found.profiles)
    return [found.grants, *(profile.grants for profile in profiles if profile)]

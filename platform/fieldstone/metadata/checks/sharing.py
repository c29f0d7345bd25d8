"""Sharing: what it names, the conditions of rules, and chains of records that bring each other into reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext, Steps
from fieldstone.metadata.checks.roles import viewable
from fieldstone.metadata.checks.sharing_conditions import check_condition
from fieldstone.metadata.definitions import Party, SharingRuleDef
from fieldstone.metadata.dependencies import ComputedField, DependencyGraph, build_graph
from fieldstone.metadata.documents import SHARING
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.nodes import SequenceNode
from fieldstone.metadata.rights import EVERY_MODULE
from fieldstone.metadata.scopes import ANY_MODULE

NO_MODULE = declare("sharing.E010", "There is no module {module!r}.", "Closest modules: {known}.")
NO_ROLE = declare("sharing.E011", "There is no role {role!r}.", "Closest roles: {known}.")
WHOSE = declare(
    "sharing.E012",
    "The rule does not say which records it shares.",
    "Add `from:` or `where:`; for all records of a module write `defaults`.",
)
NO_LOOKUP = declare("sharing.E013", "There is no lookup {field!r} in {module!r}.", "Closest lookups: {known}.")
SEVERAL_TARGETS = declare(
    "sharing.E014",
    "{field!r} may lead to more than one module, so it cannot be followed here.",
    "Name a lookup with a single module in `to`.",
)
CYCLE = declare(
    "sharing.E015", "Records bring each other into reach in a circle: {circle}.", "Remove one module from `inherit`."
)
NO_END = declare(
    "sharing.E016",
    "The path ends at {module!r}, which no user of a portal stands for.",
    "Add `{module}: self` to `portal`, or let the path go on.",
)
NOT_VIEWED = declare(
    "sharing.W001",
    "Nobody may view records of {module!r}, so nothing of it is shared.",
    "Let a role or a profile give `view` on it.",
)


def check_sharing(context: CheckContext, computed: Iterable[ComputedField]) -> None:
    """`computed` are the computed fields of all modules."""
    if context.documents.root(SHARING, "sharing") is None:
        return
    seen, sharing = viewable(context), context.model.sharing
    for module, access in sharing.defaults.items():
        if module != EVERY_MODULE and _has_module(context, module, "defaults", module) and access != "private":
            _check_viewed(context, module, seen, "defaults", module)
    graph = build_graph(computed if any(rule.where for rule in sharing.rules.values()) else ())
    for rule in sharing.rules.values():
        _check_rule(context, rule, graph, seen)
    for module, field in sharing.inherit.items():
        if _has_module(context, module, "inherit", module):
            _check_viewed(context, module, seen, "inherit", module)
            _find_targets(context, module, field, "inherit", module)
    _check_cycles(context)
    for module in sharing.portal:
        if _has_module(context, module, "portal", module):
            _check_portal(context, module)


def _check_rule(context: CheckContext, rule: SharingRuleDef, graph: DependencyGraph, seen: frozenset[str]) -> None:
    steps = ("rules", rule.name)
    for position, party in enumerate(rule.to):
        _check_party(context, party, *steps, "to", position)
    if rule.owners is not None:
        _check_party(context, rule.owners, *steps, "from")
    elif not rule.where:
        _report_key(context, WHOSE, steps)
    if rule.module and rule.module not in context.modules:
        known = nearest(rule.module, context.modules)
        context.report(NO_MODULE, SHARING, "sharing", *steps, "module", module=rule.module, known=known)
    elif rule.module:
        _check_viewed(context, rule.module, seen, *steps, "module")
        if rule.where:
            check_condition(context, rule, graph)


def _check_party(context: CheckContext, party: Party, *steps: str | int) -> None:
    """Of a team only the spelling can be told, and the schema has: teams are no documents."""
    if party.kind in ("role", "subtree") and party.name not in context.model.roles:
        known = nearest(party.name, context.model.roles)
        context.report(NO_ROLE, SHARING, "sharing", *steps, party.kind, role=party.name, known=known)


def _has_module(context: CheckContext, module: str, *steps: str) -> bool:
    if module not in context.modules:
        _report_key(context, NO_MODULE, steps, module=module, known=nearest(module, context.modules))
    return module in context.modules


def _check_viewed(context: CheckContext, module: str, seen: frozenset[str], *steps: str) -> None:
    if module not in seen:
        _report_key(context, NOT_VIEWED, steps, module=module)


def _find_targets(context: CheckContext, module: str, field: str, *steps: str | int) -> tuple[str, ...]:
    """The modules that a lookup leads to; () after reporting that there is none."""
    found = context.modules[module].fields.get(field)
    if found is None or found.type != "lookup":
        lookups = [item.name for item in context.modules[module].fields.values() if item.type == "lookup"]
        known = nearest(field, lookups)
        context.report(NO_LOOKUP, SHARING, "sharing", *steps, field=field, module=module, known=known)
        return ()
    return found.to


def _find_target(context: CheckContext, module: str, field: str, *steps: str | int) -> str:
    """The one module that a lookup leads to; "" after reporting that there is none."""
    targets = _find_targets(context, module, field, *steps)
    if len(targets) > 1 or ANY_MODULE in targets:
        context.report(SEVERAL_TARGETS, SHARING, "sharing", *steps, field=field)
        return ""
    return next((target for target in targets if target in context.modules), "")


def _check_portal(context: CheckContext, module: str) -> None:
    is_list = isinstance(context.documents.node(SHARING, "sharing", "portal", module), SequenceNode)
    for position, path in enumerate(context.model.sharing.portal[module]):
        steps: Steps = ("portal", module, position) if is_list else ("portal", module)
        if "" in path:
            continue  # The schema tells of what is no path.
        end = module
        for field in path:
            end = _find_target(context, end, field, *steps)
            if not end:
                break
        if end and () not in context.model.sharing.portal.get(end, ()):
            context.report(NO_END, SHARING, "sharing", *steps, module=end)


def _check_cycles(context: CheckContext) -> None:
    """A lookup to any module leads to no circle: what it comes back to brings nothing more."""
    parents: dict[str, tuple[str, ...]] = {}
    for module, field in context.model.sharing.inherit.items():
        found = context.modules[module].fields.get(field) if module in context.modules else None
        parents[module] = tuple(target for target in found.to if target != ANY_MODULE) if found else ()
    reported: set[str] = set()
    for module in parents:
        circle = _find_circle(parents, module)
        if circle and not reported & set(circle):
            reported |= set(circle)
            shown = " → ".join([*circle, circle[0]])
            context.report(CYCLE, SHARING, "sharing", "inherit", circle[0], circle=shown)


def _find_circle(parents: Mapping[str, Sequence[str]], start: str) -> list[str]:
    """A way from a module back to it, or []."""
    seen: set[str] = set()

    def follow(way: list[str]) -> list[str]:
        for parent in parents.get(way[-1], ()):
            if parent == start:
                return way
            if parent not in seen:
                seen.add(parent)
                found = follow([*way, parent])
                if found:
                    return found
        return []

    return follow([start])


def _report_key(context: CheckContext, code: str, steps: Steps, **params: object) -> None:
    """A problem with a name that is a key, or with the entry it begins."""
    node = context.documents.node(SHARING, "sharing", *steps)
    location = node.key_location if node is not None else context.documents.location(SHARING, "sharing", *steps)
    context.problems.add(code, location, ".".join(map(str, steps)), **params)

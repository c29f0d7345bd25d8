"""Which fields a form shows, asks for and lets be written, for what it holds at the moment.

The same expressions are checked again when the record is saved; here they only shape the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.evaluate import holds
from fieldstone.fields.composite import CompositeType
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.offering import Offering, heads_of, offerings_of
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.records.contexts import app_context
from fieldstone.storage.published import PublishedModel
from fieldstone.web.described import DescribedModule

_OF_TEAMS = frozenset({"in_group", "in_my_team"})
"""Functions that only a save and a query answer: they know the teams."""
Reach = Callable[[str, int, str], Any]
"""(module, id, path) → the value there: how the conditions look through a lookup."""


@dataclass(frozen=True, kw_only=True)
class FieldState:
    visible: bool = True
    required: bool = False
    read_only: bool = False


@dataclass(frozen=True, kw_only=True)
class _Conditions:
    """The compiled conditions of one field; a block's condition counts for each of its fields."""

    visible: tuple[CompiledExpression, ...] = ()
    required: CompiledExpression | None = None
    read_only: CompiledExpression | None = None
    offered: tuple[CompiledExpression, ...] = ()

    @property
    def any(self) -> tuple[CompiledExpression, ...]:
        states = (found for found in (self.required, self.read_only) if found is not None)
        return (*self.visible, *states, *self.offered)


class FieldStates:
    """The state of every field of a module. `values` are the parsed values the form holds, `before` those that are
    stored, None for a new record."""

    def __init__(
        self,
        published: PublishedModel,
        module: DescribedModule,
        actor: Actor,
        values: Mapping[str, Any],
        *,
        before: Mapping[str, Any] | None,
        reach: Reach,
    ) -> None:
        self._module = module
        self._conditions = _conditions(published, module)
        self._created = before is None
        self._context = app_context(published.model.app, now=datetime.now(UTC), roles=actor.roles)
        stored = before or {}
        self._sent = values.keys() if self._created else frozenset[str]()
        self._touched = any(value != stored.get(name) for name, value in values.items())
        self._names = self._bind(values, stored, actor, reach)
        kinds = module.module.record_types.values()
        limited = frozenset(name for kind in kinds for name in kind.picklists)
        sources = {name: field.depends_on for name, field in module.module.fields.items() if field.depends_on}
        changing = (*self._conditions, *limited, *sources)
        self.dependent = frozenset(name for name in changing if module.find(name) is not None)
        """The fields that others may change: by a condition, or by what a record type or another field offers."""
        read = frozenset(head for compiled in self._all() for head in heads_of(compiled)) | set(sources.values())
        self.watched = read | {"record_type"} if limited or varies_by_type(module) else read

    def __getitem__(self, name: str) -> FieldState:
        described = self._module.field(name)
        field = described.field
        now_fixed = not self._created and (field.read_only_after_create or described.coming)
        fixed = field.read_only or described.fixed or described.computed or now_fixed
        read_only = fixed and not (described.system and described.writable)
        found = self._conditions.get(name)
        if found is None:
            return FieldState(required=field.required, read_only=read_only)
        return FieldState(
            visible=all(self._holds(condition) for condition in found.visible),
            required=field.required or (found.required is not None and self._holds(found.required)),
            read_only=read_only or (found.read_only is not None and self._holds(found.read_only)),
        )

    def find_out(self, compiled: CompiledExpression) -> bool | None:
        """Whether one of the conditions holds; None where the person may not know what it reads."""
        if not compiled.functions.isdisjoint(_OF_TEAMS) or not all(map(self._is_known, compiled.paths)):
            return None
        return self._holds(compiled)

    def _is_known(self, path: tuple[str, ...]) -> bool:
        if path[0] == "user":
            return ".".join(path) in self._names
        if path[0] == "old":
            path = path[1:]
        elif not self._is_settled(path[0]):
            return False
        if self._module.find(path[0]) is None:
            return False
        is_part = isinstance(self._module.field(path[0]).type, CompositeType)
        return len(path) == 1 or is_part or self._module.find(".".join(path)) is not None

    def _is_settled(self, name: str) -> bool:
        """Whether a save would find the same value: nothing that it fills in or computes comes in between."""
        described = self._module.find(name)
        if described is None or name in self._sent:
            return described is not None
        if described.computed or described.system:
            return not self._created and not self._touched
        return not (self._created and (described.field.default is not None or described.field.default_expression))

    def _holds(self, compiled: CompiledExpression) -> bool:
        return holds(compiled, self._names, self._context)

    def _all(self) -> list[CompiledExpression]:
        return [compiled for conditions in self._conditions.values() for compiled in conditions.any]

    def _bind(self, values: Mapping[str, Any], before: Mapping[str, Any], actor: Actor, reach: Reach) -> dict[str, Any]:
        names: dict[str, Any] = {name: self._as_name(name, value) for name, value in values.items()}
        names |= {f"old.{name}": self._as_name(name, value) for name, value in before.items()}
        names |= {
            "user.id": actor.user_id,
            "user.name": actor.name,
            "user.role": actor.roles[0] if actor.roles else None,
            "user.language": actor.language,
        }
        for path in {path for compiled in self._all() for path in compiled.paths if len(path) > 1}:
            if path[0] == "old" and len(path) > 2:
                names[".".join(path)] = self._look(path[1:], before, reach)
            elif path[0] not in ("user", "old"):
                names[".".join(path)] = self._look(path, values, reach)
        return names

    def _as_name(self, name: str, value: Any) -> Any:
        """The value as expressions know it."""
        if isinstance(value, Mapping):
            described = self._module.find(name)
            return described.type.line(value) if described and isinstance(described.type, CompositeType) else value
        return value.id if isinstance(value, RecordRef) else value

    def _look(self, path: tuple[str, ...], values: Mapping[str, Any], reach: Reach) -> Any:
        if ".".join(path) in values:
            return values[".".join(path)]
        value, rest = values.get(path[0]), ".".join(path[1:])
        if isinstance(value, Mapping):
            return value.get(rest)
        described = self._module.find(path[0])
        if described is None or not isinstance(value, int) or len(described.field.to) != 1:
            return None
        return reach(described.field.to[0], value, rest)


def varies_by_type(module: DescribedModule) -> bool:
    """Whether records of different types have different forms."""
    return any(variant.record_type for variant in module.model.layouts[module.name].variants.values())


def offerings(published: PublishedModel, module: str) -> Mapping[str, Offering]:
    """What the picklist fields of a module offer, by field; compiled once per model."""
    key = ("web.offerings", module)
    found = published.cache.get(key)
    if found is None:
        found = published.cache[key] = offerings_of(published.model, module)
    result: Mapping[str, Offering] = found
    return result


def _conditions(published: PublishedModel, module: DescribedModule) -> Mapping[str, _Conditions]:
    """Field → its conditions, for the fields that have any; compiled once per model."""
    key = ("web.conditions", module.name, module.variant)
    found = published.cache.get(key)
    if found is None:
        found = published.cache[key] = _compile(published, module)
    result: Mapping[str, _Conditions] = found
    return result


def _compile(published: PublishedModel, module: DescribedModule) -> dict[str, _Conditions]:
    model = published.model
    scope = ModuleScope(model.modules, module.name, model.picklists, model.field_types, old=True)

    def compiled(source: str) -> CompiledExpression | None:
        return compile_expression(source, scope, expected="boolean") if source else None

    offered = offerings(published, module.name)
    blocks = {name: block.visible_when for block in module.layout.blocks.values() for name in block.fields}
    result = {}
    for name, field in module.module.fields.items():
        visible = [compiled(source) for source in (blocks.get(name, ""), field.visible_when) if source]
        conditions = _Conditions(
            visible=tuple(found for found in visible if found is not None),
            required=compiled(field.required_when),
            read_only=compiled(field.read_only_when),
            offered=tuple(offered[name].when.values()) if name in offered else (),
        )
        if conditions.any:
            result[name] = conditions
    return result

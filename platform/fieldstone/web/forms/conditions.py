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
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.records.contexts import app_context
from fieldstone.storage.published import PublishedModel
from fieldstone.web.described import DescribedModule

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

    @property
    def any(self) -> tuple[CompiledExpression, ...]:
        return (*self.visible, *(found for found in (self.required, self.read_only) if found is not None))


class FieldStates:
    """The state of every field of a module. `values` are the parsed values the form holds."""

    def __init__(
        self,
        published: PublishedModel,
        module: DescribedModule,
        actor: Actor,
        values: Mapping[str, Any],
        *,
        created: bool,
        reach: Reach,
    ) -> None:
        self._module = module
        self._conditions = _conditions(published, module)
        self._created = created
        self._context = app_context(published.model.app, now=datetime.now(UTC), roles=actor.roles)
        self._names = self._bind(values, actor, reach)
        kinds = module.module.record_types.values()
        limited = frozenset(name for kind in kinds for name in kind.picklists)
        sources = {name: field.depends_on for name, field in module.module.fields.items() if field.depends_on}
        changing = (*self._conditions, *limited, *sources)
        self.dependent = frozenset(name for name in changing if module.find(name) is not None)
        """The fields that others may change: by a condition, or by what a record type or another field offers."""
        read = frozenset(path[0] for compiled in self._all() for path in compiled.paths) | set(sources.values())
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

    def _holds(self, compiled: CompiledExpression) -> bool:
        return holds(compiled, self._names, self._context)

    def _all(self) -> list[CompiledExpression]:
        return [compiled for conditions in self._conditions.values() for compiled in conditions.any]

    def _bind(self, values: Mapping[str, Any], actor: Actor, reach: Reach) -> dict[str, Any]:
        names: dict[str, Any] = {
            name: value.id if isinstance(value, RecordRef) else value for name, value in values.items()
        }
        names |= {
            "user.id": actor.user_id,
            "user.name": actor.name,
            "user.role": actor.roles[0] if actor.roles else None,
            "user.language": actor.language,
        }
        for path in {path for compiled in self._all() for path in compiled.paths if len(path) > 1}:
            if path[0] != "user":
                names[".".join(path)] = self._look(path, values, reach)
        return names

    def _look(self, path: tuple[str, ...], values: Mapping[str, Any], reach: Reach) -> Any:
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
    scope = ModuleScope(model.modules, module.name, model.picklists, model.field_types)

    def compiled(source: str) -> CompiledExpression | None:
        return compile_expression(source, scope, expected="boolean") if source else None

    blocks = {name: block.visible_when for block in module.layout.blocks.values() for name in block.fields}
    result = {}
    for name, field in module.module.fields.items():
        visible = [compiled(source) for source in (blocks.get(name, ""), field.visible_when) if source]
        conditions = _Conditions(
            visible=tuple(found for found in visible if found is not None),
            required=compiled(field.required_when),
            read_only=compiled(field.read_only_when),
        )
        if conditions.any:
            result[name] = conditions
    return result

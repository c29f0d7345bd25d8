"""An expression tried on a record: what it gives in the model of the draft, and from which values.

The record is read as the person may read it, by its published names; fields that only the draft has are empty, but
for formulas, which are computed. Nothing is saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fieldstone.expressions.compiled import CompiledExpression, compile_expression
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.errors import ExpressionError
from fieldstone.expressions.evaluate import evaluate
from fieldstone.fields.composite import CompositeType
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.values import RecordRef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.scopes import ModuleScope
from fieldstone.metadata.system_fields import find_any_field
from fieldstone.records.contexts import site_context, team_principals, user_context, user_values
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.web.current import current_actor, current_model, current_records, current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.setup.expressions.field_words import field_words
from fieldstone.web.setup.expressions.places import Place
from fieldstone.web.setup.expressions.result_words import result_words
from fieldstone.web.show import Shower

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Used:
    """A value that the expression read. `note` says why there is none."""

    name: str
    label: str
    shown: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`holds` is None for what is no condition; then `result` is the value in words."""

    holds: bool | None
    result: str
    used: Sequence[Used]


@dataclass(frozen=True, kw_only=True)
class _Source:
    """Where a value comes from: the published path, or for a formula of the draft what it computes (`compiled`, whose
    names lie below `prefix`). Neither: the field is not published yet."""

    field: FieldDef
    module: str
    label: str
    part: str = ""
    read: str = ""
    compiled: CompiledExpression | None = None
    prefix: Path = ()


def published_module(model: AppModel, name: str) -> str:
    """What the published model calls a module of the draft, "" when it has none."""
    identity = model.modules[name].identity
    found = current_model().modules
    return next((module.name for module in found.values() if module.identity == identity), "")


def try_expression(place: Place, compiled: CompiledExpression, record_id: int) -> Trial:
    """Raises NotFoundError record.E010, ForbiddenError for fields that the person may not read."""
    return _Reader(place).run(compiled, record_id)


class _Reader:
    def __init__(self, place: Place) -> None:
        self._place = place
        self._model = place.model
        self._sources: dict[Path, _Source | None] = {}
        self._values: Mapping[str, Any] = {}
        self._labels: Labels = {}
        self._user: dict[str, Any] = {}
        self._context: EvaluationContext

    def run(self, compiled: CompiledExpression, record_id: int) -> Trial:
        actor, model = current_actor(), self._model
        now = datetime.now(UTC)
        with current_site().models.read() as (conn, _published):
            self._user = {f"user.{name}": value for name, value in user_values(conn, actor).items()}
            team = team_principals(conn, actor)
        everybody = self._place.kind.stored
        self._context = site_context(model, now) if everybody else user_context(model, actor, now, team)
        for path in compiled.paths:
            self._find(path)
        module = published_module(model, self._place.module)
        reads = sorted({source.read for source in self._sources.values() if source is not None and source.read})
        record = current_records().get(actor, module, record_id, fields=reads or ["id"])
        self._values = record.values
        self._labels = {**record.labels, **find_labels(self._references())}
        result = evaluate(compiled, self._names(compiled, ()), self._context)
        shower = Shower(model, actor, self._labels)
        return Trial(
            holds=bool(result) if compiled.type.kind == "boolean" else None,
            result=result_words(compiled.type, result, shower),
            used=[self._used(path, shower) for path in sorted(compiled.paths) if path[0] != "old"],
        )

    def _find(self, path: Path) -> None:
        own = path[1:] if path[0] == "old" and self._place.kind.old else path
        if own in self._sources:
            return
        self._sources[own] = None
        source = self._source(own)
        self._sources[own] = source
        if source is not None and source.compiled is not None:
            for inner in source.compiled.paths:
                self._find((*source.prefix, *inner))

    def _source(self, path: Path) -> _Source | None:
        """None for what is no field: the user, an attribute of a link."""
        module, words, read = self._place.module, [], []
        there = published_module(self._model, module)
        for number, name in enumerate(path):
            field = find_any_field(self._model.modules[module], name)
            if field is None:
                return None
            words.append(field_words(self._model, module, field))
            published = _published_field(there, field)
            read.append(published.name if published else "")
            rest = path[number + 1 :]
            leads = field.to[0] if field.type == "lookup" and len(field.to) == 1 and rest else ""
            if leads in self._model.modules:
                there = published_module(self._model, leads)
                module = leads
                continue
            label = " › ".join((*words, *(part.replace("_", " ") for part in rest)))
            found = _Source(field=field, module=module, label=label, part=rest[0] if rest else "")
            return self._filled(found, path[:number], published, [*read, *rest])
        return None

    def _filled(self, found: _Source, prefix: Path, published: FieldDef | None, read: list[str]) -> _Source:
        field = found.field
        same = published is not None and all(read) and self._fits(field, published)
        if field.type == "formula" and (published is None or published.expression != field.expression or not same):
            scope = ModuleScope(self._model.modules, found.module, self._model.picklists, self._model.field_types)
            try:
                compiled = compile_expression(field.expression, scope)
            except ExpressionError:
                return found
            return _Source(field=field, module=found.module, label=found.label, compiled=compiled, prefix=prefix)
        if not same:
            return found
        return _Source(field=field, module=found.module, label=found.label, part=found.part, read=".".join(read))

    def _fits(self, field: FieldDef, published: FieldDef) -> bool:
        """Whether what the published field holds is what the draft's would."""
        now = current_model().type_of(published).value_type(published, current_model().picklists)
        return now.kind == self._model.type_of(field).value_type(field, self._model.picklists).kind

    def _names(self, compiled: CompiledExpression, prefix: Path) -> dict[str, Any]:
        return {".".join(path): self._value((*prefix, *path)) for path in compiled.paths}

    def _value(self, path: Path) -> Any:
        """As expressions know it: an id for a reference, a line for a whole."""
        own = path[1:] if path[0] == "old" and self._place.kind.old else path
        source = self._sources.get(own)
        if source is None:
            return self._user.get(".".join(own))
        if source.compiled is not None:
            return evaluate(source.compiled, self._names(source.compiled, source.prefix), self._context)
        value = self._values.get(source.read)
        field_type = self._model.type_of(source.field)
        if isinstance(field_type, CompositeType) and not source.part and value is not None:
            return field_type.line(value)
        return value.id if isinstance(value, RecordRef) else value

    def _used(self, path: Path, shower: Shower) -> Used:
        name, source = ".".join(path), self._sources.get(path)
        if source is None:
            label = gettext("of the link") if path[0] == "link" else gettext("you")
            return Used(name=name, label=label, shown=_plain(self._value(path)))
        note = ""
        if source.compiled is not None:
            shown = result_words(source.compiled.type, self._value(path), shower)
        elif source.part:
            shown = _plain(self._value(path))
        else:
            field_type = self._model.type_of(source.field)
            value = self._values.get(source.read)
            shown = "" if value is None else field_type.show(source.field, value, shower.context)
            note = "" if source.read else gettext("not published yet, so empty")
        return Used(name=name, label=source.label, shown=shown, note=note)

    def _references(self) -> list[tuple[str, int]]:
        found = []
        for source in self._sources.values():
            value = self._values.get(source.read) if source is not None else None
            if isinstance(value, RecordRef):
                found.append((value.module, value.id))
            elif source is not None and isinstance(value, int) and source.field.type in ("lookup", "user", "owner"):
                found.append((source.field.to[0] if source.field.type == "lookup" else PRINCIPAL, value))
        return [(target, id) for target, id in found if target == PRINCIPAL or target in current_model().modules]


def _published_field(module: str, field: FieldDef) -> FieldDef | None:
    """The same field in the published model, whatever it is called there."""
    known = current_model().modules.get(module)
    if known is None:
        return None
    found = next((each for each in known.fields.values() if each.identity == field.identity), None)
    return found or (find_any_field(known, field.name) if field.identity == field.name else None)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)

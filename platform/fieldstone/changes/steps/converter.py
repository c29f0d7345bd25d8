"""Values of a field on their way to another definition of it, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import FieldValueError
from fieldstone.fields.conversion import Conversion
from fieldstone.fields.conversion_context import ConversionContext
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.model import AppModel
from fieldstone.records.imports.resolve import Resolver
from fieldstone.records.labels import collect_labels
from fieldstone.records.query_types import PRINCIPAL, Labels
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.storage.principals import principal
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A value in its new form, or why there is none."""

    value: Any = None
    error: FieldValueError | None = None


class Converter:
    """`published` is the model in which `source` is a field; `model` the one in which `target` is."""

    def __init__(
        self,
        conn: sa.Connection,
        published: PublishedModel,
        source: FieldProgram,
        model: AppModel,
        target: FieldDef,
        way: Conversion,
        encrypt: Callable[[str], str] | None = None,
    ) -> None:
        self._conn = conn
        self._published = published
        self._source = source
        self._model = model
        self._target = target
        self._way = way
        self._encrypt = encrypt
        self._resolver = Resolver(SYSTEM)
        self._users: frozenset[int] | None = None

    def convert(self, values: Sequence[Any]) -> list[Converted]:
        """Each value in its new form; an empty one stays empty."""
        context = self._context(values)
        return [Converted() if value is None else self._one(value, context) for value in values]

    def show(self, value: Any) -> str:
        """A value as it was, for people."""
        if value is None:
            return ""
        return self._source.stored.export(self._source.field, value, self._context([value]).wording)

    def _one(self, value: Any, context: ConversionContext) -> Converted:
        try:
            return Converted(value=self._way.convert(value, context))
        except FieldValueError as error:
            return Converted(error=error)

    def _context(self, values: Sequence[Any]) -> ConversionContext:
        app = self._model.app
        labels = self._labels(values)
        return ConversionContext(
            language=app.language,
            zone=app.zone,
            currency=app.currency,
            old_picklists=self._published.model.picklists,
            new_picklists=self._model.picklists,
            label_of=lambda target, record_id: labels.get((target, record_id), ""),
            resolve=self._resolve,
            is_user=lambda record_id: record_id in self._all_users(),
            encrypt=self._encrypt,
        )

    def _labels(self, values: Sequence[Any]) -> Labels:
        if self._source.value_type.kind != "reference":
            return {}
        wanted: dict[str, set[int]] = {}
        for value in values:
            if isinstance(value, RecordRef):
                wanted.setdefault(value.module, set()).add(value.id)
            elif isinstance(value, int):
                targets = self._source.field.to
                wanted.setdefault(targets[0] if targets else PRINCIPAL, set()).add(value)
        return collect_labels(self._conn, self._published, SYSTEM, wanted)

    def _resolve(self, target: str, text: str) -> int | None:
        """By the names of the model in which the records are kept now."""
        if target != PRINCIPAL:
            module = self._model.modules.get(target)
            known = {item.identity: name for name, item in self._published.model.modules.items()}
            found = known.get(module.identity) if module else None
            if found is None:
                return None
            target = found
        return self._resolver.learn(self._conn, self._published, target, [text])[text].id

    def _all_users(self) -> frozenset[int]:
        if self._users is None:
            query = sa.select(principal.c.id).where(principal.c.kind == "user")
            self._users = frozenset(self._conn.scalars(query))
        return self._users

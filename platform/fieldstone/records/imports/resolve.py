"""From the names a file holds to the ids of records, users and teams; set-based, never inventing one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.folding import fold
from fieldstone.records.access import can_read_field, row_condition
from fieldstone.storage.principals import principal, user
from fieldstone.storage.published import PublishedModel

PRINCIPAL = "principal"
_BATCH = 400


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a text names: `ids` holds none, exactly one, or several candidates."""

    ids: tuple[int, ...]

    @property
    def id(self) -> int | None:
        return self.ids[0] if len(self.ids) == 1 else None


NO_MATCH = Match(ids=())


class Resolver:
    """Finds records by name, number or unique field as the actor sees them; remembers what it found."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._found: dict[tuple[str, str], Match] = {}

    def learn(
        self, conn: sa.Connection, published: PublishedModel, target: str, texts: Iterable[str]
    ) -> dict[str, Match]:
        """Each text with what it names in `target` (a module or "principal"). A miss is asked again next time."""
        wanted = {text: fold(text.strip()) for text in texts}
        missing = {folded for folded in wanted.values() if (target, folded) not in self._found}
        if missing:
            find = self._principals if target == PRINCIPAL else self._records
            for folded, match in find(conn, published, target, missing).items():
                self._found[target, folded] = match
        return {text: self._found.get((target, folded), NO_MATCH) for text, folded in wanted.items()}

    def _principals(
        self, conn: sa.Connection, published: PublishedModel, target: str, missing: set[str]
    ) -> dict[str, Match]:
        rows = conn.execute(
            sa.select(principal.c.id, principal.c.label, user.c.username, user.c.email)
            .select_from(principal.outerjoin(user, user.c.id == principal.c.id))
            .where(principal.c.active)
        )
        ids: dict[str, set[int]] = {}
        for principal_id, *names in rows:
            for name in filter(None, names):
                ids.setdefault(fold(name), set()).add(principal_id)
        return {key: Match(ids=tuple(sorted(ids[key]))) for key in missing if key in ids}

    def _records(
        self, conn: sa.Connection, published: PublishedModel, target: str, missing: set[str]
    ) -> dict[str, Match]:
        """By record number, then unique fields, then name: the first kind of name that fits decides."""
        module = published.model.modules[target]
        table = published.tables.module(target)
        columns: list[tuple[sa.Column[Any], Callable[[str], str]]] = []
        if module.number is not None:
            columns.append((table.table.c.record_number, str.upper))
        for field in module.fields.values():
            own = table.columns_of(field)
            if not field.unique or field.name == module.name_field or "__key" not in own:
                continue
            # What a record holds in a hidden field cannot be asked by naming it so.
            if can_read_field(published, self._actor, target, field.name):
                columns.append((own["__key"], str))
        own = table.columns_of(module.fields[module.name_field])
        columns.append((own.get("__key", own[""]), str))
        scope = row_condition(published, self._actor, target, table.table)
        found: dict[str, Match] = {}
        for column, form in columns:
            left = sorted(missing - found.keys())
            ids: dict[str, list[int]] = {}
            for batch in _batches(left):
                query = sa.select(table.table.c.id, column).where(
                    column.in_([form(text) for text in batch]), table.table.c.deleted_at.is_(None)
                )
                if scope is not None:
                    query = query.where(scope)
                for record_id, text in conn.execute(query):
                    ids.setdefault(fold(text), []).append(record_id)
            found.update({text: Match(ids=tuple(each)) for text, each in ids.items()})
        return found


def _batches(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]

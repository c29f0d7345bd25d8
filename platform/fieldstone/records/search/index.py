"""Keeping the search index in step with records, many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.search.tables import search_entry
from fieldstone.records.search.tokens import index_tokens
from fieldstone.storage.columns import Text
from fieldstone.storage.published import PublishedModel

NEVER = frozenset({"secret"})
"""Field types that are found by no word, whatever the field says."""


class Indexed(Protocol):
    """A record to index: its public names → values, the owner among them."""

    @property
    def id(self) -> int: ...

    @property
    def values(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class _Program:
    identity: str
    """`fields`: name, definition, and the type when it has its own way to word a value (None: `str`)."""

    fields: tuple[tuple[str, FieldDef, FieldType | None], ...]


def module_token(identity: str) -> str:
    """Stands for a module among the tokens; no word of a text has the sign in it."""
    return f"§{identity}"


def owner_token(principal: int) -> str:
    return f"¤{principal}"


def search_fields(published: PublishedModel, module: str) -> frozenset[str]:
    """The fields whose change calls for `index_rows`; empty when the module is not searched."""
    program = _program(published, module)
    return frozenset() if program is None else frozenset(("owner", *(name for name, _, _ in program.fields)))


def index_rows(conn: sa.Connection, published: PublishedModel, module: str, rows: Iterable[Indexed]) -> None:
    """Put records of a module into the index or bring their entries up to date, in one statement.

    To be called for new and restored records, and when one of `search_fields` has changed.
    """
    program = _program(published, module)
    if program is None:
        return
    mark = module_token(program.identity)
    entries = [(row.id, f"{mark} {' '.join(_tokens(program, row.values))}".rstrip()) for row in rows]
    if not entries:
        return
    if published.tables.dialect == "postgresql":
        columns = {"ids": [id for id, _ in entries], "tokens": [tokens for _, tokens in entries]}
        conn.execute(_POSTGRESQL_UPSERT, {"module": program.identity, **columns})
    else:
        conn.exec_driver_sql(_SQLITE_UPSERT, [(program.identity, id, tokens) for id, tokens in entries])


def remove_rows(conn: sa.Connection, published: PublishedModel, module: str, ids: Collection[int]) -> None:
    """Take records of a module out of the index."""
    identity = published.model.modules[module].identity
    dialect = published.tables.dialect
    if ids:
        conn.execute(_DELETE[dialect], {"module": identity, "ids": bind_ids(ids, dialect)})


def _tokens(program: _Program, values: Mapping[str, Any]) -> list[str]:
    texts = []
    for name, field, field_type in program.fields:
        value = values.get(name)
        if value is not None:
            texts.append(str(value) if field_type is None else field_type.search_text(field, value))
    tokens = index_tokens(texts)
    owner = values.get("owner")
    return tokens if owner is None else [owner_token(owner), *tokens]


def _program(published: PublishedModel, module: str) -> _Program | None:
    known: dict[str, _Program | None] = published.cache.setdefault("search.programs", {})
    if module not in known:
        definition = published.model.modules[module]
        known[module] = _build_program(published, definition) if definition.searchable else None
    return known[module]


def _build_program(published: PublishedModel, module: ModuleDef) -> _Program:
    fields = [module.fields[module.name_field]]
    if module.number is not None:
        fields.append(SYSTEM_FIELD_DEFS["record_number"])
    for field in module.fields.values():
        wanted = published.model.type_of(field).searchable if field.searchable is None else field.searchable
        if wanted and field.name != module.name_field:
            fields.append(field)
    typed = ((field, published.model.type_of(field)) for field in fields if field.type not in NEVER)
    return _Program(
        module.identity,
        tuple(
            (field.name, field, None if type(kind).search_text is FieldType.search_text else kind)
            for field, kind in typed
        ),
    )


_SQLITE_UPSERT = (
    "INSERT INTO fs_search (module, record_id, tokens) VALUES (?, ?, ?) "
    "ON CONFLICT (module, record_id) DO UPDATE SET tokens = excluded.tokens WHERE tokens <> excluded.tokens"
)


def _build_postgresql_upsert() -> postgresql.Insert:
    ids = sa.func.unnest(sa.bindparam("ids", type_=postgresql.ARRAY(sa.BigInteger)))
    tokens = sa.func.unnest(sa.bindparam("tokens", type_=postgresql.ARRAY(sa.Text)))
    entries = sa.select(sa.bindparam("module", type_=Text), ids, tokens)
    added = postgresql.insert(search_entry).from_select(["module", "record_id", "tokens"], entries)
    return added.on_conflict_do_update(
        index_elements=["module", "record_id"],
        set_={"tokens": added.excluded.tokens},
        where=search_entry.c.tokens != added.excluded.tokens,
    )


def _build_delete(dialect: str) -> sa.Delete:
    entry = search_entry.c
    ours = entry.module == sa.bindparam("module", type_=Text)
    return sa.delete(search_entry).where(ours, in_ids(entry.record_id, "ids", dialect))


_POSTGRESQL_UPSERT = _build_postgresql_upsert()
_DELETE = {dialect: _build_delete(dialect) for dialect in ("sqlite", "postgresql")}

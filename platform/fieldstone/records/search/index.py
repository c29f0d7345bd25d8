"""Keeping the search index in step with records, many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fieldstone.fields.base import FieldType
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.system_fields import SYSTEM_FIELD_DEFS
from fieldstone.records.id_lists import bind_ids, in_ids
from fieldstone.records.search.parts import OPEN, WHOLE, Parts, parts_of
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
    """`fields`: name, definition, and the type when it has its own way to word a value (None: `str`)."""

    parts: Parts
    fields: tuple[tuple[str, FieldDef, FieldType | None], ...]


def owner_token(principal: int) -> str:
    return f"¤{principal}"


def search_fields(published: PublishedModel, module: str) -> frozenset[str]:
    """The fields whose change calls for `index_rows`; empty when the module is not searched."""
    program = _program(published, module)
    return frozenset() if program is None else frozenset(("owner", *(name for name, _, _ in program.fields)))


def search_parts(published: PublishedModel, module: str) -> Parts:
    """Those of a module that is searched."""
    program = _program(published, module)
    assert program is not None, module
    return program.parts


def index_rows(conn: sa.Connection, published: PublishedModel, module: str, rows: Iterable[Indexed]) -> None:
    """Put records of a module into the index or bring their entries up to date, in one statement.

    To be called for new and restored records, and when one of `search_fields` has changed.
    """
    program = _program(published, module)
    if program is None:
        return
    identity = program.parts.identity
    entries = [(row.id, part, tokens) for row in rows for part, tokens in _entries(program, row.values)]
    if not entries:
        return
    if published.tables.dialect == "postgresql":
        ids, parts, tokens = (list(each) for each in zip(*entries, strict=True))
        conn.execute(_POSTGRESQL_UPSERT, {"module": identity, "ids": ids, "parts": parts, "tokens": tokens})
    else:
        conn.exec_driver_sql(_SQLITE_UPSERT, [(identity, *entry) for entry in entries])


def remove_rows(conn: sa.Connection, published: PublishedModel, module: str, ids: Collection[int]) -> None:
    """Take records of a module out of the index."""
    identity = published.model.modules[module].identity
    dialect = published.tables.dialect
    if ids:
        conn.execute(_DELETE[dialect], {"module": identity, "ids": bind_ids(ids, dialect)})


def remove_former_parts(conn: sa.Connection, published: PublishedModel, module: str, ids: Collection[int]) -> None:
    """Take out the entries of fields that are no longer hidden from anybody."""
    program = _program(published, module)
    if program is None or not ids:
        return
    dialect, restricted = published.tables.dialect, program.parts.restricted.values()
    parts = [WHOLE, *((OPEN, *restricted) if restricted else ())]
    former = _DELETE[dialect].where(search_entry.c.part.not_in(parts))
    conn.execute(former, {"module": program.parts.identity, "ids": bind_ids(ids, dialect)})


def _entries(program: _Program, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Part → tokens."""
    texts: dict[str, str] = {}
    for name, field, field_type in program.fields:
        value = values.get(name)
        if value is not None:
            texts[name] = str(value) if field_type is None else field_type.search_text(field, value)
    owner = values.get("owner")
    yield WHOLE, _line(program.parts.token(WHOLE), owner, texts.values())
    restricted = program.parts.restricted
    if not restricted:
        return
    everybody = [text for name, text in texts.items() if name not in restricted]
    yield OPEN, _line(program.parts.token(OPEN), owner, everybody)
    for name, identity in restricted.items():
        more = [texts[name]] if name in texts else []
        yield identity, _line(program.parts.token(identity), owner, [*more, *everybody])


def _line(part: str, owner: int | None, texts: Iterable[str]) -> str:
    found = index_tokens(texts)
    return " ".join([part, *found] if owner is None else [part, owner_token(owner), *found])


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
        parts_of(published, module, frozenset(field.name for field in fields)),
        tuple(
            (field.name, field, None if type(kind).search_text is FieldType.search_text else kind)
            for field, kind in typed
        ),
    )


_SQLITE_UPSERT = (
    "INSERT INTO fs_search (module, record_id, part, tokens) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (module, record_id, part) DO UPDATE SET tokens = excluded.tokens WHERE tokens <> excluded.tokens"
)


def _build_postgresql_upsert() -> postgresql.Insert:
    ids = sa.func.unnest(sa.bindparam("ids", type_=postgresql.ARRAY(sa.BigInteger)))
    tokens = sa.func.unnest(sa.bindparam("tokens", type_=postgresql.ARRAY(sa.Text)))
    parts = sa.func.unnest(sa.bindparam("parts", type_=postgresql.ARRAY(sa.Text)))
    entries = sa.select(sa.bindparam("module", type_=Text), ids, parts, tokens)
    added = postgresql.insert(search_entry).from_select(["module", "record_id", "part", "tokens"], entries)
    return added.on_conflict_do_update(
        index_elements=["module", "record_id", "part"],
        set_={"tokens": added.excluded.tokens},
        where=search_entry.c.tokens != added.excluded.tokens,
    )


def _build_delete(dialect: str) -> sa.Delete:
    entry = search_entry.c
    ours = entry.module == sa.bindparam("module", type_=Text)
    return sa.delete(search_entry).where(ours, in_ids(entry.record_id, "ids", dialect))


_POSTGRESQL_UPSERT = _build_postgresql_upsert()
_DELETE = {dialect: _build_delete(dialect) for dialect in ("sqlite", "postgresql")}

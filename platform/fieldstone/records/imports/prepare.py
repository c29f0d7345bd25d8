"""From rows of a file to changes: values mapped, names resolved, records already there recognised."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.folding import fold
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records.changes import RecordChange
from fieldstone.records.imports import problems as found
from fieldstone.records.imports.csv_file import CsvRow
from fieldstone.records.imports.mapping import importable_fields
from fieldstone.records.imports.options import ImportOptions
from fieldstone.records.imports.problems import RowProblem, row_problem
from fieldstone.records.imports.resolve import PRINCIPAL, Match, Resolver
from fieldstone.records.imports.twins import find_twins, match_fields
from fieldstone.records.imports.values import ValueReader
from fieldstone.records.query import get_records
from fieldstone.records.save.environment import utc_now
from fieldstone.storage.published import PublishedModel


@dataclass(frozen=True, kw_only=True)
class LateLink:
    """A lookup to its own module whose record stands later in the file."""

    row: int
    field: str
    value: str


@dataclass(kw_only=True)
class Prepared:
    """What a chunk of rows becomes. `rows` are the row numbers of `changes`, `texts` what the file says
    there; `skipped` are those that are there already. `cut`: the first row that was left for the next
    chunk, because its key stands earlier in this one."""

    changes: list[RecordChange] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    texts: list[Mapping[str, str]] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    failed: set[int] = field(default_factory=set)
    late: list[LateLink] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    cut: int | None = None

    def refuse(self, problem: RowProblem) -> None:
        self.problems.append(problem)
        self.failed.add(problem.row)

    def part(self, after: int, last: int) -> Prepared:
        """What becomes of the rows above `after` up to `last`."""

        def within(row: int) -> bool:
            return after < row <= last

        start, end = bisect_right(self.rows, after), bisect_right(self.rows, last)
        return Prepared(
            changes=self.changes[start:end],
            rows=self.rows[start:end],
            texts=self.texts[start:end],
            problems=[each for each in self.problems if within(each.row)],
            failed=set(filter(within, self.failed)),
            late=[each for each in self.late if within(each.row)],
            skipped=list(filter(within, self.skipped)),
        )


class Preparer:
    """Prepares chunk after chunk of one import. `own_names`: folded names that stand in the file, for
    lookups to its own module (None when no such lookup is mapped)."""

    def __init__(
        self,
        *,
        actor: Actor,
        published: PublishedModel,
        module: ModuleDef,
        header: Sequence[str],
        columns: Mapping[str, str],
        options: ImportOptions,
        own_names: frozenset[str] | None,
    ) -> None:
        self.published, self.module, self.options = published, module, options
        self._width = len(header)
        self._places = [(header.index(column), name) for column, name in columns.items()]
        self._fields = {name: importable_fields(published.model, module)[name] for _, name in self._places}
        self._values = {
            name: {key.strip(): text for key, text in pairs.items()} for name, pairs in options.values.items()
        }
        self._lookups = {name: targets for name, each in self._fields.items() if (targets := _targets(published, each))}
        self._own_names = own_names
        self._actor = actor
        self.seen: set[int] = set()
        self._resolver = Resolver(actor)
        self._match = match_fields(module, options, self._fields)
        self.parse = ParseContext(
            language=actor.language,
            zone=options.zone,
            date_order=options.date_order,
            picklists=published.model.picklists,
        )
        self._reader = ValueReader(published.model, published.version, self._fields, self.parse)

    def prepare(self, conn: sa.Connection, rows: Iterable[CsvRow]) -> Prepared:
        """The changes of a chunk. Asks the database once per lookup target and once for twins."""
        prepared = Prepared()
        texts = {row.number: text for row in rows if (text := self._texts(row, prepared)) is not None}
        values = self._resolve(conn, texts, prepared)
        keys = _cut_at_repetition(self._keys(values, texts, prepared), prepared)
        self._warn_of_repetition(keys, prepared)
        twins = find_twins(conn, self.published, self.module, self._match, keys, prepared)
        held = self._held(conn, twins)
        for number, row in values.items():
            if number not in prepared.failed and (prepared.cut is None or number < prepared.cut):
                self._add_change(number, row, texts[number], twins.get(number), held, prepared)
        return prepared

    def recall(self, conn: sa.Connection, rows: Iterable[CsvRow]) -> None:
        """Note the keys of rows that an earlier run has done, so that a repetition is known as one."""
        prepared = Prepared()
        texts = {row.number: text for row in rows if (text := self._texts(row, prepared)) is not None}
        values = self._resolve(conn, texts, prepared)
        self.seen.update(map(hash, self._keys(values, texts, prepared).values()))

    def _texts(self, row: CsvRow, prepared: Prepared) -> dict[str, str] | None:
        cells = row.cells
        if len(cells) != self._width:
            extra = [cell for cell in cells[self._width :] if cell.strip()]
            if len(cells) < self._width or extra:
                prepared.refuse(row_problem(row.number, "", "", found.RAGGED, cells=len(cells), columns=self._width))
                return None
        trimmed = [cell.strip() for cell in cells]
        texts = {name: text if (text := trimmed[place])[:1] != "'" else _plain(text) for place, name in self._places}
        for name, mapped in self._values.items():
            if name in texts:
                texts[name] = mapped.get(texts[name], texts[name])
        return texts

    def _resolve(
        self, conn: sa.Connection, texts: Mapping[int, Mapping[str, str]], prepared: Prepared
    ) -> dict[int, dict[str, Any]]:
        values: dict[int, dict[str, Any]] = {number: dict(row) for number, row in texts.items()}
        for name, targets in self._lookups.items():
            wanted = {row[name] for row in texts.values() if row[name]}
            known = {
                target: self._resolver.learn(conn, self.published, target, _for_target(wanted, target, targets))
                for target in targets
            }
            for number, row in texts.items():
                if row[name]:
                    values[number][name] = self._named(number, name, row[name], known, prepared)
        return values

    def _named(
        self, number: int, name: str, text: str, known: Mapping[str, Mapping[str, Match]], prepared: Prepared
    ) -> Any:
        several = len(known) > 1
        hits = []
        for target, matches in known.items():
            match = matches.get(_without_target(text, target) if several else text)
            if match is not None and match.ids:
                hits.append((target, match))
        if len(hits) == 1 and (only := hits[0][1].id) is not None:
            return RecordRef(hits[0][0], only) if several else only
        label = self._target_label(next(iter(known)))
        if hits:
            count = sum(len(match.ids) for _, match in hits)
            prepared.refuse(row_problem(number, name, text, found.AMBIGUOUS, target=label, value=text, count=count))
        elif self._own_names is not None and self.module.name in known and fold(text) in self._own_names:
            prepared.late.append(LateLink(row=number, field=name, value=text))
        else:
            prepared.refuse(row_problem(number, name, text, found.UNRESOLVED, target=label, value=text))
        return None

    def _target_label(self, target: str) -> str:
        return "user" if target == PRINCIPAL else self.published.model.modules[target].label.lower()

    def _keys(
        self, values: Mapping[int, Mapping[str, Any]], texts: Mapping[int, Mapping[str, str]], prepared: Prepared
    ) -> dict[int, tuple[Any, ...]]:
        """Row → the values that recognise it; a row whose key is empty or unreadable is left out."""
        keys: dict[int, tuple[Any, ...]] = {}
        for number, row in values.items():
            if number in prepared.failed or not self._match:
                continue
            key = tuple(self._key_part(each, row[each.name]) for each in self._match)
            if None not in key:
                keys[number] = key
            elif self.options.key and not texts[number][self.options.key]:
                prepared.refuse(row_problem(number, self.options.key, "", found.EMPTY_KEY, field=self.options.key))
        return keys

    def _key_part(self, field: FieldDef, raw: Any) -> Any:
        if raw is None or raw == "":
            return None
        try:
            value = self._reader.value(field.name, raw)
        except FieldValueError:
            return None  # the save names the problem
        stored = self.published.model.type_of(field).store(field, value)
        return stored.get("__key", stored.get(""))

    def _warn_of_repetition(self, keys: Mapping[int, tuple[Any, ...]], prepared: Prepared) -> None:
        code = found.REPEATED_SKIPPED if self.options.on_duplicate == "skip" else found.REPEATED_KEY
        for number, key in keys.items():
            if hash(key) in self.seen:
                prepared.problems.append(row_problem(number, self._match[0].name, key[0], code, value=key[0]))
        self.seen.update(map(hash, keys.values()))

    def _held(self, conn: sa.Connection, twins: Mapping[int, int]) -> dict[int, Mapping[str, Any]]:
        """What the records hold that are to be merged with, by id."""
        if self.options.on_duplicate != "merge" or not twins:
            return {}
        ids = sorted(set(twins.values()))
        records = get_records(
            conn, self.published, self._actor, self.module.name, ids, tuple(self._fields), now=utc_now()
        )
        return {record.id: record.values for record in records}

    def _add_change(
        self,
        number: int,
        row: Mapping[str, Any],
        texts: Mapping[str, str],
        record_id: int | None,
        held: Mapping[int, Mapping[str, Any]],
        prepared: Prepared,
    ) -> None:
        if record_id is not None and self.options.on_duplicate == "skip":
            prepared.skipped.append(number)
            return
        given = row
        late = prepared.late and {each.field for each in prepared.late if each.row == number}
        if late:
            given = {name: value for name, value in given.items() if name not in late}
        if record_id is None:
            given = {name: value for name, value in given.items() if value is not None and value != ""}
        elif record_id in held:
            empty = {name for name, value in held[record_id].items() if value in (None, ())}
            given = {name: value for name, value in given.items() if name in empty and value not in (None, "")}
        parsed = self._reader.read(given)
        prepared.changes.append(RecordChange(module=self.module.name, id=record_id, values=given, parsed=parsed))
        prepared.rows.append(number)
        prepared.texts.append(texts)


def _cut_at_repetition(keys: dict[int, tuple[Any, ...]], prepared: Prepared) -> dict[int, tuple[Any, ...]]:
    """The keys up to the first that repeats; everything from that row on is left for the next chunk, which
    will find the record that this one makes."""
    seen: set[tuple[Any, ...]] = set()
    for number, key in keys.items():
        if key in seen:
            prepared.cut = number
            prepared.problems = [each for each in prepared.problems if each.row < number]
            prepared.failed = {row for row in prepared.failed if row < number}
            prepared.late = [each for each in prepared.late if each.row < number]
            return {row: each for row, each in keys.items() if row < number}
        seen.add(key)
    return keys


def _targets(published: PublishedModel, field: FieldDef) -> tuple[str, ...]:
    control = published.model.type_of(field).control
    if control in ("user", "owner"):
        return (PRINCIPAL,)
    if control != "lookup":
        return ()
    if field.to == ("*",):
        return tuple(name for name, module in published.model.modules.items() if not module.hidden)
    return field.to


def _for_target(wanted: Iterable[str], target: str, targets: Sequence[str]) -> list[str]:
    return list(wanted) if len(targets) == 1 else [_without_target(text, target) for text in wanted]


def _without_target(text: str, target: str) -> str:
    """`organization: Acme` names a record of that module only; without a module in front any target may fit."""
    head, separator, rest = text.partition(":")
    return rest.strip() if separator and fold(head.strip()) == target else text


def _plain(text: str) -> str:
    """A text without the apostrophe that exports put before formulas."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r\n" else text

"""The names that expressions read, bound to the values of rows being saved. Workflows use it too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.metadata.scopes import OTHER
from fieldstone.records.contexts import user_values
from fieldstone.records.save.field_program import FieldProgram
from fieldstone.records.save.program import ModuleProgram, program_for
from fieldstone.records.save.reach import Hop, fill, plan_hops
from fieldstone.records.stages import SaveRow, SaveWork

Names = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What a set of expressions of one module needs beyond the record's own simple values.

    `converted` are own fields whose value expressions know in another form; `old` and `old_hops` are read from the
    values before, `other` are paths read from the record at the other end of a link; `uses_user` asks for the actor.
    """

    module: str
    converted: tuple[FieldProgram, ...]
    hops: tuple[Hop, ...]
    old: tuple[FieldProgram, ...]
    old_hops: tuple[Hop, ...]
    other: tuple[tuple[str, ...], ...]
    uses_user: bool

    @property
    def is_plain(self) -> bool:
        return not (self.converted or self.hops or self.old or self.old_hops or self.other or self.uses_user)

    def bind(self, work: SaveWork, rows: Sequence[SaveRow]) -> list[Names]:
        """One mapping of flat dotted names for each row; a name without an entry is empty."""
        if self.is_plain:
            return [row.values for row in rows]
        user = user_names(work) if self.uses_user else {}
        result = [{**row.values, **user} for row in rows]
        for field in self.converted:
            for names in result:
                names[field.name] = field.as_name(names[field.name])
        if self.hops:
            items = [(row.values, names) for row, names in zip(rows, result, strict=True)]
            fill(work, self.module, self.hops, items)
        if self.old or self.old_hops:
            self._bind_old(work, rows, result)
        if self.other:
            self._bind_other(work, rows, result)
        return list(result)

    def _bind_old(self, work: SaveWork, rows: Sequence[SaveRow], result: Sequence[dict[str, Any]]) -> None:
        items = [(row.old, names) for row, names in zip(rows, result, strict=True) if row.old is not None]
        for old, names in items:
            for field in self.old:
                names[f"old.{field.name}"] = field.as_name(old[field.name])
        if self.old_hops:
            fill(work, self.module, self.old_hops, items)

    def _bind_other(self, work: SaveWork, rows: Sequence[SaveRow], result: Sequence[dict[str, Any]]) -> None:
        items = [(row.other, names) for row, names in zip(rows, result, strict=True) if row.other is not None]
        if not items:
            return
        module = items[0][0].module  # a relation leads to one module
        fields = program_for(work, module).fields
        for other, names in items:
            for path in self.other:
                if len(path) == 1 and path[0] in fields:
                    names[f"{OTHER}.{path[0]}"] = fields[path[0]].as_name(other.values[path[0]])
        fill(work, module, plan_hops(self.other, (OTHER,)), [(other.values, names) for other, names in items])


def plan_binding(program: ModuleProgram, expressions: Iterable[CompiledExpression]) -> Binding:
    paths = {path for compiled in expressions for path in compiled.paths}
    fields = program.fields
    own = {path for path in paths if path[0] in fields}
    old = {path[1:] for path in paths if path[0] == "old" and path[1] in fields}
    return Binding(
        module=program.module.name,
        converted=tuple(fields[path[0]] for path in sorted(own) if len(path) == 1 and fields[path[0]].converts),
        hops=plan_hops(own),
        old=tuple(fields[path[0]] for path in sorted(old) if len(path) == 1),
        old_hops=plan_hops(old, ("old",)),
        other=tuple(sorted(path[1:] for path in paths if path[0] == OTHER and OTHER not in fields)),
        uses_user=any(path[0] == "user" for path in paths),
    )


def bind(
    work: SaveWork, module: str, rows: Sequence[SaveRow], expressions: Sequence[CompiledExpression]
) -> list[Names]:
    """The names that `expressions` read, for rows of one module; one mapping serves all the expressions.

    How to bind them is worked out once per model."""
    key = ("save.binding", module, *(compiled.source for compiled in expressions))
    binding = work.published.cache.get(key)
    if binding is None:
        binding = work.published.cache[key] = plan_binding(program_for(work, module), expressions)
    names: list[Names] = binding.bind(work, rows)
    return names


def user_names(work: SaveWork) -> dict[str, Any]:
    """`user.…` of the actor, read once in a transaction."""
    names: dict[str, Any] | None = work.reached.get("user")
    if names is None:
        values = user_values(work.connection, work.actor)
        names = work.reached["user"] = {f"user.{name}": value for name, value in values.items()}
    return names

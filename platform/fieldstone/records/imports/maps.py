"""What was decided about the columns of a file, kept by name for the next file that has them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError, NotFoundError
from fieldstone.records.access import require
from fieldstone.records.imports.options import ImportOptions
from fieldstone.records.imports.tables import fs_import_map
from fieldstone.storage.published import ModelSource

NO_MAP = declare("import.E045", "There is no saved map {id}.", "Somebody may have forgotten it; choose another.")
NO_LABEL = declare("import.E046", "A saved map needs a name of at most {limit} characters.", "Shorten it.")
TOO_MANY_MAPS = declare("import.E047", "You have {limit} saved maps here already.", "Forget one that you do not need.")

MAX_LABEL, MAX_MAPS = 80, 100


@dataclass(frozen=True, kw_only=True)
class ImportMap:
    """`columns` are those of the file it was made for. `owned`: it is the actor's own; `mine`: the actor
    may forget it."""

    id: int
    module: str
    label: str
    shared: bool
    owned: bool
    mine: bool
    columns: Sequence[str]
    options: ImportOptions


class ImportMaps:
    """Private ones are their owner's alone; shared ones are for all who may import into the module."""

    def __init__(self, models: ModelSource) -> None:
        self._models = models

    def list(self, actor: Actor, module: str) -> Sequence[ImportMap]:
        """The actor's own first, then the others by name. Raises ForbiddenError without the right to import."""
        require(self._models.current, actor, module, "import")
        columns = fs_import_map.c
        query = sa.select(*columns).where(
            columns.module == module, sa.or_(columns.owner_id == actor.user_id, columns.shared)
        )
        with self._models.database.read() as conn:
            rows = conn.execute(query.order_by(columns.label, columns.id)).mappings().all()
        found = [(row["owner_id"] != actor.user_id, _read(row, actor)) for row in rows]
        return [each for _, each in sorted(found, key=lambda pair: pair[0])]

    def get(self, actor: Actor, module: str, map_id: int) -> ImportMap:
        """Raises NotFoundError import.E045 also for the private map of somebody else."""
        for each in self.list(actor, module):
            if each.id == map_id:
                return each
        raise NotFoundError(NO_MAP, id=map_id)

    def named(self, actor: Actor, module: str, label: str) -> ImportMap:
        """By its name: the actor's own before those of others. Raises NotFoundError import.E045."""
        for each in self.list(actor, module):
            if each.label == " ".join(label.split()):
                return each
        raise NotFoundError(NO_MAP, id=f"“{label[:MAX_LABEL]}”")

    def proposed(self, actor: Actor, module: str, header: Sequence[str]) -> ImportMap | None:
        """The one that was made for the same columns, the actor's own before those of others."""
        wanted = set(header)
        return next((each for each in self.list(actor, module) if set(each.columns) == wanted), None)

    def save(
        self,
        actor: Actor,
        module: str,
        label: str,
        header: Sequence[str],
        options: ImportOptions,
        *,
        shared: bool,
    ) -> ImportMap:
        """Under that name; one of the actor's own that has it is replaced. Raises InvalidInputError import.E046,
        E047, ForbiddenError without the right to import."""
        require(self._models.current, actor, module, "import")
        label = " ".join(label.split())
        if not label or len(label) > MAX_LABEL:
            raise InvalidInputError(NO_LABEL, limit=MAX_LABEL)
        values = {
            "label": label,
            "shared": shared,
            "columns": json.dumps(list(header), ensure_ascii=False),
            "options": json.dumps(options.to_json(), ensure_ascii=False),
        }
        columns = fs_import_map.c
        mine = sa.and_(columns.module == module, columns.owner_id == actor.user_id)

        def work(conn: sa.Connection) -> None:
            same = sa.update(fs_import_map).where(mine, columns.label == label).values(values)
            if conn.execute(same).rowcount:
                return
            if conn.execute(sa.select(sa.func.count()).where(mine)).scalar_one() >= MAX_MAPS:
                raise InvalidInputError(TOO_MANY_MAPS, limit=MAX_MAPS)
            conn.execute(sa.insert(fs_import_map).values(module=module, owner_id=actor.user_id, **values))

        self._models.database.transact(work)
        return next(each for each in self.list(actor, module) if each.owned and each.label == label)

    def forget(self, actor: Actor, module: str, map_id: int) -> None:
        """Raises NotFoundError import.E045 for one that is not the actor's (an administrator may forget shared
        ones)."""
        if not self.get(actor, module, map_id).mine:
            raise NotFoundError(NO_MAP, id=map_id)
        self._models.database.transact(
            lambda conn: conn.execute(sa.delete(fs_import_map).where(fs_import_map.c.id == map_id))
        )


def apply_map(
    chosen: ImportMap, header: Sequence[str], guess: Mapping[str, str], fields: Collection[str]
) -> ImportOptions:
    """The choices of a map for a file that may have other columns: those it does not know are guessed, fields that are
    not among `fields` any more are left out."""
    kept = chosen.options
    known = {column: field for column, field in kept.mapping.items() if column in header and field in fields}
    taken = set(known.values())
    mapping = {}
    for column in header:
        guessed = guess.get(column, "")
        mapping[column] = known.get(column, "" if column in kept.mapping or guessed in taken else guessed)
    used = set(filter(None, mapping.values()))
    values = {field: texts for field, texts in kept.values.items() if field in used}
    return replace(kept, mapping=mapping, values=values, key=kept.key if kept.key in used else "")


def _read(row: sa.RowMapping, actor: Actor) -> ImportMap:
    return ImportMap(
        id=row["id"],
        module=row["module"],
        label=row["label"],
        shared=row["shared"],
        owned=row["owner_id"] == actor.user_id,
        mine=row["owner_id"] == actor.user_id or actor.is_admin,
        columns=json.loads(row["columns"]),
        options=ImportOptions.from_json(json.loads(row["options"])),
    )

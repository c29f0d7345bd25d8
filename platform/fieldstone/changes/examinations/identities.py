"""Does the catalogue hold exactly one live entry for everything the documents name?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.catalogue import Wanted
from fieldstone.storage.catalogue import catalogue

NO_ENTRY = declare(
    "doctor.E014",
    "The catalogue lacks the {kind} {what}.",
    "Restore the row of fs_catalogue from a backup. With the next publish it would get a new identity, and its history "
    "would begin anew.",
)
REMOVED_ENTRY = declare(
    "doctor.E015", "The catalogue calls the {kind} {what} removed, but the model has it.", "Say that it is: {repair}"
)
TWO_NAMED = declare(
    "doctor.E016",
    "The catalogue has {count} entries for the {kind} {what}: identities {identities}.",
    "Say which of them are removed: {repair}",
)
TWO_PLACED = declare(
    "doctor.E017",
    "Several things are kept in the same place {physical}: {paths}.",
    "Restore the rows of fs_catalogue from a backup.",
)
UNDECLARED = declare(
    "doctor.W007", "The catalogue has the {kind} {what}, the documents have not.", "Say that it is removed: {repair}"
)


def examine_identities(conn: sa.Connection, wanted: Iterable[Wanted], findings: Diagnostics) -> bool:
    """Each name once, each place once, and nothing that is not declared. Whether no two things share a place."""
    rows = conn.execute(sa.select(catalogue).order_by(catalogue.c.since, catalogue.c.identity)).all()
    kinds = {row.kind for row in rows}
    live: dict[tuple[str, str], list[sa.Row[tuple[object, ...]]]] = defaultdict(list)
    removed = {}
    for row in rows:
        if row.removed:
            removed[row.kind, row.path] = row
        else:
            live[row.kind, row.path].append(row)
    asked = {(want.kind, want.path) for want in wanted}
    for kind, path in sorted(asked - live.keys()):
        if (kind, path) in removed:
            findings.add(REMOVED_ENTRY, kind=_word(kind), what=path, repair=_mark(removed[kind, path], gone=False))
        elif kind in kinds:  # sites of before have no entries of some kinds
            findings.add(NO_ENTRY, kind=_word(kind), what=path)
    for (kind, path), found in live.items():
        if (kind, path) not in asked:
            findings.add(UNDECLARED, kind=_word(kind), what=path, repair=_mark(found[0], gone=True))
        elif len(found) > 1:
            identities = ", ".join(row.identity for row in found)
            repair = "; ".join(_mark(row, gone=True) for row in found[1:])
            findings.add(TWO_NAMED, kind=_word(kind), what=path, count=len(found), identities=identities, repair=repair)
    return _examine_places([row for found in live.values() for row in found], findings)


def _examine_places(rows: Sequence[sa.Row[tuple[object, ...]]], findings: Diagnostics) -> bool:
    places = defaultdict(list)
    for row in rows:
        owner = row.path.rpartition(".")[0]
        space = "table" if row.kind in ("module", "relation") else f"{row.kind} {owner}"
        places[space, row.physical].append(row.path)
    shared = {physical: paths for (_, physical), paths in places.items() if len(set(paths)) > 1}
    for physical, paths in shared.items():
        findings.add(TWO_PLACED, physical=physical, paths=", ".join(sorted(paths)))
    return not shared


def _mark(row: sa.Row[tuple[object, ...]], *, gone: bool) -> str:
    where = f"identity = '{row.identity}' AND physical = '{row.physical}'"
    return f"UPDATE fs_catalogue SET removed = {str(gone).upper()} WHERE {where}"


def _word(kind: str) -> str:
    return kind.replace("_", " ")

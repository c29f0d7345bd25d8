"""The folded forms of text that a new column is for, from the text that is there."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.changes.steps.step_kind import END, Chunk, StepContext, StepKind
from fieldstone.kernel.folding import fold, sort_key
from fieldstone.storage.columns import Id, Text
from fieldstone.storage.steps import Step

FORMS = {"__key": fold, "__sort": sort_key}


class FoldStep(StepKind):
    """params: `table`, `source` column, `suffix` of the form."""

    name = "fold"
    rate = 60_000

    def run(self, context: StepContext, step: Step, after: int, limit: int) -> Chunk:
        source, suffix = step.params["source"], step.params["suffix"]
        target, form = source + suffix, FORMS[suffix]
        table = sa.table(step.params["table"], sa.column("id", Id), sa.column(source, Text), sa.column(target, Text))
        conn, text = context.connection, table.c[source]
        read = sa.select(table.c.id, text).where(text.is_not(None), table.c.id > after)
        rows = conn.execute(read.order_by(table.c.id).limit(limit).with_for_update()).all()
        if not rows:
            return END
        write = sa.update(table).where(table.c.id == sa.bindparam("row")).values({target: sa.bindparam("form")})
        conn.execute(write, [{"row": row[0], "form": form(row[1])} for row in rows])
        return Chunk(rows=len(rows), last_id=rows[-1][0])

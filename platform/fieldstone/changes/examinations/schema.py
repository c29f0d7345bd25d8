"""What the model needs of the schema, and what the schema has beside it."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics
from fieldstone.metadata.model import AppModel
from fieldstone.storage.allocate import id_key, sequence_name
from fieldstone.storage.columns import column_type
from fieldstone.storage.ddl import Operation, find_mismatches, plan_operations
from fieldstone.storage.physical import Physical
from fieldstone.storage.shapes import TableShape, model_shapes
from fieldstone.storage.steps import failed_steps, open_steps

LACKS = declare(
    "doctor.E003",
    "The database lacks what the model needs in {table}.",
    "Make it, empty, or restore a backup: {repair}",
)
WRONG_TYPE = declare(
    "doctor.E005",
    "The column {column} of {table} is {found}, the model needs {wanted}.",
    "Change it, if its values allow, and examine again: {repair}",
)
UNFINISHED = declare("doctor.E006", "The index {index} of {table} is unfinished.", "Build it again: {repair}")
NO_SEQUENCE = declare("doctor.E007", "The sequence that gives {table} its ids is missing.", "Make it: {repair}")
STRAY_INDEX = declare(
    "doctor.W003", "Nothing in the model declares the index {index} of {table}.", "Remove it: {repair}"
)
STRAY_REFERENCE = declare(
    "doctor.W004", "A foreign key of {table}.{column} is not in the model.", "Remove it: {repair}"
)


def examine_schema(conn: sa.Connection, model: AppModel, physical: Physical, findings: Diagnostics) -> bool:
    """Whether every table and column is there with its type. An index that a job is still to build is no finding."""
    shapes = model_shapes(model)
    later = {step.params["name"] for step in (*open_steps(conn), *failed_steps(conn)) if step.kind == "index"}
    whole = True
    for operation in plan_operations(shapes, physical, conn.dialect):
        whole = _judge(operation, physical, later, findings) and whole
    mismatches = sorted(find_mismatches(shapes, physical, conn.dialect))
    for table, column in mismatches:
        _add_mismatch(conn, shapes[table], column, physical, findings)
    if conn.dialect.name == "postgresql":
        _examine_sequences(conn, shapes, physical, findings)
    return whole and not mismatches


def _judge(operation: Operation, physical: Physical, later: set[str], findings: Diagnostics) -> bool:
    """False for a finding that keeps the records of a table from being read."""
    statement, table = operation.statement, operation.table
    if operation.index:
        if operation.index in physical.broken and operation.index not in later:
            repair = f'DROP INDEX "{operation.index}"; {statement}'
            findings.add(UNFINISHED, index=operation.index, table=table, repair=repair)
        elif operation.index not in later:
            findings.add(LACKS, table=table, repair=statement)
    elif statement.startswith("DROP INDEX"):
        name = statement.split('"')[1]
        if name not in physical.broken:  # those are to be built again, or said to be below
            findings.add(STRAY_INDEX, index=name, table=table, repair=statement)
    elif " DROP CONSTRAINT " in statement:
        findings.add(STRAY_REFERENCE, table=table, column=operation.columns[0], repair=statement)
    else:
        findings.add(LACKS, table=table, repair=statement)
        return " ADD CONSTRAINT " in statement or statement.startswith("UPDATE")
    return True


def _add_mismatch(conn: sa.Connection, shape: TableShape, name: str, physical: Physical, findings: Diagnostics) -> None:
    column = next(item for item in shape.columns if item.name == name)
    kind = column_type(column.spec).compile(dialect=conn.dialect)
    if conn.dialect.name == "postgresql":
        repair = f'ALTER TABLE "{shape.name}" ALTER COLUMN "{name}" TYPE {kind} USING "{name}"::{kind.split()[0]}'
    else:
        indexes = [
            index.name
            for index in shape.indexes
            if name in (*index.columns, *index.covers) or f'"{name}"' in index.where
        ]
        refers = f' REFERENCES "{column.references}" ("id")' if column.references else ""
        repair = "; ".join(
            [f'DROP INDEX "{index}"' for index in indexes if index in physical.indexes]
            + [
                f'ALTER TABLE "{shape.name}" RENAME COLUMN "{name}" TO "{name}__other"',
                f'ALTER TABLE "{shape.name}" ADD COLUMN "{name}" {kind}{refers}',
                f'UPDATE "{shape.name}" SET "{name}" = "{name}__other"',
                f'ALTER TABLE "{shape.name}" DROP COLUMN "{name}__other"',
            ]
        )
    found = physical.columns[shape.name][name]
    findings.add(WRONG_TYPE, table=shape.name, column=name, found=found, wanted=kind, repair=repair)


def _examine_sequences(
    conn: sa.Connection, shapes: dict[str, TableShape], physical: Physical, findings: Diagnostics
) -> None:
    query = "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace"
    present = set(conn.scalars(sa.text(query)))
    for table in shapes:
        name = sequence_name(id_key(table))
        if table in physical.columns and name not in present:
            start = f'SELECT setval(\'{name}\', greatest((SELECT max("id") FROM "{table}"), 1))'
            findings.add(NO_SEQUENCE, table=table, repair=f"CREATE SEQUENCE {name}; {start}")

"""What the pages of an import show: columns with samples, figures, problems with a choice where one helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.kernel.errors import FieldProblem
from fieldstone.records.imports.mapping import importable_fields
from fieldstone.records.imports.report import ImportReport
from fieldstone.records.imports.store import StoredImport
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.choices import choices
from fieldstone.web.i18n import gettext
from fieldstone.web.numbers import grouped
from fieldstone.web.show import Shower
from fieldstone.web.words import word_problem

_SHOWN_PROBLEMS = 200


@dataclass(frozen=True, kw_only=True)
class MappingRow:
    """One column of the file. `chosen` is the field it goes into, "" when it is left out."""

    column: str
    samples: str
    chosen: str
    guessed: bool
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class ProblemRow:
    """Equal problems. `choices` None: nothing to choose from; `free`: another text may be typed instead."""

    row: int
    count: int
    field: str
    label: str
    column: str
    value: str
    text: str
    choices: Sequence[tuple[str, str]] | None
    free: bool


def mapping_rows(
    module: DescribedModule, stored: StoredImport, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[MappingRow]:
    names = importable_fields(module.model, module.module)
    fields = [(name, found.label) for name in names if (found := module.find(name)) is not None and found.writable]
    made = []
    for place, column in enumerate(header):
        samples = [row[place] for row in rows if place < len(row) and row[place]]
        chosen = stored.options.mapping.get(column, "")
        made.append(
            MappingRow(
                column=column,
                samples=" · ".join(samples[:3]),
                chosen=chosen,
                guessed=bool(chosen) and stored.guess.get(column) == chosen,
                fields=fields,
            )
        )
    return made


def key_fields(module: DescribedModule) -> list[tuple[str, str]]:
    """Fields that can recognise a record: unique ones, the name, e-mail addresses and other short texts."""
    names = importable_fields(module.model, module.module)
    found = [described for name in names if (described := module.find(name)) is not None and described.writable]
    good = [field for field in found if field.field.unique or field.field.is_name or field.control in ("email", "text")]
    good.sort(key=lambda field: not field.field.unique)
    return [(field.name, field.label) for field in good]


def report_figures(report: ImportReport) -> list[tuple[str, str]]:
    figures = [
        (gettext("Created"), report.created),
        (gettext("Changed"), report.updated),
        (gettext("Unchanged"), report.unchanged),
        (gettext("Skipped"), report.skipped),
        (gettext("With problems"), report.failed),
    ]
    return [(label, grouped(number)) for label, number in figures]


def problem_rows(module: DescribedModule, report: ImportReport, shower: Shower) -> list[ProblemRow]:
    rows = []
    for line in report.problems[:_SHOWN_PROBLEMS]:
        field = module.find(line.field) if line.field else None
        group = line.group
        text = word_problem(
            FieldProblem(field=line.field, code=group.code, params=dict(group.params), message=group.message), module
        )
        options = _choices(module, field, shower) if field is not None and group.value else None
        rows.append(
            ProblemRow(
                row=line.row,
                count=line.count,
                field=line.field,
                label=field.label if field else line.field,
                column=line.column if field is None or line.column != field.label else "",
                value=group.value,
                text=text,
                choices=options,
                free=options is None and field is not None and bool(group.value) and field.control in _FREE,
            )
        )
    return rows


_FREE = frozenset({"lookup", "user", "owner", "date", "datetime", "number", "money", "percent"})


def _choices(module: DescribedModule, field: DescribedField, shower: Shower) -> Sequence[tuple[str, str]] | None:
    return choices(module, field, shower) if field.control in ("select", "multiselect") else None


def written_state(state: str) -> str:
    return {
        "draft": gettext("Not started"),
        "queued": gettext("Waiting"),
        "running": gettext("Running"),
        "paused": gettext("Stopped half-way"),
        "done": gettext("Done"),
        "failed": gettext("Failed"),
        "undone": gettext("Undone"),
    }.get(state, state)

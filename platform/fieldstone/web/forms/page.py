"""What a form page shows: blocks, problems in a summary and at their fields, duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from markupsafe import Markup

from fieldstone.fields.base import ParseContext
from fieldstone.kernel.errors import FieldProblem
from fieldstone.records.changes import DuplicateWarning, SaveOptions
from fieldstone.records.query_types import Record
from fieldstone.web import words
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.cells import CellMaker
from fieldstone.web.forms.conditions import FieldStates, offerings
from fieldstone.web.forms.offers import Offers
from fieldstone.web.forms.record_form import RecordForm
from fieldstone.web.forms.resolve import resolve
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.reach import reach_of
from fieldstone.web.show import Shower


@dataclass(frozen=True, kw_only=True)
class ProblemLine:
    """One line of the summary; `target` is the id of the control it leads to, "" for the whole record."""

    target: str
    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Problems:
    title: str
    lines: Sequence[ProblemLine]


def parse_context(zone: str = "") -> ParseContext:
    """How the person's typed text is read; times are of `zone`, or of where the person is."""
    actor, model = current_actor(), current_published().model
    return ParseContext(language=actor.language, zone=zone or actor.zone, picklists=model.picklists, resolve=resolve)


def save_options(source: str, zone: str = "") -> SaveOptions:
    """How a form is saved: as typed, and in spite of duplicates once the person has seen them."""
    return SaveOptions(
        parse=parse_context(zone), ignore_duplicate_warning="ignore_duplicates" in request.form, source=source
    )


def cell_maker(
    module: DescribedModule,
    form: RecordForm,
    shower: Shower,
    problems: Sequence[FieldProblem] = (),
    *,
    record: Record | None = None,
    many: bool = False,
    prefix: str = "f",
) -> CellMaker:
    """`many`: the form is about many records, whose values nobody knows here."""
    values = {**(record.values if record else {}), **form.parsed(parse_context())}
    states = FieldStates(
        current_published(),
        module,
        current_actor(),
        values,
        before=record.values if record else None,
        reach=reach_of(current_actor()),
    )
    worded: dict[str, str] = {}
    for problem in problems:
        if problem.field:
            worded.setdefault(problem.field, words.word_problem(problem, module))
    return CellMaker(
        module,
        form.raws,
        states,
        shower,
        worded,
        offers=Offers(
            offerings(current_published(), module.name),
            states,
            current_actor(),
            values,
            record.values if record else None,
            many=many,
        ),
        shown=_shown(module, record, shower),
        prefix=prefix,
    )


def summary(module: DescribedModule, problems: Sequence[FieldProblem], prefix: str = "f") -> Problems | None:
    """All problems, each leading to its field."""
    if not problems:
        return None
    lines = []
    for problem in problems:
        field = module.find(problem.field) if problem.field else None
        lines.append(
            ProblemLine(
                target=f"{prefix}-{field.name}" if field else "",
                label=field.label if field else "",
                text=words.word_problem(problem, module),
            )
        )
    count = len({problem.field for problem in problems})
    title = ngettext("Not saved: %(num)s field needs attention", "Not saved: %(num)s fields need attention", count)
    return Problems(title=title, lines=lines)


@dataclass(frozen=True, kw_only=True)
class AlikePlace:
    """Where records that look alike are told: below `after`, the last of the `fields` that are compared."""

    after: str
    fields: Sequence[str]
    url: str


def alike_after(module: DescribedModule, form: RecordForm) -> AlikePlace | None:
    """None for a module that compares nothing, or a form that lacks one of the fields."""
    rule = module.module.duplicates
    if rule is None or not all(name in form.raws for name in rule.match):
        return None
    record = f"?record={form.record_id}" if form.record_id else ""
    return AlikePlace(after=rule.match[-1], fields=rule.match, url=f"/m/{module.name}/form-alike{record}")


def duplicate_lines(module: DescribedModule, warnings: Sequence[DuplicateWarning]) -> list[Markup]:
    """One sentence for each record that looks the same, and one for those the person may not see."""
    duplicates = module.module.duplicates
    labels = [field.label for name in (duplicates.match if duplicates else ()) if (field := module.find(name))]
    same = ", ".join(labels)
    lines = []
    for warning in warnings:
        for match in warning.matches:
            if match.id is not None:
                link = Markup('<a href="/m/%s/%s" target="_blank">%s</a>') % (module.name, match.id, match.label)
                lines.append(
                    Markup(gettext("%(record)s looks the same (compared: %(fields)s)."))
                    % {"record": link, "fields": same}
                )
        if warning.hidden:
            lines.append(
                Markup.escape(
                    ngettext(
                        "%(num)s record that you may not see looks the same.",
                        "%(num)s records that you may not see look the same.",
                        warning.hidden,
                    )
                )
            )
    return lines


def _shown(module: DescribedModule, record: Record | None, shower: Shower) -> Mapping[str, str]:
    """What stands in the fields that cannot be written."""
    if record is None:
        return {}
    values: dict[str, Any] = record.values
    return {
        name: shower.text(field, values[name]) for name, field in module.fields.items() if values.get(name) is not None
    }

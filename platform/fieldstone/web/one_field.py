"""One field of a record, saved where it stands: in a cell of a list, or beside its label on the page of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import abort, request

from fieldstone.kernel.errors import FieldProblem, StaleRecordError, ValidationError
from fieldstone.records.changes import PossibleDuplicatesError
from fieldstone.records.query_types import Record
from fieldstone.web.conflict import conflict_values, resolve
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.cells import Cell
from fieldstone.web.forms.page import cell_maker, save_options
from fieldstone.web.forms.raw import read_raw, to_raw
from fieldstone.web.forms.record_form import RecordForm, read_base
from fieldstone.web.numbers import whole_number
from fieldstone.web.record_clock import record_shower
from fieldstone.web.record_view import field_states
from fieldstone.web.rights import module_or_404
from fieldstone.web.show import Shower
from fieldstone.web.words import word_error


@dataclass(frozen=True, kw_only=True)
class OneField:
    """A field as it is to be edited on its own. `record` is as it was before; `status` 200: nothing is in the way, 422:
    what was typed is refused, 409: somebody else changed the field (`conflict`), or it looks like another record."""

    module: DescribedModule
    name: str
    record: Record
    shower: Shower
    form: RecordForm
    problems: Sequence[FieldProblem] = field(default_factory=list)
    conflict: dict[str, Any] | None = None
    status: int = 200

    def cell(self, prefix: str) -> Cell | None:
        """The control, whose id begins with `prefix`."""
        maker = cell_maker(self.module, self.form, self.shower, self.problems, record=self.record, prefix=prefix)
        return maker.cell(self.name)


def open_field(module: str, record_id: int, name: str) -> OneField:
    """404 for one that cannot be written, at all or at the moment."""
    described = module_or_404(module, "edit")
    found = described.find(name)
    if found is None or not found.writable:
        abort(404)
    record = current_records().get(current_actor(), module, record_id)
    described = described.shown_for(record.values.get("record_type"), current_actor().roles)
    state = field_states(described, record).get(name)
    if state is not None and (state.read_only or not state.visible):
        abort(404)  # not to be written at the moment: the page offers it no more
    shower = record_shower(described, record)
    raw = to_raw(found, record.values.get(name), shower)
    form = RecordForm(described, {name: raw}, {name: raw}, record_id=record_id, version=record.version)
    return OneField(module=described, name=name, record=record, shower=shower, form=form)


def save_field(module: str, record_id: int, name: str) -> OneField:
    """Save what the form of the request says. When somebody else changed the field, its `keep.<name>` decides between
    the two: theirs or mine."""
    opened = open_field(module, record_id, name)
    described, shower = opened.module, opened.shower
    raw = read_raw(described.field(name), request.form)
    if raw is None:
        abort(400)
    base = read_base(described, request.form.get("base", ""))
    version = request.form.get("version", type=whole_number)
    sent = RecordForm(described, {name: raw}, base, record_id=record_id, version=version)
    resolve(sent, request.form)
    if name not in sent.raws:  # theirs is kept
        return opened
    tried = replace(opened, form=sent)
    try:
        options = replace(save_options("inline", shower.zone), ignore_duplicate_warning=True)
        current_records().save(current_actor(), [sent.change(only=[name])], options=options)
    except ValidationError as error:
        return replace(tried, problems=_problems_at(name, error.problems), status=422)
    except PossibleDuplicatesError as error:
        return replace(tried, problems=[FieldProblem(field=name, code="", message=word_error(error))], status=409)
    except StaleRecordError as error:
        conflict = next(iter(conflict_values(described, sent, error, shower)), None)
        return replace(tried, conflict=conflict, status=409)
    return opened


def _problems_at(name: str, problems: Sequence[FieldProblem]) -> list[FieldProblem]:
    """Problems of other fields are shown at this one too: it is what was saved."""
    return [
        problem
        if problem.field == name
        else FieldProblem(field=name, code=problem.code, params=problem.params, message=problem.message)
        for problem in problems
    ]

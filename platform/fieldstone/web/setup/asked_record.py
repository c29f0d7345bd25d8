"""One record that somebody asks about on the page of a user's rights, and what the user may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.web.audience_view import Answer, answers_of
from fieldstone.web.current import current_actor, current_model, current_records
from fieldstone.web.forms.resolve import resolve
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.words import module_plural
from fieldstone.web.words import explain


@dataclass(frozen=True, kw_only=True)
class AskedRecord:
    """`modules`: (name, label) to choose from. `module` and `text` are what was chosen; `problem` why there are no
    `answers`. `withheld`: the one who asks may not know of some ways."""

    modules: Sequence[tuple[str, str]]
    module: str
    record: int | None = None
    text: str = ""
    answers: Sequence[Answer] = ()
    withheld: bool = False
    problem: str = ""


def asked_record(user_id: int) -> AskedRecord:
    """What the address says: `m.record` a module, `record` an id, or `t.record` a name or an id that was typed."""
    modules = [(name, module_plural(name)) for name in current_model().modules]
    module = request.args.get("m.record", "")
    module = module if module in current_model().modules else modules[0][0] if modules else ""
    text = request.args.get("t.record", "").strip()[:200]
    record = find_number(request.args.get("record", ""))
    if record is None and text:
        record = resolve(module, text) or find_number(text)
    asked = AskedRecord(modules=modules, module=module, record=record, text=text)
    if record is None:
        if not text:
            return asked
        return AskedRecord(
            modules=modules, module=module, text=text, problem=gettext("There is no record of that name.")
        )
    try:
        told = current_records().explain(current_actor(), module, record, user_id)
    except FieldstoneError as error:
        if error.status >= 500:
            raise
        return AskedRecord(modules=modules, module=module, text=text, problem=explain(error))
    return AskedRecord(
        modules=modules,
        module=module,
        record=record,
        text=find_labels([(module, record)]).get((module, record), text),
        answers=answers_of(told),
        withheld=told.withheld,
    )

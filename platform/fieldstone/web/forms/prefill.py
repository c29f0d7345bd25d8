"""What a new record's form starts with: defaults, what the address says, or a copy of another record."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from fieldstone.records.query_types import Labels
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.described import DescribedModule
from fieldstone.web.forms.raw import to_raw
from fieldstone.web.forms.record_form import RecordForm, blank_form, given_raw
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import find_number, whole_number
from fieldstone.web.show import Shower


def prefilled_form(module: DescribedModule, shower: Shower, arguments: MultiDict[str, str]) -> RecordForm:
    """`arguments` name fields (`organization=17`, `related_to=opportunity:4`), or `copy` a record."""
    given = {name: text for name, text in arguments.items() if module.find(name) is not None and "." not in name}
    shower.with_labels(_labels(module, given, shower))
    form = blank_form(module, current_actor(), shower, given)
    copied = arguments.get("copy", type=whole_number)
    if copied is not None:
        _copy(module, form, copied, shower)
    return form


def apply_given(module: DescribedModule, form: RecordForm, shower: Shower, arguments: MultiDict[str, str]) -> None:
    """Values that the address brings to a form of a record that is there: a stage it is to move to."""
    given = {name: text for name, text in arguments.items() if name in form.raws}
    shower.with_labels(_labels(module, given, shower))
    for name, text in given.items():
        form.raws[name] = given_raw(module.field(name), text, shower)


def _labels(module: DescribedModule, given: dict[str, str], shower: Shower) -> Labels:
    """The labels of the records that prefilled lookups and the default owner point to."""
    references: list[tuple[str, int]] = []
    for name, text in given.items():
        field = module.field(name)
        target, _, number = text.rpartition(":")
        if field.control == "lookup" and find_number(number) is not None:
            references.append((target or field.field.to[0], int(number)))
    actor = current_actor()
    if actor.user_id is not None:
        references.append(("principal", actor.user_id))
    modules = module.model.modules
    return find_labels(
        [(target, number) for target, number in references if target in modules or target == "principal"]
    )


def _copy(module: DescribedModule, form: RecordForm, record_id: int, shower: Shower) -> None:
    """Every value of the other record that may be copied."""
    record = current_records().get(current_actor(), module.name, record_id)
    shower.with_labels(record.labels)
    for name in form.raws:
        field = module.field(name)
        if field.field.copy and not field.system:
            form.raws[name] = to_raw(field, record.values.get(name), shower)

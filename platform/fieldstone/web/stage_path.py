"""The stages of a record as a path: those passed, the one it is at, those to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from fieldstone.fields.definition import PicklistValueDef
from fieldstone.records.history import HistoryEntry
from fieldstone.records.query_types import Record
from fieldstone.web.described import DescribedModule
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.record_offers import refusals, word_refusal
from fieldstone.web.show import Shower

_CLOSED = ("won", "lost", "closed")
_NOT_ITS_OWN = ("inactive", "record_type")
"""What is out of use, or of other types, is no step; what cannot be chosen at the moment is one."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """`state` is done, now or "". The last step of a path with several ends offers `choices`. `refused` says why the
    record cannot be put there as it is."""

    key: str
    label: str
    state: str = ""
    note: str = ""
    choices: bool = False
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    key: str
    pill: Markup
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class StagePath:
    label: str
    steps: Sequence[Step]
    closing: Sequence[Choice] = ()


def make_path(
    module: DescribedModule, record: Record, shower: Shower, spent: Mapping[str, int] | None = None
) -> StagePath | None:
    """None when the module has no path. `spent`: stage → days the record has been at it."""
    stage = module.stage
    picklist = module.model.picklists.get(stage.field.picklist) if stage else None
    if stage is None or picklist is None:
        return None
    now = record.values.get(stage.path)
    refused = refusals(module, stage, [record])[record.id]
    values = [
        picklist.values[key]
        for key in _in_order(module, record, picklist.values)
        if refused.get(key) not in _NOT_ITS_OWN
    ]
    said = {key: word_refusal(module, stage, key, why) for key, why in refused.items()}
    closed = [value for value in values if value.meaning in _CLOSED]
    ahead = [value for value in values if value not in closed]
    merged = len(closed) > 1
    position = next((index for index, value in enumerate(ahead) if value.key == now), None)
    ended = next((value for value in closed if value.key == now), None)

    def word(value: PicklistValueDef) -> str:
        return module.model.text(f"picklist.{picklist.name}.{value.key}", shower.language, value.label)

    steps = []
    for index, value in enumerate(ahead):
        done = ended is not None or (position is not None and index < position)
        state = "now" if value.key == now else "done" if done else ""
        steps.append(
            Step(
                key=value.key,
                label=word(value),
                state=state,
                note=_spent(spent, value.key),
                refused=said.get(value.key, ""),
            )
        )
    if merged:
        label = word(ended) if ended else _or([word(value) for value in closed])
        current = ahead[position] if position is not None else None
        likely = current.probability if current else None
        note = gettext("%(n)s %% likely", n=likely) if likely is not None and not ended else ""
        steps.append(
            Step(key=ended.key if ended else "", label=label, state="now" if ended else "", note=note, choices=True)
        )
    else:
        steps += [
            Step(
                key=value.key,
                label=word(value),
                state="now" if value.key == now else "",
                refused=said.get(value.key, ""),
            )
            for value in closed
        ]
    choices = [
        Choice(key=value.key, pill=Markup(shower.pill(stage.field, value.key)), refused=said.get(value.key, ""))
        for value in closed
        if value.key != now
    ]
    return StagePath(label=stage.label, steps=steps, closing=choices if merged else ())


def days_at_stages(
    module: DescribedModule, record: Record, history: Sequence[HistoryEntry], now: datetime
) -> dict[str, int]:
    """Stage → whole days spent at it, for the stages that the history tells of; newest entry first."""
    stage = module.stage
    if stage is None:
        return {}
    days: dict[str, int] = {}
    at, until = record.values.get(stage.path), now
    for entry in history:
        moved = next((change for change in entry.changes if change.field == stage.name), None)
        if moved is not None or entry.kind == "created":
            if at is not None:
                days[at] = days.get(at, 0) + (until - entry.at).days
            at, until = (moved.old if moved is not None else None), entry.at
    return days


def _in_order(module: DescribedModule, record: Record, keys: Iterable[str]) -> Iterable[str]:
    """As the record's type has them."""
    kind = module.module.record_types.get(record.values.get("record_type") or "")
    return dict.fromkeys((*(kind.picklists.get(module.layout.path, ()) if kind else ()), *keys))


def _or(words: Sequence[str]) -> str:
    if len(words) > 2:
        return gettext("Closed")
    return gettext("%(one)s or %(other)s", one=words[0], other=words[1].lower() if words[1].isascii() else words[1])


def _spent(spent: Mapping[str, int] | None, key: str) -> str:
    days = (spent or {}).get(key)
    return "" if not days else ngettext("%(num)s day", "%(num)s days", days)

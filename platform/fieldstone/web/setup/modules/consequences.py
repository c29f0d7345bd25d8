"""What the draft means for the records of one module or field: the words of the plan for that alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.plan import PlannedChange
from fieldstone.kernel.errors import FieldstoneError, MetadataError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.web.current import current_actor, current_model, current_records, current_site
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.setup.drafting import current_draft
from fieldstone.web.setup.modules.said import SaidModule
from fieldstone.web.setup.plan_words import ChangeWords, word_changes
from fieldstone.web.words import explain, word_diagnostic_whole

_MOST_VALUES = 50
_NO_MODULE = ModuleDef(name="", label="", plural="", name_field="", fields={})


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """One change with its words; `losses` are values that do not fit, `breaking` records that would break it:
    (id, value, why)."""

    words: ChangeWords
    losses: tuple[tuple[int, str, str], ...]
    breaking: tuple[tuple[int, str, str], ...]
    summary: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Consequences:
    """`problems` say why no plan could be made. `changes` is empty when nothing changes for records."""

    changes: list[Consequence]
    problems: list[str]


def consequences_of(target: str, change: Edit | None = None) -> Consequences:
    """What publishing the draft, after a further `change`, would do to `target` ("module.field", or a module)."""
    drafts, draft = current_site().drafts, current_draft()
    try:
        tried = drafts.tried(draft, change) if change is not None else draft
        plan = current_site().publishing.plan(tried.site)
    except MetadataError as error:
        return Consequences(changes=[], problems=[word_diagnostic_whole(each) for each in error.diagnostics[:10]])
    except FieldstoneError as error:
        return Consequences(changes=[], problems=[explain(error)])
    paired = zip(plan.changes, word_changes(plan), strict=True)
    about = _about(target)
    return Consequences(changes=[_consequence(each, words) for each, words in paired if about(each)], problems=[])


def occurring_values(said: SaidModule, name: str) -> dict[str, Any]:
    """{"values": …} for a picklist made of what stands in a field now, the most frequent first; {} where that is too
    much, or nothing."""
    if name not in current_model().modules.get(said.published, _NO_MODULE).fields:
        return {}
    try:
        rows = current_records().aggregate(current_actor(), said.published, group=(name,))
    except FieldstoneError:
        return {}
    counted = sorted(((row["count"], str(row[name])) for row in rows if isinstance(row.get(name), str)), reverse=True)
    values: dict[str, Any] = {}
    for _count, text in counted[:_MOST_VALUES]:
        values[name_from(text, values)] = {"label": text}
    return {"values": values} if values and len(counted) <= _MOST_VALUES else {}


def _about(target: str) -> Callable[[PlannedChange], bool]:
    return lambda each: each.target == target or each.target.startswith(f"{target}.")


def _consequence(change: PlannedChange, words: ChangeWords) -> Consequence:
    breach = change.breach
    summary: list[str] = []
    if change.kind == "change_type":
        kept = max(change.rows - change.lost, 0)
        summary.append(ngettext("%(num)s value is converted", "%(num)s values are converted", kept))
    if change.lost:
        summary.append(
            ngettext("%(num)s value would be lost", "%(num)s values would be lost", change.lost)
            if change.kind == "change_type"
            else words.data
        )
    elif change.kind == "change_type":
        summary.append(gettext("no value would be lost"))
    return Consequence(
        words=words,
        losses=tuple((each.id, each.value, each.reason) for each in change.samples),
        breaking=tuple((each.id, each.value, each.reason) for each in breach.samples) if breach else (),
        summary=tuple(summary),
    )
